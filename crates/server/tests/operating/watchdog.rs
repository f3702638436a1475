//! The watchdog of a real worker, against real sessions.

use crate::{program::Serving, scrape::Scrape};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use testkit::{Role, TestDb, wait_until};

const PATIENCE: Duration = Duration::from_secs(60);
/// Nobody asks it for anything.
const NO_SERVICE: &str = "http://127.0.0.1:9";

/// A session that has lifted every limit of its own, as any login can.
async fn session(db: &TestDb, role: Role) -> PgConnection {
    let mut session = PgConnection::connect_with(&db.options(role)).await.expect("a session");
    for limit in ["SET statement_timeout = 0", "SET idle_in_transaction_session_timeout = 0"] {
        sqlx::query(limit).execute(&mut session).await.expect(limit);
    }
    session
}

async fn runs_for(db: &TestDb, role: Role, seconds: u32) -> Result<(), sqlx::Error> {
    let mut session = session(db, role).await;
    let sleep = sqlx::query("SELECT pg_sleep($1)").bind(f64::from(seconds));
    sleep.execute(&mut session).await.map(drop)
}

/// A transaction that is begun, looked through, and forgotten.
async fn forgotten(db: &TestDb, role: Role) -> PgConnection {
    let mut session = session(db, role).await;
    for sql in ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1"] {
        sqlx::query(sql).execute(&mut session).await.expect(sql);
    }
    session
}

async fn is_there(session: &mut PgConnection) -> bool {
    sqlx::query("SELECT 1").execute(session).await.is_ok()
}

async fn ended(worker: &Serving, what: &str) -> f64 {
    Scrape::of(&worker.base).await.value("repruv_watchdog_ended_total", &[("what", what)])
}

fn was_ended(outcome: &Result<(), sqlx::Error>) -> bool {
    let code =
        |error: &sqlx::Error| error.as_database_error().and_then(|refused| refused.code()).map(|code| code == "57P01");
    outcome.as_ref().is_err_and(|error| code(error).unwrap_or(matches!(error, sqlx::Error::Io(_))))
}

#[tokio::test]
async fn what_a_reader_forgets_and_what_we_forget_is_ended_and_told_and_nothing_else() {
    let db = TestDb::new().await;
    let worker = Serving::worker(&db, NO_SERVICE, &[]).await;
    let (mut reading, mut of_api) = (forgotten(&db, Role::Reader).await, forgotten(&db, Role::Api).await);
    let (mut of_owner, mut resting) = (forgotten(&db, Role::Owner).await, session(&db, Role::Reader).await);
    let (slow, of_api_slow, of_owner_slow) =
        tokio::join!(runs_for(&db, Role::Reader, 300), runs_for(&db, Role::Api, 12), runs_for(&db, Role::Owner, 12),);
    assert!(was_ended(&slow), "{slow:?}");
    assert!(of_api_slow.is_ok(), "statements of ours have limits of their own: {of_api_slow:?}");
    assert!(of_owner_slow.is_ok(), "whoever migrates is left alone: {of_owner_slow:?}");
    for what in ["reader_statement", "reader_transaction", "own_transaction"] {
        wait_until(what, PATIENCE, async || ended(&worker, what).await == 1.0).await;
    }
    assert!(!is_there(&mut reading).await && !is_there(&mut of_api).await);
    assert!(is_there(&mut of_owner).await && is_there(&mut resting).await);
    let log = worker.log();
    for part in ["The watchdog ended a session of test_reader: reader_statement", "test_api: own_transaction"] {
        assert!(log.contains(part), "{part}: {log}");
    }
    assert!(!log.contains("pg_sleep"), "no statement is told: {log}");
}

#[tokio::test]
async fn a_login_that_is_spared_by_name_may_forget_and_no_other() {
    let db = TestDb::new().await;
    let worker = Serving::worker(&db, NO_SERVICE, &["--watchdog-spares", "test_reader"]).await;
    let (mut spared, mut of_api) = (forgotten(&db, Role::Reader).await, forgotten(&db, Role::Api).await);
    wait_until("the other is ended", PATIENCE, async || ended(&worker, "own_transaction").await == 1.0).await;
    assert!(runs_for(&db, Role::Reader, 8).await.is_ok());
    assert!(is_there(&mut spared).await && !is_there(&mut of_api).await);
    assert_eq!((ended(&worker, "reader_transaction").await, ended(&worker, "reader_statement").await), (0.0, 0.0));
}

#[tokio::test]
async fn only_a_worker_calls_it_and_it_has_no_right_that_it_does_not_need() {
    let db = TestDb::new().await;
    for role in [Role::Api, Role::Reader] {
        let refused = sqlx::query("SELECT * FROM end_overdue_sessions('{}')").execute(db.pool(role)).await;
        let code = refused
            .expect_err("refused")
            .as_database_error()
            .and_then(|error| error.code())
            .map(|code| code.into_owned());
        assert_eq!(code.as_deref(), Some("42501"), "{role:?}");
    }
    let signals = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'test_reader' AND datname = current_database()";
    let mut reader = session(&db, Role::Reader).await;
    assert!(sqlx::query(signals).execute(db.worker()).await.is_err(), "a worker ends nobody by itself");
    assert!(is_there(&mut reader).await);

    let role: (bool, bool, bool, bool, Vec<String>) = sqlx::query_as(
        "SELECT rolsuper, rolcanlogin, rolcreaterole, rolcreatedb, (SELECT array_agg(g.rolname::text ORDER BY g.rolname) \
         FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) FROM pg_roles r WHERE rolname = 'repruv_watchdog'",
    )
    .fetch_one(db.owner())
    .await
    .expect("the role");
    let groups = vec!["pg_read_all_stats".to_owned(), "pg_signal_backend".to_owned()];
    assert_eq!(role, (false, false, false, false, groups));
    let function: (String, bool, Vec<String>, Vec<String>) = sqlx::query_as(
        "SELECT proowner::regrole::text, prosecdef, proconfig, (SELECT array_agg(grantee::regrole::text ORDER BY 1) \
         FROM aclexplode(proacl) WHERE grantee <> proowner) FROM pg_proc WHERE proname = 'end_overdue_sessions'",
    )
    .fetch_one(db.owner())
    .await
    .expect("the function");
    let path = vec!["search_path=pg_catalog, pg_temp".to_owned()];
    assert_eq!(function, ("repruv_watchdog".into(), true, path, vec!["repruv_worker".into()]));
    let owned: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_namespace WHERE has_schema_privilege('repruv_watchdog', oid, 'CREATE')",
    )
    .fetch_one(db.owner())
    .await
    .expect("a count");
    assert_eq!(owned, 0, "it can make nothing");
}
