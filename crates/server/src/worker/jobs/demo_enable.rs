//! `demo_enable`: make the profile, watch it grow, remember it at once.

use crate::worker::{DemoService, DemoServiceError, JobContext, JobError, JobHandler, JobResult, ProfileState};
use state_machine::JobType;
use std::time::Duration;
use store::fault_point;

/// Makes a user's demo profile.
#[derive(Clone, Debug)]
pub struct DemoEnable {
    service: DemoService,
    poll: Duration,
}

impl DemoEnable {
    /// Asks `service` every `poll` how far it is.
    pub const fn new(service: DemoService, poll: Duration) -> Self {
        Self { service, poll }
    }

    /// One request. A stop that comes in between leaves the outcome open, so it is asked once more, under the same key:
    /// what was made must be known, or nobody removes it.
    async fn ask(&self, context: &JobContext) -> Result<ProfileState, JobError> {
        let key = context.effect_key();
        let asked = self.service.create(&key, &context.job.payload);
        tokio::select! {
            answer = asked => Ok(answer?),
            () = context.stopped.cancelled() => Err(JobError::Stopped),
            () = context.cancelled.cancelled() => {
                match self.service.create(&key, &context.job.payload).await {
                    Ok(state) => Ok(state),
                    Err(DemoServiceError::Refused { .. }) => Err(JobError::Cancelled { touched: false }),
                    // Not known whether there is a profile: another attempt finds out.
                    Err(error) => Err(JobError::Unsettled { error: error.to_string() }),
                }
            }
        }
    }
}

impl JobHandler for DemoEnable {
    fn job_type(&self) -> JobType {
        JobType::DemoEnable
    }

    async fn run(&self, context: JobContext) -> JobResult {
        if context.cancelled.is_cancelled() && context.job.attempt == 1 {
            return Err(JobError::Cancelled { touched: false });
        }
        let mut remembered = false;
        loop {
            let state = self.ask(&context).await?;
            fault_point!("enable.made");
            if !remembered {
                context.store.remember_profile(&context.job.lease, &state.profile_id).await?;
                remembered = true;
                fault_point!("enable.remembered");
            }
            if state.status == "ready" {
                return Ok(serde_json::json!({ "profile_id": state.profile_id, "counts": state.counts }));
            }
            context.progress(state.progress, state.step.as_deref().unwrap_or("Making the profile")).await?;
            tokio::select! {
                () = tokio::time::sleep(self.poll) => {}
                () = context.cancelled.cancelled() => return Err(JobError::Cancelled { touched: true }),
                () = context.stopped.cancelled() => return Err(JobError::Stopped),
            }
        }
    }
}
