//! The engine over a long time: constant load on a large table, while a forgotten reader keeps dead rows from being cleaned up.
//! Do claims get slower? Are there more dead rows than the work itself makes, and do they go when the reader goes?

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "each bench uses its part of what they share")]
mod common;
mod load;
mod sample;
mod verdict;

use common::BenchDatabase;
use load::Load;
use repruv_server::worker::{EngineSettings, Handlers, Worker};
use sample::{Sample, Sampler};
use serde_json::json;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::time::{Duration, Instant};

const SAMPLE_EVERY: Duration = Duration::from_secs(10);
/// The reader who forgets; the watchdog is told to spare it.
const READER: &str = "staff_0000cafe_0000cafe";

/// What is asked for.
struct Settings {
    minutes: f64,
    finished: i64,
    per_s: u32,
}

impl Settings {
    fn read() -> anyhow::Result<Self> {
        let number = |name: &str, otherwise: f64| -> anyhow::Result<f64> {
            std::env::var(name)
                .map_or(Ok(otherwise), |text| text.parse().map_err(|_| anyhow::anyhow!("{name}={text} is no number")))
        };
        let minutes = number("BENCH_MINUTES", 30.0)?;
        anyhow::ensure!(minutes >= 1.0, "a soak of less than a minute says nothing");
        Ok(Self {
            minutes,
            finished: number("BENCH_FINISHED", 3_000_000.0)? as i64,
            per_s: number("BENCH_RATE", 200.0)? as u32,
        })
    }

    fn whole(&self) -> Duration {
        Duration::from_secs_f64(self.minutes * 60.0)
    }

    /// The reader goes for the last fifth, so that one can see what happens then.
    fn pinned(&self) -> Duration {
        self.whole().mul_f64(0.8)
    }
}

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let settings = Settings::read()?;
    let db = BenchDatabase::fresh("soak").await?;
    fill_finished(&db, settings.finished).await?;
    let engine = EngineSettings { concurrency: 400, watchdog_spares: vec![READER.into()], ..EngineSettings::default() };
    let worker = Worker::start(&db.url, Handlers::default().with(load::Work), engine)?;
    let load = Load::start(&db.url, settings.per_s).await?;
    let mut reader = Some(forgetful_reader(&db).await?);
    let sampler = Sampler::new(db.pool.clone(), READER);

    let started = Instant::now();
    let mut samples: Vec<Sample> = vec![sampler.take(started).await?];
    while started.elapsed() < settings.whole() {
        if started.elapsed() >= settings.pinned()
            && let Some(reader) = reader.take()
        {
            eprintln!("the reader goes");
            reader.close().await?;
        }
        let next = SAMPLE_EVERY * u32::try_from(samples.len())?;
        tokio::time::sleep(next.saturating_sub(started.elapsed())).await;
        let sample = sampler.take(started).await?;
        eprintln!("{}", sample.line());
        samples.push(sample);
    }
    let asked = load.stop().await?;
    worker.stop(std::future::pending()).await;

    let verdicts = verdict::judge(&samples, settings.per_s);
    for verdict in &verdicts {
        eprintln!("{}", verdict.line());
    }
    common::report(
        "soak",
        json!({
            "minutes": settings.minutes, "finished_rows": settings.finished, "jobs_per_s": settings.per_s, "jobs": asked,
            "horizon_pinned_s": settings.pinned().as_secs(), "verdicts": verdicts, "samples": samples,
        }),
    );
    Ok(())
}

/// `n` finished jobs of the last 30 days, each with its end in the history.
async fn fill_finished(db: &BenchDatabase, n: i64) -> anyhow::Result<()> {
    eprintln!("filling {n} finished jobs …");
    for first in (0..n).step_by(250_000) {
        sqlx::query(
            "WITH made AS (INSERT INTO background_jobs (id, job_type, status, attempt, created_at, scheduled_for, run_at, started_at, completed_at, progress) \
             SELECT bench_v7(t), 'noop', 'completed', 1, t, t, t, t, t + interval '70 s', 100 \
             FROM generate_series($1::bigint, $2::bigint) AS i, LATERAL (SELECT now() - interval '30 days' * (1 - i::float8 / $3)) AS s (t) \
             RETURNING id, completed_at) \
             INSERT INTO job_events (job_id, at, event, from_status, to_status, attempt, actor) \
             SELECT id, completed_at, 'succeed', 'running', 'completed', 1, 'bench:1' FROM made",
        )
        .bind(first)
        .bind((first + 250_000).min(n) - 1)
        .bind(n as f64)
        .execute(&db.pool)
        .await?;
    }
    db.settle().await
}

/// Lifts its own limits, as any login can, looks once, and forgets to end its transaction.
async fn forgetful_reader(db: &BenchDatabase) -> anyhow::Result<PgConnection> {
    let minted = "SELECT mint_reader_login($1, 'bench-reader', interval '12 hours')";
    sqlx::query(minted).bind(READER).execute(&db.pool).await?;
    let options: PgConnectOptions = db.url.parse()?;
    let mut reader = PgConnection::connect_with(&options.username(READER).password("bench-reader")).await?;
    for sql in [
        "SET statement_timeout = 0",
        "SET idle_in_transaction_session_timeout = 0",
        "BEGIN ISOLATION LEVEL REPEATABLE READ",
        "SELECT 1 FROM ops.jobs LIMIT 1",
    ] {
        sqlx::query(sql).execute(&mut reader).await?;
    }
    Ok(reader)
}
