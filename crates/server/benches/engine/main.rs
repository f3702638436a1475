//! The engine: throughput with and without a domain commit, how soon an idle worker picks a job up, how soon one stops, and
//! how soon the job of a lost worker runs again.

#[path = "../common/mod.rs"]
mod common;
mod processes;
mod stops;

use common::{BenchDatabase, Latencies};
use repruv_server::worker::{EngineSettings, Handlers, JobContext, JobHandler, JobResult, Noop, Worker};
use sqlx::PgConnection;
use state_machine::JobType;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use store::{PoolSettings, Store, engine::NewJob};

const FINISHED: i64 = 2_000_000;
const JOBS: i64 = 10_000;
const PICK_UPS: u32 = 200;

/// Succeeds at once; its finish moves the user, in a transaction of its own.
struct InstantEnable;

impl JobHandler for InstantEnable {
    fn job_type(&self) -> JobType {
        JobType::DemoEnable
    }
    async fn run(&self, _context: JobContext) -> JobResult {
        Ok(serde_json::json!({}))
    }
}

/// Tells when it started.
struct Clocked(Arc<Mutex<Vec<Instant>>>);

impl JobHandler for Clocked {
    fn job_type(&self) -> JobType {
        JobType::Noop
    }
    async fn run(&self, _context: JobContext) -> JobResult {
        if let Ok(mut starts) = self.0.lock() {
            starts.push(Instant::now());
        }
        Ok(serde_json::Value::Null)
    }
}

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    if processes::work_if_asked().await? {
        return Ok(());
    }
    let finished = std::env::var("BENCH_FINISHED").ok().and_then(|n| n.parse().ok()).unwrap_or(FINISHED);
    let db = BenchDatabase::fresh("engine").await?;
    fill_finished(&db, finished).await?;
    let mut noop = vec![];
    let mut domain = vec![];
    for _ in 0..3 {
        noop.push(drain_noop(&db).await?);
        domain.push(drain_domain(&db).await?);
    }
    let cancel = stops::cancel(&db).await?;
    let rerun = stops::crash_to_rerun(&db).await?;
    eprintln!("stops: {cancel}, runs again: {rerun}");
    let processes = processes::measure(&db).await?;
    let push = pick_up(&db, true).await?;
    let poll = pick_up(&db, false).await?;
    common::report(
        "engine",
        serde_json::json!({
            "finished_rows": finished, "jobs": JOBS,
            "noop_batched_jobs_per_s": noop, "domain_commit_jobs_per_s": domain,
            "pick_up_push": push, "pick_up_poll": poll,
            "cancel_running": cancel, "crash_to_rerun": rerun, "processes": processes,
        }),
    );
    Ok(())
}

/// `n` finished no-op jobs of the last 30 days with the history of each.
async fn fill_finished(db: &BenchDatabase, n: i64) -> anyhow::Result<()> {
    eprintln!("filling {n} finished jobs …");
    for first in (0..n).step_by(250_000) {
        let last = (first + 250_000).min(n) - 1;
        sqlx::query(
            "INSERT INTO background_jobs (id, job_type, status, attempt, created_at, scheduled_for, run_at, started_at, completed_at, progress) \
             SELECT bench_v7(t), 'noop', CASE WHEN i % 20 = 0 THEN 'failed' ELSE 'completed' END, 1, t, t, t, t, t + interval '70 s', 100 \
             FROM generate_series($1::bigint, $2::bigint) AS i, LATERAL (SELECT now() - interval '30 days' * (1 - i::float8 / $3)) AS s (t)",
        )
        .bind(first)
        .bind(last)
        .bind(n as f64)
        .execute(&db.pool)
        .await?;
    }
    db.settle().await
}

/// `n` waiting no-op jobs.
async fn enqueue_noop(connection: &mut PgConnection, n: i64) -> anyhow::Result<()> {
    sqlx::query(
        "WITH made AS (INSERT INTO background_jobs (id, job_type) SELECT bench_v7(clock_timestamp()), 'noop' FROM generate_series(1, $1) RETURNING id) \
         INSERT INTO job_events (job_id, event, to_status, attempt, actor) SELECT id, 'enqueue', 'pending', 0, 'system' FROM made",
    )
    .bind(n)
    .execute(connection)
    .await?;
    Ok(())
}

