//! One job from its claim to its finish.

use super::{
    Shared,
    handler::{JobContext, JobError, JobResult},
    measures,
};
use futures_util::FutureExt;
use state_machine::ErrorClass;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};
use store::{
    StoreError,
    engine::{ClaimedJob, Ending},
    fault_point,
};
use tokio_util::sync::CancellationToken;

/// A finish that meets a missing database is tried this often while the lease lasts.
const FINISH_TRIES_MAX: u32 = 8;
const PANICKED: &str = "A fault of ours stopped the work. It is tried again; if it stays, tell the developers.";
const TOOK_TOO_LONG: &str = "The work took longer than its limit and was given up.";

pub(crate) async fn carry(shared: Arc<Shared>, job: ClaimedJob, claimed_at: Instant) {
    let lease = job.lease.clone();
    let (cancelled, lost) = shared.leases.add(&lease, claimed_at);
    if job.cancel_requested {
        cancelled.cancel();
    }
    let answer = work(&shared, job, cancelled, &lost, claimed_at).await;
    if let Err(error) = &answer {
        measures::failed(lease.job_type, error);
    }
    let user_less = lease.user_id.is_none();
    let ending = match answer {
        Ok(result) if user_less && result.is_null() => {
            // Nothing to write but the end itself: many of these share one statement.
            shared.completions.push(lease).await;
            return;
        }
        Ok(result) => Ending::Succeeded { result },
        Err(JobError::Retry { error, class, retry_after }) => {
            Ending::Failed { error, class, permanent: false, retry_after, unsettled: false }
        }
        Err(JobError::Unsettled { error, class }) => unsettled(error, class),
        Err(JobError::Permanent { error, class }) => {
            Ending::Failed { error, class, permanent: true, retry_after: None, unsettled: false }
        }
        // Cut short in an unknown place: an effect may exist that nobody knows of.
        Err(JobError::Panicked) => unsettled(PANICKED.into(), ErrorClass::Internal),
        Err(JobError::TookTooLong) => unsettled(TOOK_TOO_LONG.into(), ErrorClass::Deadline),
        Err(JobError::Cancelled { touched }) => Ending::Cancelled { touched },
        Err(JobError::Stopped) => Ending::HandedBack,
    };
    if !lost.is_cancelled() {
        finish(&shared, &lease, ending, &lost).await;
    }
    shared.leases.remove(lease.job_id);
    metrics::histogram!("repruv_job_seconds", "job_type" => lease.job_type.as_str())
        .record(claimed_at.elapsed().as_secs_f64());
}

const fn unsettled(error: String, class: ErrorClass) -> Ending {
    Ending::Failed { error, class, permanent: false, retry_after: None, unsettled: true }
}

/// Runs the handler within its deadline; a panic is a failure like any other.
async fn work(
    shared: &Shared,
    job: ClaimedJob,
    cancelled: CancellationToken,
    lost: &CancellationToken,
    claimed_at: Instant,
) -> JobResult {
    let (job_id, job_type) = (job.lease.job_id, job.lease.job_type);
    let Some(handler) = shared.handlers.get(job_type) else {
        return Err(JobError::Stopped);
    };
    let stopped = CancellationToken::new();
    let context = JobContext { job, store: shared.store.clone(), cancelled, stopped: stopped.clone() };
    // Sections of the store run in tasks of their own, so dropping the handler at its deadline drops none of them.
    let running = AssertUnwindSafe(handler(context)).catch_unwind();
    tokio::pin!(running);
    let deadline = tokio::time::sleep_until((claimed_at + shared.engine.deadline).into());
    let panicked = || {
        tracing::error!(job.id = %job_id, "The handler of {job_type} panicked");
        JobError::Panicked
    };
    let answer = tokio::select! {
        answer = &mut running => answer.unwrap_or_else(|_| Err(panicked())),
        () = deadline => Err(JobError::TookTooLong),
        () = either(lost, &shared.hand_back) => {
            stopped.cancel();
            // A moment for the handler to notice; it owes nothing after that.
            match tokio::time::timeout(std::time::Duration::from_secs(2), running).await {
                Ok(answer) => answer.unwrap_or_else(|_| Err(panicked())),
                Err(_) => Err(JobError::Stopped),
            }
        }
    };
    fault_point!("work.done");
    answer
}

async fn either(a: &CancellationToken, b: &CancellationToken) {
    tokio::select! {
        () = a.cancelled() => {}
        () = b.cancelled() => {}
    }
}

/// Writes the ending, again and again while the database is away and the lease may still be ours.
async fn finish(shared: &Shared, lease: &store::engine::Lease, ending: Ending, lost: &CancellationToken) {
    let policy = shared.engine.retry_policy();
    for tries in 1..=FINISH_TRIES_MAX {
        let began = Instant::now();
        match shared.store.finish(lease, ending.clone(), policy).await {
            Ok(finished) => {
                measures::finished("one", began.elapsed());
                metrics::counter!("repruv_jobs_finished_total", "job_type" => lease.job_type.as_str(), "event" => finished.event.as_str()).increment(1);
                tracing::info!(job.id = %lease.job_id, job.type = %lease.job_type, event = %finished.event, "Job {} is {}", lease.job_id, finished.status);
                return;
            }
            Err(StoreError::Unavailable(error)) if tries < FINISH_TRIES_MAX && !lost.is_cancelled() => {
                tracing::warn!(job.id = %lease.job_id, error, "Finish not written; trying again");
                tokio::select! {
                    () = tokio::time::sleep(std::time::Duration::from_millis(100 << tries)) => {}
                    () = lost.cancelled() => return,
                }
            }
            Err(StoreError::LeaseLost { job_id }) => {
                measures::lease_lost("taken");
                metrics::counter!("repruv_finishes_refused_total").increment(1);
                return tracing::warn!(job.id = %job_id, "Job {job_id} was no longer ours; nothing was written");
            }
            Err(error) => {
                return tracing::error!(job.id = %lease.job_id, %error, "Job {} could not be finished", lease.job_id);
            }
        }
    }
}
