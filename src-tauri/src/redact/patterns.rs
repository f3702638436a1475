//! What can be recognised by its shape. Every pattern is matched in time linear to the text.

use super::{KEPT_FROM, KEPT_MAX};
use regex::{Captures, Regex};
use std::{
    net::{Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};
use uuid::Uuid;

/// A pattern of this file; one that does not compile matches nothing, and the test of all of them fails.
macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
    };
}

pattern!(PEM, r"-{4,5} ?BEGIN [^-]{1,60}-{4,5}.*?(?:-{4,5} ?END [^-]{1,60}-{4,5}|$)");
pattern!(
    NAMED,
    r#"(?i)(\b[\w.-]*?(?:passw(?:or)?d|passwort|passphrase|pwd|secret|token|api[ _-]?key|access[_-]?key|private[_-]?key|authorization|cookie|session[_-]?id|signature|credentials?|otp)[\w-]*["']?)\s*(?:=>|[:=])\s*(?:(?:bearer|basic|digest|token)\s+)?("[^"]*"|'[^']*'|[^\s,;&|}\]]+)"#
);
pattern!(SCHEMED, r"(?i)\b(bearer|basic|digest)\s+[A-Za-z0-9._~+/=-]{8,}");
pattern!(JWT, r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}");
pattern!(
    PREFIXED,
    r"\b(?:sk|pk|rk|whsec|gh[oprsu]|github_pat|glpat|xox[abeoprs]|npm|AKIA|ASIA|AIza|ya29|SG|hf|dop_v1)[-_.]?[A-Za-z0-9_.-]{10,}"
);
pattern!(LINK, r#"(?i)\b[a-z][a-z0-9+.-]{1,20}:/{2}[^\s<>"']+"#);
pattern!(KEPT_ID, r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b");
pattern!(
    KEPT_TIME,
    r"\b(?:19|20)\d{2}-(?:0\d|1[0-2])-[0-3]\d(?:[ T][0-2]\d:[0-5]\d(?::[0-6]\d(?:\.\d{1,9})?)?(?: ?UTC|Z| ?[+-][01]\d:?[0-5]\d)?)?\b"
);
pattern!(EMAIL_QUOTED, r#""[^"@]{1,64}" ?@ ?[^\s<>"'(),;]+"#);
pattern!(
    EMAIL,
    r#"(?i)[^\s<>"'(),;:=\[\]{}|]+(?:@|%40|&#64;|&#x40;|\\u0040| ?[\[(<{] ?at ?[\])>}] ?)[^\s<>"'(),;|\[\]{}]+"#
);
pattern!(EMAIL_SPACED, r#"[^\s<>"'(),;:=]+ ?@ ?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}\p{M}-]+)+"#);
pattern!(NETWORK, r"[0-9A-Fa-f:.]{3,64}");
pattern!(DASHED, r"\b\d{1,3}(?:-\d{1,3}){3}\b");
pattern!(MAC, r"(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5,7}\b");
pattern!(NUMBER, r"\+?\(?\d(?:[ ().-]{0,2}\d){6,}");
pattern!(LONG, r"[A-Za-z0-9_=~+-]{20,}");

fn replace(pattern: &LazyLock<Option<Regex>>, text: &str, instead: impl Fn(&Captures<'_>) -> String) -> String {
    match pattern.as_ref() {
        Some(pattern) => pattern.replace_all(text, instead).into_owned(),
        None => String::new(),
    }
}

/// What is said to be secret, or has the shape of a key.
pub fn secrets(text: &str) -> String {
    let secret = |_: &Captures<'_>| "[secret]".to_owned();
    let text = replace(&PEM, text, secret);
    let text = replace(&NAMED, &text, |found| format!("{}=[secret]", &found[1]));
    let text = replace(&SCHEMED, &text, |found| format!("{} [secret]", &found[1]));
    let text = replace(&JWT, &text, secret);
    replace(&PREFIXED, &text, secret)
}

/// Puts ids and times aside, so that nothing takes them for numbers.
pub fn keep(text: &str, kept: &mut Vec<String>) -> String {
    let aside = std::cell::RefCell::new(kept);
    let put = |found: &Captures<'_>| {
        let mut kept = aside.borrow_mut();
        let place = u32::try_from(kept.len()).ok().filter(|_| kept.len() < KEPT_MAX);
        let Some(mark) = place.and_then(|place| char::from_u32(KEPT_FROM + place)) else { return "[id]".to_owned() };
        kept.push(found[0].to_owned());
        mark.to_string()
    };
    // What a link names besides its host may be anything.
    let text = replace(&LINK, text, |found| host(&found[0]));
    let text =
        replace(
            &KEPT_ID,
            &text,
            |found| {
                if Uuid::try_parse(&found[0]).is_ok() { put(found) } else { "[id]".to_owned() }
            },
        );
    replace(&KEPT_TIME, &text, put)
}

/// Links by their host alone: what else they name may be anything.
pub fn links(text: &str) -> String {
    replace(&LINK, text, |found| host(&found[0]))
}

/// E-mails, however the sign in their middle is written.
pub fn emails(text: &str) -> String {
    let email = |_: &Captures<'_>| "[e-mail]".to_owned();
    let text = replace(&EMAIL_QUOTED, text, email);
    let text = replace(&EMAIL, &text, email);
    replace(&EMAIL_SPACED, &text, email)
}

/// Addresses of machines.
pub fn addresses(text: &str) -> String {
    let text = replace(&MAC, text, |_| "[address]".to_owned());
    let text = replace(&DASHED, &text, |_| "[address]".to_owned());
    replace(&NETWORK, &text, |found| {
        let Some(place) = found.get(0) else { return String::new() };
        let word = place.as_str();
        let bare = word.trim_matches('.').trim_end_matches(':');
        let tail = &word[word.find(bare).unwrap_or_default() + bare.len()..];
        // Inside a longer word colons are a path in Rust.
        let within = text[..place.start()].ends_with(char::is_alphanumeric)
            || text[place.end()..].starts_with(|next: char| next.is_alphanumeric() || next == '_');
        if is_address(bare, within) { format!("[address]{tail}") } else { word.to_owned() }
    })
}

fn is_address(word: &str, within: bool) -> bool {
    let with_port = word.rsplit_once(':').map(|(host, _)| host);
    let v4 = |word: &str| word.parse::<Ipv4Addr>().is_ok() || is_padded(word);
    v4(word)
        || with_port.is_some_and(v4)
        // Less than that is a time.
        || (!within && word.len() >= 5 && word.parse::<Ipv6Addr>().is_ok())
}

/// `010.000.000.001`, which few parsers take.
fn is_padded(word: &str) -> bool {
    let mut parts = 0;
    word.split('.').all(|part| {
        parts += 1;
        (1..=3).contains(&part.len()) && part.bytes().all(|one| one.is_ascii_digit())
    }) && parts == 4
}

/// Numbers that may call somebody or pay for something, and long words of letters and digits.
pub fn long_words_and_numbers(text: &str) -> String {
    let text = replace(&LONG, text, |found| {
        let word = &found[0];
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        let mixed = digits >= 2 && letters >= 2;
        let endless = letters + digits >= 32 && !word.contains(['_', '-']);
        if mixed || endless { "[secret]".to_owned() } else { word.to_owned() }
    });
    replace(&NUMBER, &text, |_| "[number]".to_owned())
}

/// A link by its host alone.
fn host(link: &str) -> String {
    let (scheme, rest) = link.split_once("://").unwrap_or(("link", ""));
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}/…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for pattern in [
            &PEM,
            &NAMED,
            &SCHEMED,
            &JWT,
            &PREFIXED,
            &LINK,
            &KEPT_ID,
            &KEPT_TIME,
            &EMAIL_QUOTED,
            &EMAIL,
            &EMAIL_SPACED,
            &NETWORK,
            &DASHED,
            &MAC,
            &NUMBER,
            &LONG,
        ] {
            assert!(pattern.is_some());
        }
    }
}
