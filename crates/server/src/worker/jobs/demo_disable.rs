//! `demo_disable`: remove the profile and count what went with it. Also the compensation of a cancelled enable.

use crate::worker::{DemoService, DemoServiceError, JobContext, JobError, JobHandler, JobResult};
use state_machine::JobType;
use std::time::Duration;
use store::fault_point;

/// Removes a user's demo profile.
#[derive(Clone, Debug)]
pub struct DemoDisable {
    service: DemoService,
    poll: Duration,
}

impl DemoDisable {
    /// Asks `service` every `poll` how far it is.
    pub const fn new(service: DemoService, poll: Duration) -> Self {
        Self { service, poll }
    }
}

impl DemoDisable {
    /// What is to be removed. An attempt to enable that was lost may have made a profile that nobody knows of: asking again
    /// under its key tells which, and makes one that is removed at once if there was none.
    async fn profile(&self, context: &JobContext) -> Result<Option<String>, JobError> {
        let payload = &context.job.payload;
        if let Some(known) = payload["profile_id"].as_str() {
            return Ok(Some(known.to_owned()));
        }
        let Some(key) = payload["made_by"]["key"].as_str() else { return Ok(None) };
        let mut choice = payload["made_by"]["choice"].clone();
        choice.as_object_mut().and_then(|choice| choice.remove("old_profile_id"));
        match self.service.create(key, &choice).await {
            Ok(state) => Ok(Some(state.profile_id)),
            // Never made, or its removal has begun already.
            Err(DemoServiceError::Refused { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl JobHandler for DemoDisable {
    fn job_type(&self) -> JobType {
        JobType::DemoDisable
    }

    async fn run(&self, context: JobContext) -> JobResult {
        // An earlier attempt may have begun.
        let mut touched = context.job.attempt > 1;
        // Accounts of the former backend may be on without a profile: there is nothing to remove then.
        let Some(profile_id) = self.profile(&context).await? else {
            return Ok(serde_json::json!({ "counts": {} }));
        };
        let key = context.effect_key();
        loop {
            if context.cancelled.is_cancelled() {
                return Err(JobError::Cancelled { touched });
            }
            touched = true;
            let removal = tokio::select! {
                answer = self.service.delete(&key, &profile_id) => answer?,
                () = context.stopped.cancelled() => return Err(JobError::Stopped),
            };
            fault_point!("disable.removed");
            match removal {
                None => return Ok(serde_json::json!({ "counts": {} })),
                Some(removal) if removal.status == "deleted" => {
                    return Ok(serde_json::json!({ "counts": removal.counts }));
                }
                Some(removal) => {
                    let step = removal.step.as_deref().unwrap_or("Removing the profile");
                    context.progress(removal.progress.min(100), step).await?;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(self.poll) => {}
                () = context.cancelled.cancelled() => {}
                () = context.stopped.cancelled() => return Err(JobError::Stopped),
            }
        }
    }
}
