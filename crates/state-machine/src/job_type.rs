//! The kinds of work, and what the end of each means for the user it belongs to.

use crate::{DemoModeEvent, DemoOperation, words::words};

words! {
    /// What a job does (`background_jobs.job_type`).
    pub enum JobType {
        /// Makes a user's demo profile.
        DemoEnable = "demo_enable",
        /// Removes a user's demo profile.
        DemoDisable = "demo_disable",
        /// Executes a bulk plan, item by item.
        Bulk = "bulk",
        /// Deletes finished jobs past their time.
        JobRetention = "job_retention",
        /// Does nothing: measures the engine itself.
        Noop = "noop",
    }
}

/// How the work of a job ended for good. Only a worker can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobOutcome {
    /// The effect exists.
    Succeeded,
    /// No attempt is left, or the failure is permanent.
    Failed {
        /// A profile exists at the demo service now.
        profile_exists: bool,
    },
    /// Stopped on request.
    Cancelled {
        /// A profile exists at the demo service now.
        profile_exists: bool,
        /// Removal had begun, so the profile may be incomplete.
        touched: bool,
    },
}

impl JobType {
    /// Why nobody runs the job of a bulk plan again by itself.
    pub(crate) const BULK_GOES_BY_ITS_PLAN: &str = "This job executes a bulk plan. Resume the plan, or plan anew.";

    /// The demo operation that this type performs, if it belongs to a user's demo mode.
    pub const fn demo_operation(self) -> Option<DemoOperation> {
        match self {
            Self::DemoEnable => Some(DemoOperation::Enable),
            Self::DemoDisable => Some(DemoOperation::Disable),
            Self::Bulk | Self::JobRetention | Self::Noop => None,
        }
    }
}

impl DemoOperation {
    /// The job that performs this operation.
    pub const fn job_type(self) -> JobType {
        match self {
            Self::Enable => JobType::DemoEnable,
            Self::Disable => JobType::DemoDisable,
        }
    }

    /// The request that starts this operation.
    pub const fn request(self) -> DemoModeEvent {
        match self {
            Self::Enable => DemoModeEvent::RequestEnable,
            Self::Disable => DemoModeEvent::RequestDisable,
        }
    }

    /// What the end of this operation's job means for the user's demo mode.
    pub const fn ended(self, outcome: JobOutcome) -> DemoModeEvent {
        match (self, outcome) {
            (Self::Enable, JobOutcome::Succeeded) => DemoModeEvent::EnableSucceeded,
            (Self::Enable, JobOutcome::Failed { profile_exists }) => DemoModeEvent::EnableFailed { profile_exists },
            (Self::Enable, JobOutcome::Cancelled { profile_exists, .. }) => {
                DemoModeEvent::EnableCancelled { profile_exists }
            }
            (Self::Disable, JobOutcome::Succeeded) => DemoModeEvent::DisableSucceeded,
            // A removal that "failed" although the profile is gone did what was asked.
            (Self::Disable, JobOutcome::Failed { profile_exists: false }) => DemoModeEvent::DisableSucceeded,
            (Self::Disable, JobOutcome::Failed { profile_exists: true }) => DemoModeEvent::DisableFailed,
            (Self::Disable, JobOutcome::Cancelled { touched, .. }) => {
                DemoModeEvent::DisableCancelled { intact: !touched }
            }
        }
    }
}
