//! `job_retention`: remove what has been kept long enough, in small transactions.

use crate::worker::{JobContext, JobError, JobHandler, JobResult};
use state_machine::JobType;
use std::time::Duration;

/// Removes finished jobs past their time.
#[derive(Clone, Debug)]
pub struct JobRetention {
    keep: Duration,
}

impl JobRetention {
    /// Keeps finished jobs for `keep`.
    pub const fn new(keep: Duration) -> Self {
        Self { keep }
    }
}

impl JobHandler for JobRetention {
    fn job_type(&self) -> JobType {
        JobType::JobRetention
    }

    async fn run(&self, context: JobContext) -> JobResult {
        let mut jobs = 0;
        loop {
            if context.cancelled.is_cancelled() {
                return Err(JobError::Cancelled { touched: true });
            }
            if context.stopped.is_cancelled() {
                return Err(JobError::Stopped);
            }
            let removed = context.store.remove_finished(self.keep).await?;
            if removed == 0 {
                break;
            }
            jobs += removed;
            context.progress(50, &format!("{jobs} finished jobs removed")).await?;
        }
        let leftovers = context.store.remove_leftovers().await?;
        Ok(serde_json::json!({ "jobs": jobs, "leftovers": leftovers }))
    }
}
