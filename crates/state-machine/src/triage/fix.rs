//! What can be done about a case: one safe command, and exactly the changes of state that it consists of.

use super::{CaseFacts, CaseJob, UserFacts};
use crate::{
    DemoMode, DemoModeEvent, DemoModeStatus, DemoModeTransition, DemoOperation, IllegalTransition, JobEvent,
    JobOutcome, JobStatus, JobTransition, JobType, words::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// What a verdict can offer to do.
    pub enum Fix {
        /// Run the job now: a waiting one at once, a failed one again with a new budget of attempts.
        RetryNow = "retry_now",
        /// Stop the job, and remove what it made.
        Cancel = "cancel",
        /// Ask the demo service about the recorded profile, and follow what it says.
        ConfirmExisting = "confirm_existing",
        /// Back to disabled, with everything removed that may have been made.
        Reset = "reset",
        /// Let the user follow what is recorded of the job; or the old boolean follow the state.
        Reconcile = "reconcile",
        /// Let workers claim from the queue again.
        ResumeQueue = "resume_queue",
    }
}

/// One safe fix, as it is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct FixOffer {
    /// Which.
    pub fix: Fix,
    /// For its button.
    pub label: String,
    /// What it would lead to.
    pub preview: FixPreview,
    /// The person must say why; otherwise the verdict's title is recorded as the reason.
    pub needs_reason: bool,
    /// What it does cannot be taken back.
    pub irreversible: bool,
}

/// What a fix leads to, shown before it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct FixPreview {
    /// The state now, in a word or two.
    pub now: String,
    /// The state right after.
    pub next: String,
    /// What happens, in one or two sentences.
    pub happens: String,
    /// How long that usually takes, seconds; `None`: at once, or nobody knows.
    pub usual_s: Option<u32>,
    /// How to undo it, or that it cannot be undone.
    pub undo: String,
}

/// The changes of state that a fix consists of. Only [`Fix::plan`] makes one, so whoever holds one has asked the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixPlan {
    user: Vec<DemoModeTransition>,
    job: Option<JobTransition>,
}

impl FixPlan {
    /// The user's moves, in order; each starts where the one before ended. Empty: the user's state stays.
    ///
    /// A move that makes a job makes it, except where [`FixPlan::job`] puts the job of that operation to work, or a live one
    /// does it already ([`Fix::Reconcile`]).
    pub fn user(&self) -> &[DemoModeTransition] {
        &self.user
    }

    /// The job's move; `None`: the job's row stays.
    pub const fn job(&self) -> Option<JobTransition> {
        self.job
    }
}

impl Fix {
    /// It changes this case and no other, so that a plan can make it for each of many.
    pub const fn is_of_one_case(self) -> bool {
        !matches!(self, Self::ResumeQueue)
    }

    /// What this fix would do to the case, if the rules allow it there.
    ///
    /// [`Fix::ConfirmExisting`] is planned as if the demo service had the profile; the other answer is allowed by the rules
    /// wherever this one is offered.
    ///
    /// # Errors
    /// [`IllegalTransition`] with the reason; nothing may be written.
    pub fn plan(self, case: &CaseFacts) -> Result<FixPlan, IllegalTransition> {
        let refuse = |reason: &str| IllegalTransition { from: "case", event: self.as_str(), reason: reason.into() };
        match self {
            Self::RetryNow => retry(need_job(case).map_err(refuse)?, current_user(case)),
            Self::Cancel => {
                let job = need_job(case).map_err(refuse)?;
                if job.stop_asked_s.is_some() {
                    return Err(refuse("A stop was already asked for; the worker is winding it up."));
                }
                cancel(job, current_user(case))
            }
            Self::ConfirmExisting => {
                let user = case.user.as_ref().ok_or_else(|| refuse("There is no user."))?;
                if user.profile_presumed {
                    return Err(refuse("Nobody knows the profile's id. Reset demo mode to remove what may be there."));
                }
                Ok(moved(vec![user.demo.transition(DemoModeEvent::ConfirmExisting { profile_exists: true })?]))
            }
            Self::Reset => {
                let user = case.user.as_ref().ok_or_else(|| refuse("There is no user."))?;
                if current_job(case).is_some_and(|job| job.status.is_live()) {
                    return Err(refuse("A job is at work for this user. Cancel it instead."));
                }
                reset(user.demo)
            }
            Self::Reconcile => {
                let user = case.user.as_ref().ok_or_else(|| refuse("There is no user."))?;
                reconcile(user, current_job(case)).map_err(|why| why.unwrap_or_else(|| refuse("Nothing disagrees.")))
            }
            Self::ResumeQueue if case.queue.paused_s.is_none() => Err(refuse("The queue is not paused.")),
            Self::ResumeQueue => Ok(FixPlan::default()),
        }
    }
}

fn need_job(case: &CaseFacts) -> Result<&CaseJob, &'static str> {
    case.job.as_ref().ok_or("There is no job.")
}