/// `n` new users whose demo mode is to be turned on, with a job each.
async fn enqueue_domain(connection: &mut PgConnection, n: i64) -> anyhow::Result<()> {
    sqlx::query(
        "WITH users AS (INSERT INTO users (id, email) SELECT bench_v7(clock_timestamp()), gen_random_uuid() || '@bench.test' FROM generate_series(1, $1) RETURNING id) \
         , jobs AS (INSERT INTO background_jobs (id, job_type, user_id, dedupe_key) SELECT bench_v7(clock_timestamp()), 'demo_enable', id, 'demo:' || id FROM users RETURNING id, user_id) \
         INSERT INTO job_events (job_id, user_id, event, to_status, attempt, actor) SELECT id, user_id, 'enqueue', 'pending', 0, 'system' FROM jobs",
    )
    .bind(n)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE users u SET demo_mode_status = 'enabling', demo_mode_job_id = j.id FROM background_jobs j \
         WHERE j.user_id = u.id AND j.status = 'pending' AND u.demo_mode_status = 'disabled'",
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn drain_noop(db: &BenchDatabase) -> anyhow::Result<f64> {
    enqueue_noop(&mut *db.pool.acquire().await?, JOBS).await?;
    let engine = EngineSettings { concurrency: 2_000, connections: 12, ..EngineSettings::default() };
    drain(db, Handlers::default().with(Noop), engine).await
}

async fn drain_domain(db: &BenchDatabase) -> anyhow::Result<f64> {
    enqueue_domain(&mut *db.pool.acquire().await?, JOBS).await?;
    let engine = EngineSettings { concurrency: 200, connections: 32, ..EngineSettings::default() };
    let per_s = drain(db, Handlers::default().with(InstantEnable), engine).await?;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM users WHERE demo_mode_status <> 'enabled'")
        .fetch_one(&db.pool)
        .await?;
    anyhow::ensure!(left == 0, "{left} users were not moved");
    Ok(per_s)
}

/// Whether a job waits or runs.
async fn left(db: &BenchDatabase) -> anyhow::Result<bool> {
    let sql = "SELECT EXISTS (SELECT FROM background_jobs WHERE status = 'pending') OR EXISTS (SELECT FROM background_jobs WHERE status = 'running')";
    Ok(sqlx::query_scalar(sql).fetch_one(&db.pool).await?)
}

/// Jobs a second from the start of an idle process to the last commit.
async fn drain(db: &BenchDatabase, handlers: Handlers, engine: EngineSettings) -> anyhow::Result<f64> {
    db.settle().await?;
    let worker = Worker::start(&db.url, handlers, engine)?;
    let started = Instant::now();
    while left(db).await? {
        anyhow::ensure!(started.elapsed() < Duration::from_secs(300), "not drained in five minutes");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let per_s = JOBS as f64 / started.elapsed().as_secs_f64();
    worker.stop(std::future::pending()).await;
    eprintln!("drained: {per_s:.0} jobs/s");
    Ok(per_s.round())
}

/// From before the enqueue's transaction to the first line of the handler, jobs 25 ms apart (100 ms without push, so
/// that the poll does not find them in heaps).
async fn pick_up(db: &BenchDatabase, push: bool) -> anyhow::Result<serde_json::Value> {
    let starts = Arc::new(Mutex::new(vec![]));
    let engine = EngineSettings { push, ..EngineSettings::default() };
    let worker = Worker::start(&db.url, Handlers::default().with(Clocked(starts.clone())), engine)?;
    let api = Store::connect(&db.url, PoolSettings { notify: push, ..PoolSettings::default() }).await?;
    tokio::time::sleep(Duration::from_secs(2)).await; // let the worker and its listener settle: nothing to await on
    let mut latencies = Latencies::new()?;
    for n in 0..PICK_UPS {
        let asked = Instant::now();
        api.enqueue(NewJob::new(JobType::Noop)).await?;
        let started = loop {
            if let Some(at) = starts.lock().ok().and_then(|starts| starts.get(n as usize).copied()) {
                break at;
            }
            anyhow::ensure!(asked.elapsed() < Duration::from_secs(10), "job {n} was not picked up in ten seconds");
            tokio::time::sleep(Duration::from_micros(500)).await;
        };
        latencies.record(started.duration_since(asked));
        tokio::time::sleep(Duration::from_millis(if push { 25 } else { 37 }).saturating_sub(asked.elapsed())).await;
    }
    worker.stop(std::future::pending()).await;
    Ok(latencies.json())
}
