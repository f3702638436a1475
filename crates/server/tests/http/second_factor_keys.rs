//! How secrets of second factors are stored: under the first key of the server, and what was stored before goes on to work.

use crate::{
    second_factor::{Phone, enrolled, login},
    stand::{Stand, keys_file, serve_with, settings},
};
use repruv_server::serve::{ServeSettings, Server};
use serde_json::json;
use testkit::{
    Role, TestDb,
    factories::{PASSWORD, staff},
};
use totp_rs::Secret;

/// Another server over the same database, with keys of these names.
async fn with_keys(stand: Stand, names: &[&str]) -> Stand {
    let Stand { db, .. } = stand;
    let settings = ServeSettings { second_factor_keys: Some(keys_file(names)), ..settings(db.url(Role::Api)) };
    let server = serve_with(settings).await;
    Stand::over(db, server)
}

async fn stored(stand: &Stand) -> (Option<String>, Vec<u8>) {
    let row = sqlx::query_as("SELECT key_id, secret FROM staff_second_factors").fetch_one(stand.db.owner());
    row.await.expect("a second factor")
}

#[tokio::test]
async fn the_secret_is_stored_under_a_key_of_the_server() {
    let stand = Stand::new().await;
    let token = stand.staff(staff().insert(&stand.db).await).await;
    let begun =
        stand.post("/staff/auth/second-factor/begin", &token, json!({ "password": PASSWORD })).await.expect(200);
    let secret = Secret::try_from_base32(begun.text("secret")).expect("base32");
    let (key, bytes) = stored(&stand).await;
    assert_eq!(key.as_deref(), Some("now"));
    let secret = &secret[..];
    assert!(!bytes.windows(4).any(|part| secret.windows(4).any(|piece| piece == part)), "a part of it is in clear");
}

#[tokio::test]
async fn a_secret_of_before_is_sealed_when_it_is_used() {
    let stand = Stand::new().await;
    let member = staff().insert(&stand.db).await;
    let secret = Secret::try_from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("base32");
    sqlx::query("INSERT INTO staff_second_factors (staff_id, secret, confirmed_at) VALUES ($1, $2, now())")
        .bind(member.id)
        .bind(&secret[..])
        .execute(stand.db.owner())
        .await
        .expect("a row of before");
    let phone = Phone::of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    login(&stand, &member, Some("nonsense")).await.refused(401, "second_factor_required");
    assert_eq!(stored(&stand).await, (None, secret.to_vec()), "a wrong code changes nothing");
    login(&stand, &member, Some(&phone.code(&stand, 0).await)).await.expect(200);
    let (key, bytes) = stored(&stand).await;
    assert!(key.as_deref() == Some("now") && bytes != secret[..], "{key:?}");
    login(&stand, &member, Some(&phone.code(&stand, 1).await)).await.expect(200);
}

#[tokio::test]
async fn a_new_key_takes_over_what_is_used() {
    let stand = Stand::new().await;
    let member = staff().insert(&stand.db).await;
    let token = stand.staff(member.clone()).await;
    let phone = enrolled(&stand, &token).await;
    let stand = with_keys(stand, &["later", "now"]).await;
    login(&stand, &member, Some(&phone.code(&stand, 1).await)).await.expect(200);
    assert_eq!(stored(&stand).await.0.as_deref(), Some("later"));
    let stand = with_keys(stand, &["later"]).await;
    // The code before is used up: with a wrong key the answer would be 500.
    login(&stand, &member, Some("000000")).await.refused(401, "second_factor_required");
}

#[tokio::test]
async fn a_server_that_lacks_a_key_does_not_start_and_says_which() {
    let stand = Stand::new().await;
    let token = stand.staff(staff().insert(&stand.db).await).await;
    enrolled(&stand, &token).await;
    let start = async |keys| {
        let settings = ServeSettings { second_factor_keys: keys, ..settings(stand.db.url(Role::Api)) };
        Server::start(settings).await.err().expect("is refused").to_string()
    };
    for keys in [None, Some(keys_file(&["other"]))] {
        let error = start(keys).await;
        assert!(error.contains("`now`") && error.contains("--second-factor-keys"), "{error}");
    }
    sqlx::query("UPDATE staff_second_factors SET key_id = NULL").execute(stand.db.owner()).await.expect("as before");
    let error = start(None).await;
    assert!(error.contains("not sealed yet"), "{error}");
}

#[tokio::test]
async fn without_a_key_nobody_enrols() {
    let db = TestDb::new().await;
    let server = serve_with(ServeSettings { second_factor_keys: None, ..settings(db.url(Role::Api)) }).await;
    let stand = Stand::over(db, server);
    let token = stand.staff(staff().insert(&stand.db).await).await;
    let begun = stand.post("/staff/auth/second-factor/begin", &token, json!({ "password": PASSWORD })).await;
    begun.refused(409, "illegal_transition");
    assert_eq!(stand.count("staff_second_factors").await, 0);
}
