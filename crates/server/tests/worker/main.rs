//! A worker in this process on a real PostgreSQL, a fresh database for each test.

use repruv_server::worker::{EngineSettings, Handlers, Noop, Worker};
use sqlx::PgPool;
use std::{future::pending, time::Duration};
use testkit::{Role, TestDb, wait_until};

async fn count(pool: &PgPool, status: &'static str) -> i64 {
    let sql = "SELECT count(*) FROM background_jobs WHERE status = $1";
    sqlx::query_scalar(sql).bind(status).fetch_one(pool).await.expect("a count")
}

/// Completions are written many at a time, after their jobs have left the handlers: the last batch must not be forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_worker_leaves_no_lease_behind() {
    let db = TestDb::new().await;
    for round in 0..10 {
        sqlx::query(
            "INSERT INTO background_jobs (id, job_type) \
             SELECT ('00000000-0000-7000-8000-' || lpad(($1 * 1000 + n)::text, 12, '0'))::uuid, 'noop' \
             FROM generate_series(1, 300) n",
        )
        .bind(round)
        .execute(db.owner())
        .await
        .expect("jobs");
        let engine = EngineSettings { concurrency: 100, poll: Duration::from_millis(5), ..EngineSettings::default() };
        let worker = Worker::start(&db.url(Role::Worker), Handlers::default().with(Noop), engine).expect("a worker");
        wait_until("it is at work", Duration::from_secs(60), || async {
            count(db.owner(), "running").await > 0 || count(db.owner(), "pending").await == 0
        })
        .await;
        worker.stop(pending()).await;
        assert_eq!(count(db.owner(), "running").await, 0, "round {round}");
    }
}
