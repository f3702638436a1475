//! How soon a running job stops when a person asks, and how soon the job of a lost worker runs again.

use crate::common::{BenchDatabase, Latencies};
use repruv_server::worker::{EngineSettings, Handlers, JobContext, JobError, JobHandler, JobResult, Worker};
use state_machine::JobType;
use std::time::{Duration, Instant};
use store::{
    Actor, Command, PoolSettings, Store,
    engine::{Enqueued, Front, NewJob, WorkerSession},
};
use tokio::sync::mpsc;
use uuid::Uuid;

const CANCELS: u32 = 200;
const LOST: u32 = 40;

/// Tells that it has started, and works until it is asked to stop.
struct Patient(mpsc::UnboundedSender<(Uuid, Instant)>);

impl JobHandler for Patient {
    fn job_type(&self) -> JobType {
        JobType::Noop
    }
    async fn run(&self, context: JobContext) -> JobResult {
        let _ = self.0.send((context.job.lease.job_id, Instant::now()));
        tokio::select! {
            () = context.cancelled.cancelled() => Err(JobError::Cancelled { touched: true }),
            () = context.stopped.cancelled() => Err(JobError::Stopped),
        }
    }
}

async fn status(db: &BenchDatabase, job_id: Uuid) -> anyhow::Result<String> {
    let sql = "SELECT status FROM background_jobs WHERE id = $1";
    Ok(sqlx::query_scalar(sql).bind(job_id).fetch_one(&db.pool).await?)
}

fn made(enqueued: Enqueued) -> Uuid {
    match enqueued {
        Enqueued::Made(id) | Enqueued::Joined(id) => id,
    }
}

/// From the request to stop a running job to its row saying `cancelled`.
pub async fn cancel(db: &BenchDatabase) -> anyhow::Result<serde_json::Value> {
    let (started, mut starts) = mpsc::unbounded_channel();
    let worker = Worker::start(&db.url, Handlers::default().with(Patient(started)), EngineSettings::default())?;
    let api = Store::connect(&db.url, PoolSettings::default()).await?;
    tokio::time::sleep(Duration::from_secs(2)).await; // let the listener settle: nothing to await on
    let mut latencies = Latencies::new()?;
    for _ in 0..CANCELS {
        let job_id = made(api.enqueue(NewJob::new(JobType::Noop)).await?);
        while starts.recv().await.is_some_and(|(id, _)| id != job_id) {}
        let asked = Instant::now();
        api.cancel_job(job_id, &Command::by(Actor::System)).await?;
        while status(db, job_id).await? != "cancelled" {
            anyhow::ensure!(asked.elapsed() < Duration::from_secs(60), "job {job_id} was not stopped in a minute");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        latencies.record(asked.elapsed());
    }
    worker.stop(std::future::ready(())).await;
    Ok(latencies.json())
}

/// From the last sign of life of a worker that is lost in the midst of its jobs to another that runs them. With the lease and
/// the rescue interval of production; the pause before a second attempt, four seconds there, is cut to nothing.
pub async fn crash_to_rerun(db: &BenchDatabase) -> anyhow::Result<serde_json::Value> {
    let engine = EngineSettings { retry_base: Duration::from_millis(1), ..EngineSettings::default() };
    let store = Store::connect(&db.url, PoolSettings::default()).await?;
    for _ in 0..LOST {
        store.enqueue(NewJob::new(JobType::Noop)).await?;
    }
    let lost = WorkerSession::new("bench", 1, "lost");
    let jobs =
        store.claim(&lost, &Front::new(&engine.queue, &[JobType::Noop]), LOST, engine.lease, engine.deadline).await?;
    let silent = Instant::now();
    anyhow::ensure!(jobs.len() == LOST as usize, "{} jobs claimed", jobs.len());
    let (started, mut starts) = mpsc::unbounded_channel();
    let slots = EngineSettings { concurrency: LOST, ..engine.clone() };
    let worker = Worker::start(&db.url, Handlers::default().with(Patient(started)), slots)?;
    let mut latencies = Latencies::new()?;
    for _ in 0..LOST {
        let started = tokio::time::timeout(Duration::from_secs(120), starts.recv()).await?;
        let (_, at) = started.ok_or_else(|| anyhow::anyhow!("the worker is gone"))?;
        latencies.record(at.duration_since(silent));
    }
    for job in jobs {
        store.cancel_job(job.lease.job_id, &Command::by(Actor::System)).await?;
    }
    worker.stop(std::future::pending()).await;
    let mut figures = latencies.json();
    figures["lease_s"] = engine.lease.as_secs_f64().into();
    figures["rescue_every_s"] = engine.rescue_every.as_secs_f64().into();
    Ok(figures)
}
