//! The state of the queue as gauges: read when they are asked for, and at most every few seconds.

use state_machine::JobType;
use std::time::{Duration, Instant};
use store::{QueueState, Store};
use tokio::sync::Mutex;

/// However many scrape this process, the database is asked this often.
const FRESH_FOR: Duration = Duration::from_secs(5);
/// A scrape does not wait longer for the database.
const READ_MAX: Duration = Duration::from_secs(3);
/// What a type is called that this build does not know.
const OTHER: &str = "other";

/// When the gauges were last read; who reads them holds it, and the others wait for that answer.
static READ_AT: Mutex<Option<Instant>> = Mutex::const_new(None);

/// Reads the queue unless that was done a moment ago. What cannot be read is shown as NaN, never as an old number.
pub async fn queue(store: &Store) {
    let mut read_at = READ_AT.lock().await;
    if read_at.is_some_and(|at| at.elapsed() < FRESH_FOR) {
        return;
    }
    *read_at = Some(Instant::now());
    let failed = metrics::counter!("repruv_queue_reads_failed_total");
    failed.increment(0);
    // The section goes on when it is not waited for any more: no future that touches sqlx is dropped.
    match tokio::time::timeout(READ_MAX, store.queue_state()).await {
        Ok(Ok(queue)) => return show(&queue),
        Ok(Err(error)) => tracing::debug!(%error, "The queue cannot be read for its gauges"),
        Err(_) => tracing::debug!("The queue cannot be read for its gauges in time"),
    }
    failed.increment(1);
    unknown();
}

fn types() -> impl Iterator<Item = &'static str> {
    JobType::ALL.iter().map(|job_type| job_type.as_str()).chain([OTHER])
}

fn set(job_type: &'static str, state: &'static str, jobs: f64) {
    metrics::gauge!("repruv_queue_jobs", "job_type" => job_type, "state" => state).set(jobs);
}

fn show(queue: &QueueState) {
    for job_type in types() {
        let of_type = |found: &str| {
            let known = found.parse::<JobType>().map_or(OTHER, JobType::as_str);
            known == job_type
        };
        let lines = queue.types.iter().filter(|line| of_type(&line.job_type));
        let (waiting, scheduled, running) =
            lines.fold((0, 0, 0), |sum, line| (sum.0 + line.waiting, sum.1 + line.scheduled, sum.2 + line.running));
        for (state, jobs) in [("waiting", waiting), ("scheduled", scheduled), ("running", running)] {
            set(job_type, state, f64::from(jobs));
        }
    }
    metrics::gauge!("repruv_queue_jobs_capped").set(f64::from(u8::from(queue.capped)));
    metrics::gauge!("repruv_queue_oldest_due_seconds").set(queue.oldest_due.as_secs_f64());
}

fn unknown() {
    for job_type in types() {
        for state in ["waiting", "scheduled", "running"] {
            set(job_type, state, f64::NAN);
        }
    }
    metrics::gauge!("repruv_queue_jobs_capped").set(f64::NAN);
    metrics::gauge!("repruv_queue_oldest_due_seconds").set(f64::NAN);
}
