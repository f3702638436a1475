//! `bulk`: executes a plan, item by item, no faster than the plan says.

use crate::{
    fixing::{NoOrder, Subject},
    worker::{DemoService, JobContext, JobError, JobHandler, JobResult},
};
use read_model::{ReadError, ReadModel};
use state_machine::{ErrorClass, JobType, triage::Fix};
use std::time::Duration;
use store::{BulkItem, BulkRun, ItemEnd, ItemFailure, StoreError};
use tokio::time::{Instant, MissedTickBehavior};

/// Items read at once.
const READ: u32 = 200;
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// After this the job is given back and goes on at once, here or elsewhere: no attempt meets its deadline by being long.
const TURN: Duration = Duration::from_secs(240);

/// Executes bulk plans.
#[derive(Clone, Debug, Default)]
pub struct Bulk {
    service: Option<DemoService>,
}

impl Bulk {
    /// `service` is asked where a fix rests on its word.
    pub const fn asking(service: DemoService) -> Self {
        Self { service: Some(service) }
    }
}

impl JobHandler for Bulk {
    fn job_type(&self) -> JobType {
        JobType::Bulk
    }

    async fn run(&self, context: JobContext) -> JobResult {
        let began = Instant::now();
        let mut run = context.store.bulk_run(&context.job.lease).await.map_err(unusable)?;
        let mut pace = tokio::time::interval(Duration::from_secs(1) / run.rate_per_s);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Of the role that the worker writes with: what a verdict rests on is all in reach of it.
        let read = ReadModel::new(context.store.pool().clone());
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
                let ended = match item.fix {
                    Some(fix) => self.fix(&context, &read, &run, item, fix).await?,
                    None => context.store.run_bulk_item(&context.job.lease, &run, item).await?,
                };
                match ended {
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

impl Bulk {
    /// Asks for the verdict on an item anew, and applies what it offers if that is still what was planned.
    async fn fix(
        &self,
        context: &JobContext,
        read: &ReadModel,
        run: &BulkRun,
        item: BulkItem,
        fix: Fix,
    ) -> Result<ItemEnd, JobError> {
        let (store, lease) = (&context.store, &context.job.lease);
        let subject = match item.user_id {
            Some(user_id) if user_id == item.target_id => Subject::User(user_id),
            _ => Subject::Job(item.target_id),
        };
        let fail = |failure, why| store.fail_bulk_item(lease, run, item, failure, why);
        let seen = match subject.look(read).await {
            Ok(seen) => seen,
            Err(ReadError::NotFound { what }) => {
                return Ok(fail(ItemFailure::Gone, format!("There is no such {what} any more.")).await?);
            }
            Err(error @ ReadError::BadRow { .. }) => {
                tracing::warn!(plan = %run.plan_id, seq = item.seq, %error, "Item {} could not be read", item.seq);
                let why = "A fault of ours: what is stored of it makes no sense. Nothing was changed.";
                return Ok(fail(ItemFailure::Fault, why.into()).await?);
            }
            Err(error) => return Err(unread(&error)),
        };
        let ended = match seen.order(fix, store, self.service.as_ref()).await {
            Ok(order) => store.run_bulk_fix(lease, run, item, order).await,
            Err(NoOrder::Moved) => fail(ItemFailure::Moved, seen.verdict_is_another()).await,
            Err(NoOrder::NotNow(why)) => fail(ItemFailure::Refused, why).await,
            Err(NoOrder::Store(error)) => Err(error),
        };
        ended.map_err(JobError::from)
    }
}

fn unread(error: &ReadError) -> JobError {
    tracing::warn!(%error, "A case could not be read");
    JobError::Retry {
        error: "Our own database could not be read. It is tried again.".into(),
        class: ErrorClass::Database,
        retry_after: None,
    }
}

/// A plan that cannot be executed as it is will not get better by another attempt; but one that this worker cannot read may be
/// read by a newer one.
fn unusable(error: StoreError) -> JobError {
    let class = ErrorClass::Internal;
    match error {
        StoreError::Illegal(illegal) => JobError::Permanent { error: illegal.reason, class },
        StoreError::NotFound { .. } => {
            JobError::Permanent { error: "The plan of this job is no longer kept.".into(), class }
        }
        error @ StoreError::BadRow { .. } => {
            tracing::warn!(%error, "A plan cannot be read");
            let error =
                "This worker cannot read the plan: it may be older than the API. Update the workers, then resume it.";
            JobError::Retry { error: error.into(), class, retry_after: None }
        }
        other => other.into(),
    }
}

fn percent(run: &BulkRun) -> u8 {
    let share = u64::from(run.done + run.failed) * 100 / u64::from(run.total.max(1));
    u8::try_from(share.min(99)).unwrap_or(99)
}

fn words(run: &BulkRun) -> String {
    format!("{} of {} executed, {} of them failed", run.done + run.failed, run.total, run.failed)
}
