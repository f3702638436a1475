//! `bulk`: executes a plan, item by item, no faster than the plan says.

use crate::worker::{JobContext, JobError, JobHandler, JobResult};
use state_machine::{ErrorClass, JobType};
use std::time::Duration;
use store::{BulkRun, ItemEnd, StoreError};
use tokio::time::{Instant, MissedTickBehavior};

/// Items read at once.
const READ: u32 = 200;
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// After this the job is given back and goes on at once, here or elsewhere: no attempt meets its deadline by being long.
const TURN: Duration = Duration::from_secs(240);

/// Executes bulk plans.
#[derive(Clone, Copy, Debug)]
pub struct Bulk;

impl JobHandler for Bulk {
    fn job_type(&self) -> JobType {
        JobType::Bulk
    }

    async fn run(&self, context: JobContext) -> JobResult {
        let began = Instant::now();
        let mut run = context.store.bulk_run(&context.job.lease).await.map_err(unusable)?;
        let mut pace = tokio::time::interval(Duration::from_secs(1) / run.rate_per_s);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut seq, mut told_at) = (0, None);
        loop {
            let items = context.store.bulk_waiting(run.plan_id, seq, READ).await?;
            if items.is_empty() {
                return Ok(serde_json::json!({ "plan_id": run.plan_id, "done": run.done, "failed": run.failed }));
            }
            for item in items {
                tokio::select! {
                    biased;
                    () = context.cancelled.cancelled() => return Err(JobError::Cancelled { touched: true }),
                    () = context.stopped.cancelled() => return Err(JobError::Stopped),
                    _ = pace.tick() => {}
                }
                if began.elapsed() > TURN {
                    return Err(JobError::Stopped);
                }
                match context.store.run_bulk_item(&context.job.lease, &run, item).await? {
                    ItemEnd::Done => run.done += 1,
                    ItemEnd::Failed => run.failed += 1,
                    ItemEnd::Already => {}
                }
                seq = item.seq;
                if told_at.is_none_or(|at: Instant| at.elapsed() >= TELL_EVERY) {
                    told_at = Some(Instant::now());
                    context.progress(percent(&run), &words(&run)).await?;
                }
            }
        }
    }
}

/// A plan that cannot be executed as it is will not get better by another attempt.
fn unusable(error: StoreError) -> JobError {
    let error = match error {
        StoreError::Illegal(illegal) => illegal.reason,
        StoreError::NotFound { .. } => "The plan of this job is no longer kept.".into(),
        other => return other.into(),
    };
    JobError::Permanent { error, class: ErrorClass::Internal }
}

fn percent(run: &BulkRun) -> u8 {
    let share = u64::from(run.done + run.failed) * 100 / u64::from(run.total.max(1));
    u8::try_from(share.min(99)).unwrap_or(99)
}

fn words(run: &BulkRun) -> String {
    format!("{} of {} executed, {} of them failed", run.done + run.failed, run.total, run.failed)
}
