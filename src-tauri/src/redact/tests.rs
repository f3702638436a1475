use super::*;
use proptest::prelude::*;

fn redactor() -> Redactor {
    Redactor::new(["maría.lópez@kunde.example", "María José López", "@mjlopez"], ["dana@repruv.test", "Dana Reyes"])
}

/// What must not be left of it, whatever stands around.
fn leaks(text: &str, parts: &[&str]) {
    let shown = redactor().redact(text);
    for part in parts {
        assert!(!shown.to_lowercase().contains(&part.to_lowercase()), "{text:?} → {shown:?} still says {part:?}");
    }
}

#[test]
fn e_mails_go_however_they_are_written() {
    for text in [
        "no mailbox for ben.k+demo@mail.example.org, sorry",
        "<ben.k@mail.example.org>",
        "mailto:ben.k@mail.example.org?subject=x",
        "user=ben.k%40mail.example.org",
        "ben.k&#64;mail.example.org",
        "ben.k [at] mail.example.org",
        "ben.k(at)mail.example.org",
        "ben.k @ mail.example.org",
        "\"ben.k\"@mail.example.org",
        "ben.k＠mail.example.org",
        "ben.k\u{200B}@\u{AD}mail.example.org",
        "ben.\u{202E}k@mail.example.org",
        "ben.k@\nmail.example.org",
        "ben.k@hfaaaaaaaaaa.example",
        "token: ben.k@mail.example.org",
        "ben.k@localhost mail.example.orgless",
        "{\"email\":\"ben.k@mail.example.org\"}",
        "https://ben.k:pw@mail.example.org/ben.k@mail.example.org?to=ben.k@mail.example.org",
        "ｂｅｎ.k@mail.example.org",
    ] {
        leaks(text, &["ben.k"]);
    }
    assert_eq!(redactor().redact("asked by ben@x.example by phone"), "asked by [e-mail] by phone");
}

#[test]
fn the_customer_and_whoever_copies_are_not_named() {
    for text in [
        "María José López called",
        "maria jose lopez called",
        "MARI\u{301}A called, Lo\u{301}pez too",
        "lopez_maria_jose",
        "María\u{200D}José\u{00A0}López",
        "the channel mjlopez is gone",
        "account of maría.lópez at kunde",
    ] {
        leaks(text, &["maría", "maria", "lópez", "lopez", "mjlopez"]);
    }
    leaks("Dana Reyes did it; dana saw it; DANA@REPRUV.TEST", &["dana", "reyes"]);
    let signs = Redactor::new(["田中 花子", "محمد علي"], []);
    assert_eq!(signs.redact("田中花子さんから"), "[customer]さんから");
    assert!(!signs.redact("كتب محمد اليوم").contains("محمد"));
}

#[test]
fn a_name_that_is_a_word_of_the_product_leaves_the_words_alone() {
    let demo = Redactor::new(["demo@repruv.test", "Demo User"], []);
    assert_eq!(demo.redact("Demo mode of demo user failed"), "Demo mode of [customer] failed");
    let none = Redactor::new(["", " ", "a", "(.*)+$"], []);
    assert_eq!(none.redact("a plain text (.*)+$"), "a plain text [customer]");
}

#[test]
fn addresses_of_machines_go_and_times_and_paths_stay() {
    for address in [
        "10.1.2.3",
        "10.1.2.3:5432",
        "010.001.002.003",
        "[2001:db8::7]:443",
        "fe80::1%eth0",
        "::ffff:10.1.2.3",
        "2001:0db8:0000:0000:0000:0000:0000:0007",
        "ip-10-1-2-3.internal",
        "00:1b:44:11:3a:b7",
        "http://10.1.2.3:80/x",
    ] {
        leaks(&format!("no route to {address}."), &["10.1.2.3", "010.001", "10-1-2-3", "2001:", "fe80", "1b:44"]);
    }
    for plain in [
        "store::demo_rows failed at 12:04:05",
        "2026-11-21 12:04:05 UTC",
        "worker-1:4127",
        "3 of 5",
        "the demo service answered 503: try later",
        "Enabling demo mode: started (attempt 2)",
        "job 0190a000-0000-7000-8000-0000000000aa",
        "made-by:0190a000-0000-7000-8000-0000000000aa",
    ] {
        assert_eq!(redactor().redact(plain), plain);
    }
}

