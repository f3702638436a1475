//! What a plan does to each of its items, who may take it which step further, and what cannot be undone.

use crate::{ActionOffer, BulkEvent, BulkStatus, words::words};

words! {
    /// What is done to every item of a plan.
    pub enum BulkAction {
        /// Run failed and cancelled jobs again.
        RetryJobs = "retry_jobs",
        /// Stop jobs.
        CancelJobs = "cancel_jobs",
        /// Remove users' demo profiles.
        DisableDemoMode = "disable_demo_mode",
        /// End all sessions of users.
        RevokeSessions = "revoke_sessions",
        /// Do what the verdict on each case offers.
        ApplyFix = "apply_fix",
    }
}

words! {
    /// What a plan is on.
    pub enum BulkTarget {
        /// Jobs.
        Job = "job",
        /// Users.
        User = "user",
        /// Users with their job, or jobs with their user: what a verdict is on.
        Case = "case",
    }
}

words! {
    /// What is to be expected of one item.
    pub enum BulkForecast {
        /// It is allowed now, and it will be done.
        WillChange = "will_change",
        /// It is where the action leads to.
        AlreadyThere = "already_there",
        /// It is on its way there.
        InFlight = "in_flight",
        /// The rules do not allow it.
        NotAllowed = "not_allowed",
    }
}

words! {
    /// What a person can do with a plan.
    pub enum BulkStep {
        /// Let it begin, or hand it to a second person.
        Confirm = "confirm",
        /// Agree with what somebody else has planned and confirmed.
        Approve = "approve",
        /// Give it up before it begins.
        Discard = "discard",
        /// Let it wait.
        Pause = "pause",
        /// Let it go on.
        Resume = "resume",
        /// Stop it for good.
        Abort = "abort",
    }
}

impl BulkAction {
    /// What it is on.
    pub const fn target(self) -> BulkTarget {
        match self {
            Self::RetryJobs | Self::CancelJobs => BulkTarget::Job,
            Self::DisableDemoMode | Self::RevokeSessions => BulkTarget::User,
            Self::ApplyFix => BulkTarget::Case,
        }
    }

    /// Whether it is never one person's own decision where a second person is asked for at all, however few it is on.
    pub const fn is_never_alone(self) -> bool {
        matches!(self, Self::RevokeSessions)
    }

    /// Whether a second person must approve it. `over`: above so many changes one must; `None` where nobody is asked for.
    pub const fn needs_second_person(self, will_change: u32, over: Option<u32>) -> bool {
        match over {
            Some(over) => self.is_never_alone() || will_change > over,
            None => false,
        }
    }

    /// Why it cannot be taken back, for the button that begins it.
    pub const fn undo(self) -> &'static str {
        match self {
            Self::RetryJobs => {
                "This cannot be undone: a job that has begun again has used the demo service. Pausing or aborting leaves the \
                 rest as it is."
            }
            Self::CancelJobs => {
                "This cannot be undone: what stopped jobs had made is removed and can only be made anew. Pausing or aborting \
                 leaves the rest as it is."
            }
            Self::DisableDemoMode => {
                "This cannot be undone: profiles and everything in them are removed. Pausing or aborting leaves the rest as \
                 it is."
            }
            Self::RevokeSessions => {
                "This cannot be undone: every session that a user has when their turn comes ends, also one begun after this was \
                 planned, and they must sign in again. Pausing or aborting leaves the rest as it is."
            }
            Self::ApplyFix => {
                "This cannot be undone as a whole: what a fix has begun is stopped case by case, and what a reset removes can \
                 only be made anew. Pausing or aborting leaves the rest as it is."
            }
        }
    }
}

/// What the rules need to know of a plan and of who looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkFacts {
    /// Where it stands.
    pub status: BulkStatus,
    /// It did not begin in its time.
    pub expired: bool,
    /// At least one item will change.
    pub changes_something: bool,
    /// A second person must agree.
    pub second_person: bool,
    /// Whoever looks has planned or confirmed it.
    pub is_own: bool,
}

impl BulkFacts {
    /// Every step with the rules' answer.
    pub fn offers(self) -> Vec<ActionOffer<BulkStep>> {
        BulkStep::ALL.iter().map(|&step| self.offer(step)).collect()
    }

    /// One step with the rules' answer.
    pub fn offer(self, step: BulkStep) -> ActionOffer<BulkStep> {
        let event = self.event(step);
        let change = match self.status.transition(event) {
            Ok(change) => change,
            Err(illegal) => return ActionOffer::no(step, illegal.reason),
        };
        if matches!(step, BulkStep::Confirm | BulkStep::Approve) {
            if self.expired {
                return ActionOffer::no(step, "The plan has expired: what it shows is too old. Plan anew.");
            }
            if !self.changes_something {
                return ActionOffer::no(step, "Nothing would change.");
            }
        }
        if step == BulkStep::Approve && self.is_own {
            return ActionOffer::no(step, "You have planned or confirmed it yourself. Somebody else must approve it.");
        }
        let note = match event {
            BulkEvent::AskApproval => "Nothing is changed until a second person approves it.",
            BulkEvent::Confirm | BulkEvent::Approve => "It begins at once, one item after the other.",
            BulkEvent::Discard => "Nothing was changed, and nothing will be.",
            BulkEvent::Pause => "The item in hand is ended; the others wait until somebody resumes it.",
            BulkEvent::Resume => "It goes on with the items that wait.",
            _ => "The item in hand is ended; the others stay as they are. What was done stands.",
        };
        ActionOffer::yes(step, change.to().as_str(), None, note)
    }

    /// What a step means for this plan.
    pub const fn event(self, step: BulkStep) -> BulkEvent {
        match step {
            BulkStep::Confirm if self.second_person => BulkEvent::AskApproval,
            BulkStep::Confirm => BulkEvent::Confirm,
            BulkStep::Approve => BulkEvent::Approve,
            BulkStep::Discard => BulkEvent::Discard,
            BulkStep::Pause => BulkEvent::Pause,
            BulkStep::Resume => BulkEvent::Resume,
            BulkStep::Abort => BulkEvent::Abort,
        }
    }
}
