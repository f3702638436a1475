//! The end of one attempt, and what it means for the job and its user.

use crate::{JobEvent, JobOutcome, JobStatus, JobType, after_failure};

/// How an attempt ended, as far as the rules care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttemptEnd {
    /// The effect exists.
    Succeeded,
    /// It did not work out.
    Failed {
        /// Trying again cannot help.
        permanent: bool,
        /// An effect may exist that is not known yet: a requested stop waits until another attempt has found out.
        unsettled: bool,
    },
    /// Stopped because a stop was asked for.
    Cancelled {
        /// Removal had begun.
        touched: bool,
    },
    /// Given back unfinished by a stopping worker; the attempt does not count.
    HandedBack,
    /// The lease or the deadline ran out. Only the rescuer says so.
    Expired,
}

impl AttemptEnd {
    /// What happens to the job. A requested stop wins over everything but success.
    ///
    /// `attempt` is the one that ended, counted from 1.
    pub const fn event(self, attempt: u32, max_attempts: u32, cancel_requested: bool) -> JobEvent {
        let last = matches!(after_failure(attempt, max_attempts, false), JobEvent::Fail);
        match self {
            Self::Succeeded => JobEvent::Succeed,
            Self::Cancelled { .. } => JobEvent::ConfirmCancel,
            Self::Failed { unsettled: true, .. } if !last => JobEvent::RetryLater,
            _ if cancel_requested => JobEvent::ConfirmCancel,
            Self::Failed { permanent, .. } => after_failure(attempt, max_attempts, permanent),
            Self::HandedBack => JobEvent::HandBack,
            Self::Expired if last => JobEvent::Fail,
            Self::Expired => JobEvent::Rescue,
        }
    }

    /// Whether a profile may exist that nobody has written down. Only a worker that was answered can rule it out.
    pub const fn may_have_made(self, job_type: JobType) -> bool {
        let open = matches!(self, Self::Expired | Self::HandedBack | Self::Failed { unsettled: true, .. });
        matches!(job_type, JobType::DemoEnable) && open
    }

    /// Whether nothing was made by any attempt: the job's key is refused for good, and it would have found what was made.
    pub const fn made_nothing(self, job_type: JobType) -> bool {
        let refused = matches!(self, Self::Failed { permanent: true, unsettled: false });
        matches!(job_type, JobType::DemoEnable) && refused
    }

    /// What the job's end means for its user; `None` while the job goes on. `to` is the job's status afterwards.
    pub const fn outcome(self, to: JobStatus, profile_exists: bool) -> Option<JobOutcome> {
        match to {
            JobStatus::Completed => Some(JobOutcome::Succeeded),
            JobStatus::Failed => Some(JobOutcome::Failed { profile_exists }),
            JobStatus::Cancelled => {
                // Only a worker that stopped before it began can say that nothing was touched.
                let touched = !matches!(self, Self::Cancelled { touched: false });
                Some(JobOutcome::Cancelled { profile_exists, touched })
            }
            JobStatus::Pending | JobStatus::Running => None,
        }
    }
}
