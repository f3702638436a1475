//! What holds for every read: nothing is dropped half way, trouble has a name, and as_of tells the truth.

use crate::stand;
use contract::jobs::JobFilter;
use read_model::{ReadError, ReadModel};
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;
use testkit::{Role, TestDb, factories::user};

#[tokio::test]
async fn reads_whose_callers_go_away_leave_no_transaction_open() {
    let (db, reader) = stand().await;
    let ana = user().insert(&db).await.id;
    for n in 0..500_u64 {
        // Cut at a different moment each time.
        let cut = Duration::from_micros(n * 7 % 3000);
        let _ = tokio::time::timeout(cut, reader.user(ana)).await;
        let _ = tokio::time::timeout(cut, reader.now()).await;
    }
    testkit::wait_until("every connection is idle outside a transaction", Duration::from_secs(60), async || {
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'test_reader' AND state <> 'idle'",
        )
        .fetch_one(db.owner())
        .await
        .expect("activity");
        open == 0
    })
    .await;
    assert_eq!(reader.user(ana).await.expect("still readable").user.id, ana);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_unavailable() {
    let db = TestDb::new().await;
    let nowhere = db.options(Role::Reader).host("127.0.0.1").port(1);
    let pool = PgPoolOptions::new().acquire_timeout(Duration::from_millis(500)).connect_lazy_with(nowhere);
    let read = ReadModel::new(pool).jobs_page(&JobFilter::all(), None, 10).await;
    assert!(matches!(read, Err(ReadError::Unavailable(_))), "{read:?}");
}

#[tokio::test]
async fn a_login_that_has_ended_is_told_apart() {
    let db = TestDb::new().await;
    let ended = db.options(Role::Reader).username("staff_00000000_00000000");
    let pool = PgPoolOptions::new().acquire_timeout(Duration::from_secs(5)).connect_lazy_with(ended);
    let read = ReadModel::new(pool).database_time().await;
    assert!(matches!(read, Err(ReadError::LoginRefused(_))), "{read:?}");
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_unavailable() {
    let db = TestDb::new().await;
    let impatient = db.options(Role::Reader).options([("lock_timeout", "50ms")]);
    let reader = ReadModel::new(PgPoolOptions::new().connect_lazy_with(impatient));
    let mut altering = db.owner().begin().await.expect("begin");
    sqlx::query("LOCK TABLE background_jobs IN ACCESS EXCLUSIVE MODE").execute(&mut *altering).await.expect("locked");
    let read = reader.jobs_page(&JobFilter::all(), None, 10).await;
    assert!(matches!(read, Err(ReadError::Unavailable(_))), "{read:?}");
    altering.rollback().await.expect("unlocked");
    assert!(reader.jobs_page(&JobFilter::all(), None, 10).await.is_ok());
}

#[tokio::test]
async fn every_page_says_when_it_was_read_by_the_databases_clock() {
    let (_db, reader) = stand().await;
    let before = reader.database_time().await.expect("a time");
    let page = reader.jobs_page(&JobFilter::all(), None, 10).await.expect("a page");
    let after = reader.database_time().await.expect("a time");
    assert!(before <= page.as_of && page.as_of <= after);
}
