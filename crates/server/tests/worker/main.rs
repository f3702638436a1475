//! A worker in this process on a real PostgreSQL, a fresh database for each test.

use repruv_server::worker::{EngineSettings, Handlers, JobContext, JobError, JobHandler, JobResult, Noop, Worker};
use sqlx::PgPool;
use state_machine::JobType;
use std::{future::pending, time::Duration};
use store::engine::NewJob;
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

/// Works until it is told to stop.
struct Long;

impl JobHandler for Long {
    fn job_type(&self) -> JobType {
        JobType::Noop
    }
    async fn run(&self, context: JobContext) -> JobResult {
        context.stopped.cancelled().await;
        Err(JobError::Stopped)
    }
}

/// With jobs that take minutes nobody frees a slot: the last free ones are used all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_full_of_long_jobs_fills_its_last_slots() {
    let db = TestDb::new().await;
    let engine = EngineSettings {
        concurrency: 8,
        poll: Duration::from_millis(20),
        grace: Duration::ZERO,
        ..EngineSettings::default()
    };
    let worker = Worker::start(&db.url(Role::Worker), Handlers::default().with(Long), engine).expect("a worker");
    let api = store::Store::connect(&db.url(Role::Api), store::PoolSettings::default()).await.expect("a store");
    for n in 1..=8 {
        api.enqueue(NewJob::new(JobType::Noop)).await.expect("a job");
        wait_until("it is in hand", Duration::from_secs(60), || async { count(db.owner(), "running").await == n })
            .await;
    }
    worker.stop(pending()).await;
}
