//! Database logins: they read, they do not write, and they end with their session.

use crate::stand::{Reply, Stand};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::time::Duration;
use testkit::{factories::staff, wait_until};

pub fn options(login: &Reply) -> PgConnectOptions {
    let port = login.body["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
    PgConnectOptions::new_without_pgpass()
        .host(login.text("host"))
        .port(port)
        .database(login.text("database"))
        .username(login.text("user"))
        .password(login.text("password"))
}

async fn minted(stand: &Stand, token: &str) -> Reply {
    stand.post("/staff/database-login", token, serde_json::json!({})).await.expect(200)
}

#[tokio::test]
async fn a_minted_login_reads_and_does_not_write() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let login = minted(&stand, &token).await;
    let mut reader = PgConnection::connect_with(&options(&login)).await.expect("a connection");
    let users: i64 = sqlx::query_scalar("SELECT count(*) FROM ops.users").fetch_one(&mut reader).await.expect("a read");
    assert_eq!(users, 0);
    for refused in [
        "INSERT INTO staff (id, email, name, role, password_hash) VALUES (gen_random_uuid(), 'x', 'x', 'admin', 'x')",
        "UPDATE users SET is_active = false",
        "DELETE FROM background_jobs",
        "SELECT hashed_password FROM users",
        "SELECT access_hash FROM user_sessions",
        "SELECT * FROM staff",
        "SELECT mint_reader_login('staff_00000000_00000000', 'x', interval '1 hour')",
    ] {
        let outcome = sqlx::query(refused).execute(&mut reader).await;
        assert!(outcome.is_err(), "{refused}");
    }
    let again = minted(&stand, &token).await;
    assert_eq!(again.text("user"), login.text("user"));
    assert!(PgConnection::connect_with(&options(&login)).await.is_err(), "the former password is gone");
    PgConnection::connect_with(&options(&again)).await.expect("a connection");
}

#[tokio::test]
async fn two_sessions_of_one_person_have_logins_of_their_own() {
    let stand = Stand::new().await;
    let member = staff().insert(&stand.db).await;
    let (one, two) = (stand.staff(member.clone()).await, stand.staff(member).await);
    let (a, b) = (minted(&stand, &one).await, minted(&stand, &two).await);
    assert_ne!(a.text("user"), b.text("user"));
    stand.post("/staff/auth/logout", &one, serde_json::json!({})).await.expect(204);
    assert!(PgConnection::connect_with(&options(&a)).await.is_err(), "it ended with its session");
    PgConnection::connect_with(&options(&b)).await.expect("the other goes on");
}

#[tokio::test]
async fn a_login_ends_with_its_session_and_its_open_connections() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let login = minted(&stand, &token).await;
    let mut reader = PgConnection::connect_with(&options(&login)).await.expect("a connection");
    stand.post("/staff/auth/logout", &token, serde_json::json!({})).await.expect(204);
    assert!(sqlx::query("SELECT 1").execute(&mut reader).await.is_err(), "the connection was ended");
    stand.post("/staff/database-login", &token, serde_json::json!({})).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_disabled_person_stops_reading() {
    let stand = Stand::new().await;
    let member = staff().insert(&stand.db).await;
    let token = stand.staff(member.clone()).await;
    let login = minted(&stand, &token).await;
    let mut reader = PgConnection::connect_with(&options(&login)).await.expect("a connection");
    store::Store::over(stand.db.owner().clone(), false).disable_staff(&member.email).await.expect("disabled");
    assert!(sqlx::query("SELECT 1").execute(&mut reader).await.is_err());
    stand.get("/staff/auth/session", &token).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_session_that_runs_out_takes_its_login_along() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let login = minted(&stand, &token).await;
    stand.sql("UPDATE staff_sessions SET expires_at = now() - interval '1 second'").await;
    wait_until("the clean-up has ended the login", Duration::from_secs(60), || async {
        PgConnection::connect_with(&options(&login)).await.is_err()
    })
    .await;
}