/// The job, if the user's demo mode names it and it is one of demo mode.
fn current_job(case: &CaseFacts) -> Option<&CaseJob> {
    case.job.as_ref().filter(|job| job.is_current && job.operation().is_some())
}

/// The user who moves with the job.
fn current_user(case: &CaseFacts) -> Option<&UserFacts> {
    case.user.as_ref().filter(|_| current_job(case).is_some())
}

const fn moved(user: Vec<DemoModeTransition>) -> FixPlan {
    FixPlan { user, job: None }
}

fn retry(job: &CaseJob, user: Option<&UserFacts>) -> Result<FixPlan, IllegalTransition> {
    if job.status == JobStatus::Pending {
        return Ok(FixPlan { user: vec![], job: Some(job.status.transition(JobEvent::Reschedule)?) });
    }
    let again = job.status.transition(JobEvent::ManualRetry)?;
    if job.job_type == Some(JobType::Bulk) {
        return Err(IllegalTransition {
            from: job.status.as_str(),
            event: JobEvent::ManualRetry.as_str(),
            reason: JobType::BULK_GOES_BY_ITS_PLAN.into(),
        });
    }
    if job.operation().is_some() && user.is_none() {
        return Err(IllegalTransition {
            from: job.status.as_str(),
            event: JobEvent::ManualRetry.as_str(),
            reason: "The user's demo mode has moved on since this job. Change it on the user's page.".into(),
        });
    }
    let user = match (job.operation(), user) {
        (Some(operation), Some(user)) => vec![user.demo.transition(operation.request())?],
        _ => vec![],
    };
    Ok(FixPlan { user, job: Some(again) })
}

fn cancel(job: &CaseJob, user: Option<&UserFacts>) -> Result<FixPlan, IllegalTransition> {
    let stop = job.status.transition(JobEvent::RequestCancel)?;
    let user = match (job.operation(), user) {
        (Some(operation), Some(user)) if stop.to() == JobStatus::Cancelled => {
            // A removal that may have begun, or of what may have been made, cannot leave demo mode on.
            let touched = job.claimed_before || user.profile_presumed;
            let outcome = JobOutcome::Cancelled { profile_exists: user.demo.profile_exists, touched };
            vec![user.demo.transition(operation.ended(outcome))?]
        }
        // A running one is stopped by its worker, who also moves the user.
        _ => vec![],
    };
    Ok(FixPlan { user, job: Some(stop) })
}

fn reset(demo: DemoMode) -> Result<FixPlan, IllegalTransition> {
    let profile_exists = demo.profile_exists;
    let moves = match demo.status {
        DemoModeStatus::Enabling => vec![demo.transition(DemoModeEvent::EnableCancelled { profile_exists })?],
        DemoModeStatus::Disabling if profile_exists => {
            let failed = demo.transition(DemoModeEvent::DisableFailed)?;
            let again = failed.to().transition(DemoModeEvent::RequestDisable)?;
            vec![failed, again]
        }
        DemoModeStatus::Disabling => vec![demo.transition(DemoModeEvent::DisableSucceeded)?],
        DemoModeStatus::Failed if !profile_exists => vec![demo.transition(DemoModeEvent::Dismiss)?],
        _ => vec![demo.transition(DemoModeEvent::RequestDisable)?],
    };
    Ok(moved(moves))
}

/// `Err(None)`: nothing disagrees.
fn reconcile(user: &UserFacts, job: Option<&CaseJob>) -> Result<FixPlan, Option<IllegalTransition>> {
    let demo = user.demo;
    let Some((job, operation)) = job.and_then(|job| Some((job, job.operation()?))) else {
        return follow_state(user);
    };
    if job.status.is_live() {
        if waits_for(demo.status) == Some(operation) {
            return Err(None);
        }
        return demo.transition(operation.request()).map(|request| moved(vec![request])).map_err(Some);
    }
    if waits_for(demo.status).is_none() {
        return follow_state(user);
    }
    let profile_exists = demo.profile_exists;
    let outcome = match job.status {
        JobStatus::Completed => JobOutcome::Succeeded,
        JobStatus::Failed => JobOutcome::Failed { profile_exists },
        _ => JobOutcome::Cancelled { profile_exists, touched: job.claimed_before || user.profile_presumed },
    };
    demo.transition(operation.ended(outcome)).map(|end| moved(vec![end])).map_err(Some)
}

/// Only the old boolean moves, which the database derives by itself.
fn follow_state(user: &UserFacts) -> Result<FixPlan, Option<IllegalTransition>> {
    if user.legacy_on == user.demo.status.shows_demo_content() { Err(None) } else { Ok(FixPlan::default()) }
}

/// The operation that a user in this state waits for.
pub(super) const fn waits_for(status: DemoModeStatus) -> Option<DemoOperation> {
    match status {
        DemoModeStatus::Enabling => Some(DemoOperation::Enable),
        DemoModeStatus::Disabling => Some(DemoOperation::Disable),
        _ => None,
    }
}
