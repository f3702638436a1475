//! `demo_disable`: remove the profile and count what went with it. Also the compensation of a cancelled enable.

use crate::worker::{DemoService, DemoServiceError, JobContext, JobError, JobHandler, JobResult};
use state_machine::JobType;
use std::{collections::BTreeMap, time::Duration};
use store::fault_point;

/// What was removed, by kind.
type Counts = BTreeMap<String, u64>;

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
    /// What is to be removed, each with the key of its removal. An attempt to enable that was lost may have made a profile
    /// that nobody knows of: asking again under its key tells which, and makes one that is removed at once if there was none.
    async fn profiles(&self, context: &JobContext) -> Result<Vec<(String, String)>, JobError> {
        let (payload, key) = (&context.job.payload, context.effect_key());
        if let Some(known) = payload["profile_id"].as_str() {
            return Ok(vec![(key, known.to_owned())]);
        }
        let Some(made_by) = payload["made_by"]["key"].as_str() else { return Ok(vec![]) };
        let mut choice = payload["made_by"]["choice"].clone();
        let old = choice.as_object_mut().and_then(|choice| choice.remove("old_profile_id"));
        let mut profiles = vec![];
        if let Some(old) = old.as_ref().and_then(|old| old.as_str()) {
            profiles.push((format!("{key}-old"), old.to_owned()));
        }
        match self.service.create(made_by, &choice).await {
            Ok(state) => profiles.push((key, state.profile_id)),
            // Never made, or its removal has begun already.
            Err(DemoServiceError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(profiles)
    }

    /// Removes one profile; answers what went with it.
    async fn remove(&self, context: &JobContext, key: &str, id: &str, touched: &mut bool) -> Result<Counts, JobError> {
        loop {
            if context.cancelled.is_cancelled() {
                return Err(JobError::Cancelled { touched: *touched });
            }
            *touched = true;
            let removal = tokio::select! {
                answer = self.service.delete(key, id) => answer?,
                () = context.stopped.cancelled() => return Err(JobError::Stopped),
            };
            fault_point!("disable.removed");
            match removal {
                None => return Ok(Counts::new()),
                Some(removal) if removal.status == "deleted" => return Ok(removal.counts),
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

impl JobHandler for DemoDisable {
    fn job_type(&self) -> JobType {
        JobType::DemoDisable
    }

    async fn run(&self, context: JobContext) -> JobResult {
        // An earlier attempt may have begun.
        let mut touched = context.job.attempt > 1;
        let mut counts = Counts::new();
        // Accounts of the former backend may be on without a profile: there is nothing to remove then.
        for (key, id) in self.profiles(&context).await? {
            for (what, n) in self.remove(&context, &key, &id, &mut touched).await? {
                *counts.entry(what).or_default() += n;
            }
        }
        Ok(serde_json::json!({ "counts": counts }))
    }
}
