//! `demo_enable`: make the profile, watch it grow, remember it at once.

use crate::worker::{DemoService, DemoServiceError, JobContext, JobError, JobHandler, JobResult, ProfileState};
use serde_json::Value;
use state_machine::JobType;
use std::time::Duration;
use store::{StoreError, fault_point};

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
    async fn ask(&self, context: &JobContext, choice: &Value) -> Result<ProfileState, JobError> {
        let key = context.effect_key();
        let asked = self.service.create(&key, choice);
        tokio::select! {
            answer = asked => Ok(answer.map_err(unless_settled)?),
            () = context.stopped.cancelled() => Err(JobError::Stopped),
            () = context.cancelled.cancelled() => {
                match self.service.create(&key, choice).await {
                    Ok(state) => Ok(state),
                    Err(DemoServiceError::Refused { .. }) => Err(JobError::Cancelled { touched: false }),
                    // Not known whether there is a profile: another attempt finds out.
                    Err(error) => Err(unsettled(&error)),
                }
            }
        }
    }
}

/// A profile may exist of which no id is known, unless the service has ruled it out.
fn unless_settled(error: DemoServiceError) -> JobError {
    if error.may_have_done() { unsettled(&error) } else { error.into() }
}

fn unsettled(error: &DemoServiceError) -> JobError {
    JobError::Unsettled { error: error.to_string(), class: error.class() }
}

/// The profile is there, and nobody knows of it.
fn not_remembered(error: StoreError) -> JobError {
    match error.into() {
        JobError::Retry { error, class, .. } => JobError::Unsettled { error, class },
        other => other,
    }
}

impl DemoEnable {
    /// Removes what an earlier time left behind: the user names it until the new profile is remembered in its place.
    async fn remove(&self, context: &JobContext, old_profile_id: &str) -> Result<(), JobError> {
        let key = format!("{}-old", context.effect_key());
        loop {
            match self.service.delete(&key, old_profile_id).await? {
                Some(removal) if removal.status != "deleted" => {}
                _ => return Ok(()),
            }
            context.progress(0, "Removing an old profile").await?;
            tokio::select! {
                () = tokio::time::sleep(self.poll) => {}
                () = context.cancelled.cancelled() => return Err(JobError::Cancelled { touched: true }),
                () = context.stopped.cancelled() => return Err(JobError::Stopped),
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
        let mut choice = context.job.payload.clone();
        if let Some(old) = choice.as_object_mut().and_then(|choice| choice.remove("old_profile_id")) {
            self.remove(&context, old.as_str().unwrap_or_default()).await?;
        }
        let mut remembered = false;
        loop {
            let state = self.ask(&context, &choice).await?;
            fault_point!("enable.made");
            if !remembered {
                let remembering = context.store.remember_profile(&context.job.lease, &state.profile_id);
                remembering.await.map_err(not_remembered)?;
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
