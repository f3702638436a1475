//! A worker in this process on a real PostgreSQL, a fresh database for each test.

use repruv_server::worker::{
    DemoService, EngineSettings, Handlers, JobContext, JobError, JobHandler, JobResult, Noop, Worker,
};
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

/// What the verdict on a stuck job rests on is there without anybody asking for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_writes_down_what_it_can_do_and_how_the_demo_service_answers() {
    let db = TestDb::new().await;
    let listen = "127.0.0.1:0".parse().expect("an address");
    let simulator = simulator::Simulator::start(listen, simulator::Dials::default()).await.expect("a simulator");
    let service = DemoService::new(&simulator.base_url()).expect("a client");
    let handlers = Handlers::default().with(Noop).reporting(service.seen());
    let worker = Worker::start(&db.url(Role::Worker), handlers, EngineSettings::default()).expect("a worker");
    let told = async |sql: &'static str| {
        let found = async || sqlx::query_scalar::<_, bool>(sql).fetch_one(db.owner()).await.expect(sql);
        wait_until(sql, Duration::from_secs(60), found).await;
    };
    told("SELECT EXISTS (SELECT FROM worker_sessions WHERE job_types = '{noop}' AND slots = 32 AND in_hand = 0)").await;
    service.find("prof_none").await.expect("an answer");
    told("SELECT EXISTS (SELECT FROM demo_service_health WHERE last_ok_at IS NOT NULL AND recent_errors = 0)").await;
    simulator.set_dials(simulator::Dials { error_rate: 1.0, ..Default::default() }).expect("dials");
    service.find("prof_none").await.expect_err("a fault");
    told("SELECT EXISTS (SELECT FROM demo_service_health WHERE last_error_class = 'refused' AND (recent_ok, recent_errors) = (1, 1))").await;
    simulator.shutdown().await.expect("it ends");
    service.find("prof_none").await.expect_err("nobody there");
    told("SELECT EXISTS (SELECT FROM demo_service_health WHERE last_error_class = 'unreachable' AND latency_ms > 0)")
        .await;
    worker.stop(pending()).await;
}

/// Claims begin where the last one ended. What lands before that is found all the same, without a hint.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_lands_behind_the_front_is_found() {
    let db = TestDb::new().await;
    let engine = EngineSettings { poll: Duration::from_millis(20), push: false, ..EngineSettings::default() };
    let worker = Worker::start(&db.url(Role::Worker), Handlers::default().with(Noop), engine).expect("a worker");
    let api = store::Store::connect(&db.url(Role::Api), store::PoolSettings::default()).await.expect("a store");
    for n in 1..=5_i64 {
        api.enqueue(NewJob::new(JobType::Noop)).await.expect("a job");
        wait_until("it is done", Duration::from_secs(60), || async {
            count(db.owner(), "completed").await == 2 * n - 1
        })
        .await;
        let long_ago = Some(chrono::DateTime::UNIX_EPOCH + Duration::from_secs(60 * n.unsigned_abs()));
        api.enqueue(NewJob { run_at: long_ago, ..NewJob::new(JobType::Noop) }).await.expect("a job");
        wait_until("the one from long ago is done", Duration::from_secs(60), || async {
            count(db.owner(), "completed").await == 2 * n
        })
        .await;
    }
    worker.stop(pending()).await;
}
