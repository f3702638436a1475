//! What a person may do now, why not otherwise, and what would follow.

use crate::{
    DemoMode, DemoModeEvent, DemoModeStatus, DemoOperation, JobEvent, JobFacts, JobOutcome, JobStatus, JobType,
    SessionEvent, SessionStatus, words::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// What staff can do to a user's demo mode.
    pub enum DemoModeAction {
        /// Make a demo profile.
        Enable = "enable",
        /// Remove the demo profile.
        Disable = "disable",
        /// Stop the operation in progress.
        Cancel = "cancel",
        /// Run the failed operation again.
        Retry = "retry",
        /// Acknowledge a failure that left nothing behind.
        Dismiss = "dismiss",
    }
}

words! {
    /// What staff can do to a job.
    pub enum JobAction {
        /// Stop it.
        Cancel = "cancel",
        /// Run it again with a new budget of attempts.
        Retry = "retry",
        /// Move its time.
        Reschedule = "reschedule",
    }
}

words! {
    /// What staff can do to a session.
    pub enum SessionAction {
        /// End it now.
        Revoke = "revoke",
    }
}

/// What an action would lead to, shown before it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The status right after the action, as its word.
    pub becomes: String,
    /// The type of the job that would be made or run again, if any.
    pub job_type: Option<String>,
    /// One or two sentences: what follows, and how to undo it.
    pub note: String,
}

/// One action with the rules' answer. Exactly one of `preview` and `refusal` is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct ActionOffer<A> {
    /// Which action.
    pub action: A,
    /// The rules allow it now.
    pub allowed: bool,
    /// What it would lead to; set when allowed.
    pub preview: Option<Preview>,
    /// Why not; set when not allowed.
    pub refusal: Option<String>,
}

impl<A> ActionOffer<A> {
    pub(crate) fn yes(action: A, becomes: &str, job_type: Option<&str>, note: &str) -> Self {
        let preview = Preview { becomes: becomes.into(), job_type: job_type.map(Into::into), note: note.into() };
        Self { action, allowed: true, preview: Some(preview), refusal: None }
    }

    pub(crate) fn no(action: A, why: impl Into<String>) -> Self {
        Self { action, allowed: false, preview: None, refusal: Some(why.into()) }
    }
}

impl DemoMode {
    /// Every action on this demo mode with the rules' answer; `job` is its live or last job.
    pub fn offers(self, job: Option<JobFacts>) -> Vec<ActionOffer<DemoModeAction>> {
        DemoModeAction::ALL.iter().map(|&action| self.offer(action, job)).collect()
    }

    fn offer(self, action: DemoModeAction, job: Option<JobFacts>) -> ActionOffer<DemoModeAction> {
        match action {
            DemoModeAction::Enable => self.request(
                action,
                DemoModeEvent::RequestEnable,
                "A job makes the profile; this usually takes one to two minutes. Undo: cancel, or disable afterwards.",
            ),
            DemoModeAction::Disable => self.request(
                action,
                DemoModeEvent::RequestDisable,
                "A job removes the profile and everything in it. The profile cannot be restored, only made anew.",
            ),
            DemoModeAction::Dismiss => self.request(
                action,
                DemoModeEvent::Dismiss,
                "The error disappears for the customer. Nothing was left behind at the demo service.",
            ),
            DemoModeAction::Cancel => self.cancel(job),
            DemoModeAction::Retry => self.retry(job),
        }
    }

    fn request(self, action: DemoModeAction, event: DemoModeEvent, note: &str) -> ActionOffer<DemoModeAction> {
        match self.transition(event) {
            Ok(t) => ActionOffer::yes(action, t.to().status.as_str(), t.makes_job().map(|j| j.as_str()), note),
            Err(illegal) => ActionOffer::no(action, illegal.reason),
        }
    }

    fn cancel(self, job: Option<JobFacts>) -> ActionOffer<DemoModeAction> {
        let action = DemoModeAction::Cancel;
        if !matches!(self.status, DemoModeStatus::Enabling | DemoModeStatus::Disabling) {
            return ActionOffer::no(action, "Nothing is in progress.");
        }
        let Some(job) = job else {
            return ActionOffer::no(action, "No job is recorded for this operation, so there is nothing to stop.");
        };
        if let Some(why) = job.offer(JobAction::Cancel).refusal {
            return ActionOffer::no(action, why);
        }
        if job.status == JobStatus::Running {
            return ActionOffer::yes(action, self.status.as_str(), None, job.stop_note());
        }
        let (operation, note) = match self.status {
            DemoModeStatus::Enabling if self.profile_exists => {
                (DemoOperation::Enable, "An earlier attempt made a profile: a job removes it.")
            }
            DemoModeStatus::Enabling => (DemoOperation::Enable, "The job is waiting, so it stops at once."),
            _ => (
                DemoOperation::Disable,
                "The job is waiting, so it stops at once. If an earlier attempt had begun to remove the profile, this ends \
                 as failed instead, and can be disabled again.",
            ),
        };
        let stopped = JobOutcome::Cancelled { profile_exists: self.profile_exists, touched: false };
        match self.transition(operation.ended(stopped)) {
            Ok(t) => ActionOffer::yes(action, t.to().status.as_str(), t.makes_job().map(|j| j.as_str()), note),
            Err(illegal) => ActionOffer::no(action, illegal.reason),
        }
    }

