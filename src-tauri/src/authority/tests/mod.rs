//! Who is believed and who is not: real handshakes with the API and with a real PostgreSQL behind TLS. A recorder hears every
//! byte that comes before somebody is believed.

mod issuer;
mod server;

use crate::{
    api_client::{ApiClient, ApiFailure},
    authority::{certificates, checked},
    database::{Database, in_words},
    failure::message,
};
use contract::auth::DatabaseLogin;
use issuer::{Issuer, Shown};
use server::{Api, Front, Heard};
use testkit::{Role, TestDb};

const SECRET: &str = "a-password-that-nobody-else-may-read";

fn refused(text: &str) -> String {
    message(&checked(Some(text)).expect_err("is refused")).to_owned()
}

#[test]
fn only_certificates_are_taken() {
    let issuer = Issuer::new("Our own");
    let text = format!("\n{}\n", issuer.pem());
    assert_eq!(checked(Some(&text)).expect("is fine").as_deref(), Some(text.trim()));
    assert_eq!(certificates(Some(&text)).expect("is fine").len(), 1);
    assert_eq!(checked(Some("  \n")).expect("is fine"), None);
    assert_eq!(checked(None).expect("is fine"), None);
    assert!(refused(&format!("{text}{}", issuer.key_pem())).contains("private key"));
    assert!(refused("api.example.com").contains("No certificate was found"));
    assert!(refused(&text.replace("MII", "NII")).contains("cannot be read"));
    assert!(refused(&text.repeat(11)).contains("too many"));
    assert!(refused(&text.repeat(200)).contains("too long"));
}

/// Each way of not being who one says, and a word of what is told about it.
fn strangers(ours: &Issuer) -> Vec<(Shown, &'static str)> {
    vec![
        (ours.certificate().of_another_name(), "for another name"),
        (ours.certificate().expired(), "has expired"),
        (ours.certificate().not_yet_valid(), "not valid yet"),
        (ours.certificate().for_clients_only(), "cannot be accepted"),
        (Issuer::new("Somebody else").certificate().good(), "signed by nobody whom"),
        // The same name, another key.
        (Issuer::new("Our own").certificate().good(), "cannot be accepted"),
        (ours.certificate().self_signed(), "signed by nobody whom"),
        (Shown::Nothing, "does not speak TLS"),
    ]
}

#[tokio::test]
async fn a_password_goes_to_an_api_that_proves_itself_and_to_no_other() {
    let ours = Issuer::new("Our own");
    let good = Api::open(ours.certificate().good()).await;
    let trusting = ApiClient::new(&good.url(), Some(&ours.pem())).expect("a client");
    let _ = trusting.login("dana@repruv.test", SECRET, None).await;
    assert!(good.heard().decrypted(SECRET), "the recorder hears what is sent to who is believed");
    let without = ApiClient::new(&good.url(), None).expect("a client");
    let outcome = without.login("dana@repruv.test", SECRET, None).await;
    assert!(matches!(outcome, Err(ApiFailure::Untrusted(_))), "{outcome:?}");

    for (shown, word) in strangers(&ours) {
        let name = shown.name();
        let api = Api::open(shown).await;
        let client = ApiClient::new(&api.url(), Some(&ours.pem())).expect("a client");
        let outcome = client.login("dana@repruv.test", SECRET, None).await;
        let Err(ApiFailure::Untrusted(words)) = outcome else { panic!("{name}: {outcome:?}") };
        assert!(words.contains(word), "{name}: {words}");
        let Heard { raw, decrypted } = api.heard();
        assert!(!raw.is_empty(), "{name}: it was asked");
        assert!(decrypted.is_empty(), "{name}: {}", String::from_utf8_lossy(&decrypted));
        for secret in [SECRET, "dana@repruv.test", "Bearer"] {
            assert!(!raw.windows(secret.len()).any(|part| part == secret.as_bytes()), "{name}: {secret} was sent");
        }
    }
}

#[tokio::test]
async fn a_database_login_is_used_with_a_database_that_proves_itself_and_with_no_other() {
    let db = TestDb::new().await;
    let ours = Issuer::new("Our own");
    let login = |front: &Front| {
        let url = reqwest::Url::parse(&db.url(Role::Reader)).expect("an address");
        DatabaseLogin {
            host: "127.0.0.1".into(),
            port: front.port(),
            database: url.path().trim_start_matches('/').into(),
            user: url.username().into(),
            password: db.password().into(),
            valid_until: crate::clock::now(),
            shared: false,
        }
    };
    let address = |db: &TestDb| (db.options(Role::Reader).get_host().to_owned(), db.options(Role::Reader).get_port());
    let good = Front::open(ours.certificate().good(), address(&db)).await;
    let trusting = Database::new(login(&good), Some(ours.pem()));
    trusting.model().database_time().await.expect("it is believed, and answers");
    let user = login(&good).user;
    assert!(good.heard().decrypted(&user), "the recorder hears what is sent to who is believed");
    trusting.close().await;

    for (shown, word) in strangers(&ours) {
        let name = shown.name();
        // PostgreSQL without TLS says so in a word of its own.
        let word = if matches!(shown, Shown::Nothing) { "makes no secure connection" } else { word };
        let front = Front::open(shown, address(&db)).await;
        let database = Database::new(login(&front), Some(ours.pem()));
        let error = database.model().database_time().await.expect_err(name);
        let failure = in_words(error);
        assert!(message(&failure).contains(word), "{name}: {}", message(&failure));
        let Heard { raw, decrypted } = front.heard();
        assert!(!raw.is_empty() && decrypted.is_empty(), "{name}");
        assert!(!raw.windows(user.len()).any(|part| part == user.as_bytes()), "{name}: the login was named");
        database.close().await;
    }
}
