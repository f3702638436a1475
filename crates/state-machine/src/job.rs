//! Jobs: durable background work.

use crate::{DemoMode, IllegalTransition, JobType, words::words};

words! {
    /// Where a job stands (`background_jobs.status`); the words that polling clients know.
    pub enum JobStatus {
        /// Waiting for its time, for a retry, or for a free worker. In: enqueue, retry, hand-back, rescue.
        Pending = "pending",
        /// Leased by one worker session. In: claim. Out: the worker's fenced finish, or a rescue.
        Running = "running",
        /// The effect exists and is recorded. Removed by retention.
        Completed = "completed",
        /// No attempt left, or a permanent error. A person may retry. Removed by retention.
        Failed = "failed",
        /// Stopped on request. A person may retry. Removed by retention.
        Cancelled = "cancelled",
    }
}

words! {
    /// What can happen to a job.
    pub enum JobEvent {
        /// A worker claims it; the attempt is counted here.
        Start = "start",
        /// The work is done.
        Succeed = "succeed",
        /// The work failed and an attempt is left.
        RetryLater = "retry_later",
        /// The work failed for good.
        Fail = "fail",
        /// A stopping worker gives it back, without using the attempt.
        HandBack = "hand_back",
        /// The lease or the deadline ran out and an attempt is left.
        Rescue = "rescue",
        /// A person asks to stop it: at once when pending, by the worker when running.
        RequestCancel = "request_cancel",
        /// The worker has stopped it.
        ConfirmCancel = "confirm_cancel",
        /// A person grants a new budget of attempts.
        ManualRetry = "manual_retry",
        /// A person moves its time.
        Reschedule = "reschedule",
    }
}

impl JobStatus {
    /// Finished: `completed_at` is set and retention may remove it.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// Pending or running: it holds its `dedupe_key`.
    pub const fn is_live(self) -> bool {
        !self.is_terminal()
    }

    /// The whole rule book. A new row here shows up in `tests/table.rs`.
    const fn next(self, event: JobEvent) -> Option<Self> {
        use JobEvent as E;
        match (self, event) {
            (Self::Pending, E::Start) => Some(Self::Running),
            (Self::Pending, E::RequestCancel) => Some(Self::Cancelled),
            (Self::Pending, E::Reschedule) => Some(Self::Pending),
            (Self::Running, E::Succeed) => Some(Self::Completed),
            (Self::Running, E::RetryLater | E::HandBack | E::Rescue) => Some(Self::Pending),
            (Self::Running, E::Fail) => Some(Self::Failed),
            // Only noted: the worker confirms. If the effect already happened, success wins.
            (Self::Running, E::RequestCancel) => Some(Self::Running),
            (Self::Running, E::ConfirmCancel) => Some(Self::Cancelled),
            (Self::Failed | Self::Cancelled, E::ManualRetry) => Some(Self::Pending),
            _ => None,
        }
    }

    /// Applies `event`, or says why it is not allowed.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the table has no such row; nothing is changed.
    pub fn transition(self, event: JobEvent) -> Result<JobTransition, IllegalTransition> {
        match self.next(event) {
            Some(to) => Ok(JobTransition { from: self, to, event }),
            None => Err(IllegalTransition { from: self.as_str(), event: event.as_str(), reason: self.refusal(event) }),
        }
    }

    fn refusal(self, event: JobEvent) -> String {
        match (self, event) {
            (Self::Completed, JobEvent::RequestCancel) => "The job has already completed; its effect stands.".into(),
            (Self::Failed | Self::Cancelled, JobEvent::RequestCancel) => format!("The job has already ended: {self}."),
            (Self::Completed, JobEvent::ManualRetry) => "The job completed; there is nothing to retry.".into(),
            (Self::Pending, JobEvent::ManualRetry) => "The job is already waiting to run.".into(),
            (Self::Running, JobEvent::ManualRetry) => "The job is running now.".into(),
            (Self::Running, JobEvent::Reschedule) => "The job is running now; cancel it first.".into(),
            (Self::Completed, JobEvent::Reschedule) => "The job has already completed.".into(),
            (_, JobEvent::Reschedule) => format!("The job has already ended: {self}. Retry it instead."),
            (status, event) => format!("The job is {status}; {} does not apply.", event.as_str().replace('_', " ")),
        }
    }

    /// The edges between different statuses, sorted: what the database must allow, and nothing more.
    pub fn edges() -> Vec<(Self, Self)> {
        let mut edges: Vec<_> = Self::ALL
            .iter()
            .flat_map(|&from| JobEvent::ALL.iter().filter_map(move |&event| from.next(event).map(|to| (from, to))))
            .filter(|(from, to)| from != to)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

/// A change of a job's status that the rules allow. Only [`JobStatus::transition`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobTransition {
    from: JobStatus,
    to: JobStatus,
    event: JobEvent,
}

impl JobTransition {
    /// The status that must still hold when the change is written.
    pub const fn from(&self) -> JobStatus {
        self.from
    }
    /// The status afterwards.
    pub const fn to(&self) -> JobStatus {
        self.to
    }
    /// What happened.
    pub const fn event(&self) -> JobEvent {
        self.event
    }
}

/// What the rules need to know of a job to say what a person may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobFacts {
    /// The stored status.
    pub status: JobStatus,
    /// What it does; `None` when this build does not know the type.
    pub job_type: Option<JobType>,
    /// A stop was asked for and the worker has not confirmed yet.
    pub cancel_requested: bool,
    /// The demo mode of the job's user, when the job belongs to one.
    pub demo: Option<DemoMode>,
    /// The user's demo mode names this job as its own (`users.demo_mode_job_id`).
    pub is_current: bool,
}
