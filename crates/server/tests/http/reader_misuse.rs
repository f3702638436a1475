//! What a person could try with the database login that they are given: over its own connection, after lifting its limits.

use crate::{
    database_logins::options,
    stand::{Stand, serve_with, settings},
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;
use testkit::{Role, TestDb, factories::user, wait_until};

/// Refused for want of a right, each of them, even in a transaction that may write.
const REFUSED: &[&str] = &[
    // Secrets
    "SELECT password_hash FROM staff",
    "SELECT secret FROM staff_second_factors",
    "SELECT token_hash FROM user_refresh_tokens",
    "SELECT access_hash FROM user_sessions",
    "SELECT hashed_password FROM users",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_user_mapping",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/reader-was-here'",
    // Changes
    "UPDATE ops.users SET email = 'x'",
    "DELETE FROM job_events",
    "TRUNCATE audit_entries",
    "INSERT INTO audit_entries (actor, action) VALUES ('nobody', 'nothing')",
    "UPDATE audit_chains SET entries = 0",
    "CREATE TABLE public.mine (n int)",
    "CREATE TEMP TABLE mine (n int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE ROLE mine",
    "GRANT ops_reader TO repruv_api",
    "ALTER SYSTEM SET fsync = off",
    "SET ROLE repruv_api",
    "SET session_replication_role = replica",
    "DO $$ BEGIN LOCK TABLE users IN EXCLUSIVE MODE; END $$",
    "SELECT id FROM users FOR UPDATE",
    // The backend's own means
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_xact_lock(1)",
    "SELECT pg_notify('repruv_jobs', 'forged')",
    "SELECT pg_logical_emit_message(false, 'x', 'y')",
    "SELECT pg_terminate_backend(1)",
    "SELECT pg_cancel_backend(1)",
    "SELECT pg_export_snapshot()",
    "SELECT mint_reader_login('staff_00000000_00000000', 'x', interval '1 hour')",
    "SELECT end_reader_login('staff_00000000_00000000')",
    "SELECT end_expired_readers()",
    "SELECT end_overdue_sessions(ARRAY[]::text[])",
    // Filling the disk, and other ways out
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT pg_switch_wal()",
    "SELECT pg_stat_reset()",
];

#[tokio::test]
async fn what_a_reader_tries_is_refused() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let login = stand.post("/staff/database-login", &token, json!({})).await.expect(200);
    let mut reader = PgConnection::connect_with(&options(&login)).await.expect("a connection");
    sqlx::raw_sql("SET default_transaction_read_only = off; SET statement_timeout = 0")
        .execute(&mut reader)
        .await
        .expect("its own limits");
    let mut done = vec![];
    for &sql in REFUSED {
        let outcome = sqlx::raw_sql(sql).execute(&mut reader).await;
        let code = outcome.err().and_then(|error| Some(error.as_database_error()?.code()?.into_owned()));
        if code.as_deref() != Some("42501") {
            done.push(format!("{sql}: {code:?}"));
        }
    }
    assert!(done.is_empty(), "{done:#?}");
    assert!(REFUSED.len() >= 30);
    sqlx::query("SELECT count(*) FROM ops.users").execute(&mut reader).await.expect("and it still reads");
}

#[tokio::test]
async fn a_login_that_has_run_out_takes_its_connections_along() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let login = stand.post("/staff/database-login", &token, json!({})).await.expect(200);
    let mut reader = PgConnection::connect_with(&options(&login)).await.expect("a connection");
    sqlx::query("SELECT 1").execute(&mut reader).await.expect("it reads");
    stand.sql(&format!("ALTER ROLE {} VALID UNTIL '2001-01-01'", login.text("user"))).await;
    let open = format!("pg_stat_activity WHERE usename = '{}'", login.text("user"));
    wait_until("nobody reads with it", Duration::from_secs(60), || async { stand.count(&open).await == 0 }).await;
}

#[tokio::test]
async fn a_login_has_a_limit_of_connections_and_an_end() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let login = stand.post("/staff/database-login", &token, json!({})).await.expect(200);
    let bounded = format!(
        "pg_roles WHERE rolname = '{}' AND rolconnlimit = 12 AND rolvaliduntil <= now() + interval '12 hours' \
         AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)",
        login.text("user")
    );
    assert_eq!(stand.count(&bounded).await, 1);
    // One from before the limit was raised gets it with its next renewal.
    stand.sql(&format!("ALTER ROLE {} CONNECTION LIMIT 6", login.text("user"))).await;
    let login = stand.post("/staff/database-login", &token, json!({})).await.expect(200);
    assert_eq!(stand.count(&bounded).await, 1);
    let mut open = vec![];
    // Five of a window, twice where the first five were lost without a word, and two to spare.
    for _ in 0..12 {
        open.push(PgConnection::connect_with(&options(&login)).await.expect("a connection"));
    }
    let another = PgConnection::connect_with(&options(&login)).await.expect_err("one too many");
    assert_eq!(another.as_database_error().and_then(|e| e.code().map(|c| c.into_owned())).as_deref(), Some("53300"));
    let kept: String = sqlx::query_scalar("SHOW tcp_keepalives_idle").fetch_one(&mut open[0]).await.expect("a setting");
    assert!(["10", "0"].contains(&kept.as_str()), "0 only over a Unix socket: {kept}");
}

#[tokio::test]
async fn where_no_login_can_be_minted_all_staff_share_one_and_are_told_so() {
    let db = TestDb::new().await;
    let url = db.url(Role::Reader);
    let server =
        serve_with(repruv_server::serve::ServeSettings { shared_reader: Some(url), ..settings(db.url(Role::Api)) })
            .await;
    let stand = Stand::over(db, server);
    user().insert(&stand.db).await;
    let token = stand.support().await;
    let login = stand.post("/staff/database-login", &token, json!({})).await.expect(200);
    assert_eq!((&login.body["shared"], login.text("user")), (&json!(true), "test_reader"));
    let mut reader = PgConnection::connect_with(&options(&login)).await.expect("a connection");
    let users: i64 = sqlx::query_scalar("SELECT count(*) FROM ops.users").fetch_one(&mut reader).await.expect("a read");
    assert_eq!(users, 1);
    for sql in ["SELECT pg_advisory_lock(1)", "SELECT pg_terminate_backend(1)", "UPDATE ops.users SET email = 'x'"] {
        assert!(sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut reader).await.is_err(), "{sql}");
    }
    assert_eq!(
        stand.count("audit_entries WHERE action = 'staff.shared_login' AND after_state = 'test_reader'").await,
        1
    );
}