#[test]
fn secrets_go() {
    for text in [
        "password=hunter2hunter2",
        "\"password\": \"hunter2 hunter2\"",
        "Authorization: Bearer hunter2.hunter2",
        "authorization=Basic aHVudGVyMjpodW50ZXIy hunter",
        "bearer hunter2hunter2",
        "X-Api-Key: hunter2hunter2",
        "session_id=hunter2hunter2;",
        "refresh_token: 'hunter2hunter2'",
        "eyJhbGciOiJIUzI1NiJ9.hunter2hunter2.hunter2",
        "sk_live_hunter2hunter2",
        "ghp_hunter2hunter2hunter2",
        "-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nhunter2hunter2",
        "cursor hunter2hunter2hunter2hunter2",
        "https://hunter2:hunter2@db.example/hunter2?key=hunter2",
        "postgres://ops:hunter2@db.example:5432/repruv",
        "pass\u{200B}word=hunter2hunter2",
    ] {
        leaks(text, &["hunter2", "aHVudGVyMjpodW50ZXIy"]);
    }
    leaks("token=0190a000-0000-7000-8000-0000000000aa", &["0190a000"]);
    leaks("key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", &["9f86d081", "b0f00a08"]);
}

#[test]
fn numbers_that_call_or_pay_go() {
    for text in ["+49 (0)30 123456-78", "call 030-1234567", "4111 1111 1111 1111", "(555) 123-4567", "٠٣٠١٢٣٤٥٦٧"]
    {
        let shown = redactor().redact(text);
        assert!(shown.contains("[number]"), "{text} → {shown}");
    }
}

#[test]
fn one_line_whatever_it_was_and_nothing_hidden() {
    let shown = redactor().redact("first\r\nsecond\u{2028}third \u{202E}exe\u{0}");
    assert_eq!(shown, "first second third exe");
    assert_eq!(redactor().redact("\u{E000}\u{E001}\u{F0000}x"), "x", "no text chooses what is put back");
    let long = redactor().redact(&format!("{}ben@x.example", "word ".repeat(1_600)));
    assert!(long.chars().count() <= CHARS_MAX + 3 && !long.contains("ben"));
}

fn around() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,40}",
        "\\PC{0,40}",
        Just("{\"error\":{\"message\":\"".to_owned()),
        Just("\u{202E}\u{200B}<a href=mailto:".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_e_mail_survives_any_text_around_it(
        before in around(), after in around(), local in "[a-z]{6,12}", domain in "[a-z]{6,12}", hide in 0_usize..12,
    ) {
        let mut email = format!("{local}@{domain}.example");
        email.insert(hide.min(email.len()), '\u{200B}');
        let shown = redactor().redact(&format!("{before} {email} {after}"));
        prop_assert!(!shown.contains(&local), "{shown}");
    }

    #[test]
    fn the_customers_name_survives_no_text_around_it(before in around(), after in around(), upper: bool) {
        let name = if upper { "MARÍA JOSÉ LÓPEZ" } else { "maria jose lopez" };
        let shown = redactor().redact(&format!("{before} {name} {after}")).to_lowercase();
        prop_assert!(!shown.contains("lopez") && !shown.contains("lópez"), "{shown}");
    }

    #[test]
    fn an_address_and_a_key_survive_no_words_around_them(
        a in 1_u8.., b: u8, c: u8, d: u8, key in "[A-Za-z]{5}[0-9]{5}[A-Za-z0-9]{14,40}", word in "[a-z ]{0,20}",
    ) {
        let shown = redactor().redact(&format!("{word} {a}.{b}.{c}.{d} {word} {key} {word}"));
        prop_assert!(!shown.contains(&key) && !shown.contains(&format!("{a}.{b}.{c}.{d}")), "{shown}");
    }

    #[test]
    fn any_text_becomes_one_line(text in "\\PC{0,200}|[\\x00-\\x7f]{0,200}") {
        let shown = redactor().redact(&text);
        let breaks = ['\n', '\r', '\u{2028}', '\u{202E}'];
        prop_assert!(!shown.contains(breaks));
    }
}
