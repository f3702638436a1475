//! Bulk: a plan that is made, confirmed, perhaps approved, executed, and can be paused and stopped.

use crate::{IllegalTransition, words::words};

words! {
    /// Where a plan stands (`bulk_plans.status`). That it has expired is a matter of time and derived when it is read.
    pub enum BulkStatus {
        /// Made and shown; nothing is changed by it. In: a person plans.
        Planned = "planned",
        /// Confirmed by a person, and so large that a second one must agree.
        AwaitingApproval = "awaiting_approval",
        /// Its job waits or works.
        Running = "running",
        /// A pause was asked for; the worker ends the item in hand.
        Pausing = "pausing",
        /// Nothing is done until a person resumes it.
        Paused = "paused",
        /// A stop was asked for; the worker ends the item in hand.
        Aborting = "aborting",
        /// Stopped before its end. What was done stands.
        Aborted = "aborted",
        /// Every item has its result.
        Completed = "completed",
        /// Given up before anything was changed.
        Discarded = "discarded",
    }
}

words! {
    /// What can happen to a plan.
    pub enum BulkEvent {
        /// A person confirms a plan that needs nobody else.
        Confirm = "confirm",
        /// A person confirms a plan that needs a second person.
        AskApproval = "ask_approval",
        /// The second person agrees.
        Approve = "approve",
        /// A person gives it up before it began.
        Discard = "discard",
        /// A person wants it to wait.
        Pause = "pause",
        /// A person lets it go on.
        Resume = "resume",
        /// A person stops it for good.
        Abort = "abort",
        /// Its job has stopped because that was asked for.
        Stopped = "stopped",
        /// Its job has failed for good: a person decides how to go on.
        Interrupt = "interrupt",
        /// Its job has come to the end of the items.
        Finish = "finish",
    }
}

impl BulkStatus {
    /// Nothing will change any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Aborted | Self::Completed | Self::Discarded)
    }

    /// Its job waits or works.
    pub const fn is_at_work(self) -> bool {
        matches!(self, Self::Running | Self::Pausing | Self::Aborting)
    }

    /// The whole rule book. A new row here shows up in `tests/table.rs`.
    const fn next(self, event: BulkEvent) -> Option<Self> {
        use BulkEvent as E;
        match (self, event) {
            (Self::Planned, E::Confirm) | (Self::AwaitingApproval, E::Approve) | (Self::Paused, E::Resume) => {
                Some(Self::Running)
            }
            (Self::Planned, E::AskApproval) => Some(Self::AwaitingApproval),
            (Self::Planned | Self::AwaitingApproval, E::Discard) => Some(Self::Discarded),
            (Self::Running, E::Pause) => Some(Self::Pausing),
            (Self::Running | Self::Pausing, E::Abort) => Some(Self::Aborting),
            (Self::Pausing, E::Stopped) | (Self::Running | Self::Pausing, E::Interrupt) => Some(Self::Paused),
            // Stopped by somebody who stopped its job: that is the plan's end as well.
            (Self::Running | Self::Aborting, E::Stopped)
            | (Self::Aborting, E::Interrupt)
            | (Self::Paused, E::Abort) => Some(Self::Aborted),
            (Self::Running | Self::Pausing | Self::Aborting, E::Finish) => Some(Self::Completed),
            _ => None,
        }
    }

    /// Applies `event`, or says why it is not allowed.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the table has no such row; nothing is changed.
    pub fn transition(self, event: BulkEvent) -> Result<BulkTransition, IllegalTransition> {
        match self.next(event) {
            Some(to) => Ok(BulkTransition { from: self, to, event }),
            None => Err(IllegalTransition { from: self.as_str(), event: event.as_str(), reason: self.refusal(event) }),
        }
    }

    fn refusal(self, event: BulkEvent) -> String {
        use BulkEvent as E;
        match (self, event) {
            (Self::Aborted | Self::Completed | Self::Discarded, _) => {
                format!("The plan has already ended: {self}. Plan anew.")
            }
            (Self::Planned, E::Approve) => "The plan was not confirmed yet.".into(),
            (Self::Planned | Self::AwaitingApproval, E::Pause | E::Resume | E::Abort) => {
                "The plan has not begun; it can be discarded.".into()
            }
            (Self::AwaitingApproval, _) => "The plan waits for a second person.".into(),
            (_, E::Confirm | E::AskApproval | E::Approve) => "The plan has already begun.".into(),
            (_, E::Discard) => "The plan has already begun; it can be aborted, and what was done stands.".into(),
            (Self::Pausing | Self::Aborting, E::Pause | E::Resume | E::Abort) => {
                "The plan is just stopping. Wait until it stands still.".into()
            }
            (Self::Paused, E::Pause) => "The plan is already paused.".into(),
            (Self::Running, E::Resume) => "The plan is running.".into(),
            (status, event) => {
                format!("The plan is {}; {} does not apply.", status.words(), event.as_str().replace('_', " "))
            }
        }
    }

    fn words(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// The edges between different statuses, sorted: what the database must allow, and nothing more.
    pub fn edges() -> Vec<(Self, Self)> {
        let mut edges: Vec<_> = Self::ALL
            .iter()
            .flat_map(|&from| BulkEvent::ALL.iter().filter_map(move |&event| from.next(event).map(|to| (from, to))))
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

/// A change of a plan's status that the rules allow. Only [`BulkStatus::transition`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkTransition {
    from: BulkStatus,
    to: BulkStatus,
    event: BulkEvent,
}

impl BulkTransition {
    /// The status that must still hold when the change is written.
    pub const fn from(&self) -> BulkStatus {
        self.from
    }
    /// The status afterwards.
    pub const fn to(&self) -> BulkStatus {
        self.to
    }
    /// What happened.
    pub const fn event(&self) -> BulkEvent {
        self.event
    }
}