    fn retry(self, job: Option<JobFacts>) -> ActionOffer<DemoModeAction> {
        let action = DemoModeAction::Retry;
        if self.status != DemoModeStatus::Failed {
            return ActionOffer::no(action, "Only a failed operation can be retried.");
        }
        let Some(job) = job else {
            return ActionOffer::no(action, "The failed job is no longer kept. Enable or disable again instead.");
        };
        if let Some(why) = job.offer(JobAction::Retry).refusal {
            return ActionOffer::no(action, why);
        }
        let Some(operation) = job.job_type.and_then(JobType::demo_operation) else {
            return ActionOffer::no(
                action,
                "The recorded job is not one of demo mode. Enable or disable again instead.",
            );
        };
        match self.transition(operation.request()) {
            Ok(t) => ActionOffer::yes(
                action,
                t.to().status.as_str(),
                Some(operation.job_type().as_str()),
                "The same job runs again with a new budget of attempts.",
            ),
            Err(illegal) => ActionOffer::no(action, illegal.reason),
        }
    }
}

impl JobFacts {
    /// Every action on this job with the rules' answer.
    pub fn offers(self) -> Vec<ActionOffer<JobAction>> {
        JobAction::ALL.iter().map(|&action| self.offer(action)).collect()
    }

    /// One action on this job with the rules' answer.
    pub fn offer(self, action: JobAction) -> ActionOffer<JobAction> {
        match action {
            JobAction::Cancel => self.cancel(),
            JobAction::Retry => self.retry(),
            JobAction::Reschedule => match self.status.transition(JobEvent::Reschedule) {
                Ok(_) => ActionOffer::yes(action, "pending", None, "The job runs at the new time instead."),
                Err(illegal) => ActionOffer::no(action, illegal.reason),
            },
        }
    }

    fn cancel(self) -> ActionOffer<JobAction> {
        let action = JobAction::Cancel;
        if self.cancel_requested && self.status.is_live() {
            return ActionOffer::no(action, "A stop was already asked for; the worker is winding it up.");
        }
        match self.status.transition(JobEvent::RequestCancel) {
            Ok(t) if t.to() == JobStatus::Cancelled => {
                ActionOffer::yes(action, t.to().as_str(), None, "The job is waiting, so it stops at once.")
            }
            Ok(t) => ActionOffer::yes(action, t.to().as_str(), None, self.stop_note()),
            Err(illegal) => ActionOffer::no(action, illegal.reason),
        }
    }

    /// What stopping it while it runs leads to.
    fn stop_note(self) -> &'static str {
        match self.job_type.and_then(JobType::demo_operation) {
            Some(DemoOperation::Enable) => {
                "The worker stops within seconds; what it made is removed. If the profile is already complete, it stays."
            }
            Some(DemoOperation::Disable) => {
                "The worker stops within seconds. A profile that is still whole stays; one that is partly removed ends as \
                 failed and can be disabled again."
            }
            None => "The worker stops within seconds. If the work is already done, it stands.",
        }
    }

    fn retry(self) -> ActionOffer<JobAction> {
        let action = JobAction::Retry;
        if let Err(illegal) = self.status.transition(JobEvent::ManualRetry) {
            return ActionOffer::no(action, illegal.reason);
        }
        if self.job_type == Some(JobType::Bulk) {
            return ActionOffer::no(action, JobType::BULK_GOES_BY_ITS_PLAN);
        }
        let operation = self.job_type.and_then(|job_type| job_type.demo_operation());
        if let (Some(operation), Some(demo)) = (operation, self.demo) {
            if !self.is_current {
                return ActionOffer::no(
                    action,
                    "The user's demo mode has moved on since this job. Change it on the user's page.",
                );
            }
            if let Err(illegal) = demo.transition(operation.request()) {
                return ActionOffer::no(action, illegal.reason);
            }
        }
        let job_type = self.job_type.map(|job_type| job_type.as_str());
        ActionOffer::yes(action, "pending", job_type, "The same job runs again with a new budget of attempts.")
    }
}

impl SessionStatus {
    /// The answer to a revoke.
    pub fn offer_revoke(self) -> ActionOffer<SessionAction> {
        match self.transition(SessionEvent::Revoke) {
            Ok(t) => ActionOffer::yes(
                SessionAction::Revoke,
                t.to().as_str(),
                None,
                "Its access and refresh tokens are refused from the next request on. The customer must sign in again there.",
            ),
            Err(illegal) => ActionOffer::no(SessionAction::Revoke, illegal.reason),
        }
    }
}
