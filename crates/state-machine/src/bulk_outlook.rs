//! What a plan would do to each of its items, by the rules for one.

use crate::{
    ActionOffer, BulkAction, BulkForecast, BulkTarget, DemoMode, DemoModeAction, DemoModeStatus, JobAction, JobFacts,
    JobStatus, JobType, SessionStatus,
    triage::{CaseFacts, Fix, Gravity, Verdict},
};

const EXECUTES_A_PLAN: &str = "This job executes a bulk plan. Pause or abort the plan itself.";

/// What is to be expected of one item, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkOutlook {
    /// In one word.
    pub forecast: BulkForecast,
    /// Why it will not change; `None` where it will.
    pub why: Option<String>,
    /// The state that it leads to, where it will change.
    pub next: Option<String>,
    /// Which fix, where it will change by one.
    pub fix: Option<Fix>,
}

impl BulkOutlook {
    /// It is not there.
    pub fn gone(target: BulkTarget) -> Self {
        Self::stays(BulkForecast::NotAllowed, format!("There is no such {target}, or no longer."))
    }

    fn stays(forecast: BulkForecast, why: impl Into<String>) -> Self {
        Self { forecast, why: Some(why.into()), next: None, fix: None }
    }

    fn of_sessions(active: u32) -> Self {
        if active == 0 {
            return Self::stays(BulkForecast::AlreadyThere, "No session of this user is active.");
        }
        Self {
            forecast: BulkForecast::WillChange,
            why: None,
            next: Some(SessionStatus::Revoked.to_string()),
            fix: None,
        }
    }

    fn of<A>(offer: ActionOffer<A>, otherwise: BulkForecast) -> Self {
        match offer.preview {
            Some(preview) => {
                Self { forecast: BulkForecast::WillChange, why: None, next: Some(preview.becomes), fix: None }
            }
            None => Self::stays(otherwise, offer.refusal.unwrap_or_default()),
        }
    }
}

impl BulkAction {
    /// What is to be expected of a job. `None`: the action is not on jobs.
    pub fn outlook_of_job(self, job: JobFacts) -> Option<BulkOutlook> {
        let (action, otherwise) = match (self, job.status) {
            (Self::RetryJobs, JobStatus::Pending) => (JobAction::Retry, BulkForecast::AlreadyThere),
            (Self::RetryJobs, JobStatus::Running) => (JobAction::Retry, BulkForecast::InFlight),
            (Self::RetryJobs, _) => (JobAction::Retry, BulkForecast::NotAllowed),
            (Self::CancelJobs, JobStatus::Cancelled) => (JobAction::Cancel, BulkForecast::AlreadyThere),
            (Self::CancelJobs, JobStatus::Pending | JobStatus::Running) => (JobAction::Cancel, BulkForecast::InFlight),
            (Self::CancelJobs, _) => (JobAction::Cancel, BulkForecast::NotAllowed),
            (Self::DisableDemoMode | Self::RevokeSessions | Self::ApplyFix, _) => return None,
        };
        if job.job_type == Some(JobType::Bulk) {
            return Some(BulkOutlook::stays(BulkForecast::NotAllowed, EXECUTES_A_PLAN));
        }
        Some(BulkOutlook::of(job.offer(action), otherwise))
    }

    /// What is to be expected of a user. `active_sessions` counts where the action ends them. `None`: it is not on users.
    pub fn outlook_of_user(self, demo: DemoMode, active_sessions: u32) -> Option<BulkOutlook> {
        let otherwise = match (self, demo.status) {
            (Self::DisableDemoMode, DemoModeStatus::Disabled) => BulkForecast::AlreadyThere,
            (Self::DisableDemoMode, DemoModeStatus::Disabling) => BulkForecast::InFlight,
            (Self::DisableDemoMode, _) => BulkForecast::NotAllowed,
            (Self::RevokeSessions, _) => return Some(BulkOutlook::of_sessions(active_sessions)),
            (Self::RetryJobs | Self::CancelJobs | Self::ApplyFix, _) => return None,
        };
        let offer = demo.offers(None).into_iter().find(|offer| offer.action == DemoModeAction::Disable)?;
        Some(BulkOutlook::of(offer, otherwise))
    }

    /// What is to be expected of a case, by the verdict on it. `None`: the action is not on cases.
    pub fn outlook_of_case(self, case: &CaseFacts, verdict: &Verdict) -> Option<BulkOutlook> {
        if self != Self::ApplyFix {
            return None;
        }
        if case.job.as_ref().is_some_and(|job| job.job_type == Some(JobType::Bulk)) {
            return Some(BulkOutlook::stays(BulkForecast::NotAllowed, EXECUTES_A_PLAN));
        }
        let title = &verdict.title;
        Some(match &verdict.fix {
            Some(offer) if offer.fix.is_of_one_case() => BulkOutlook {
                forecast: BulkForecast::WillChange,
                why: None,
                next: Some(offer.preview.next.clone()),
                fix: Some(offer.fix),
            },
            Some(offer) => BulkOutlook::stays(
                BulkForecast::NotAllowed,
                format!("{title}. “{}” is one fix for all of them: apply it once, by itself.", offer.label),
            ),
            None if verdict.gravity == Gravity::Fine => {
                BulkOutlook::stays(BulkForecast::AlreadyThere, format!("{title}."))
            }
            None if verdict.gravity == Gravity::Moving => {
                BulkOutlook::stays(BulkForecast::InFlight, format!("{title}."))
            }
            None => BulkOutlook::stays(BulkForecast::NotAllowed, format!("{title}. There is no safe fix.")),
        })
    }
}
