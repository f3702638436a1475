//! Demo mode: the state of one user's generated profile.

use crate::{IllegalTransition, JobType, words::words};

words! {
    /// Where a user's demo mode stands (`users.demo_mode_status`).
    pub enum DemoModeStatus {
        /// No demo profile. In: sign-up, a finished disable, a dismissed failure. Out: `RequestEnable`.
        Disabled = "disabled",
        /// A `demo_enable` job is live. In: `RequestEnable`. Out: that job's end.
        Enabling = "enabling",
        /// The profile exists and fills the account. In: `EnableSucceeded`. Out: `RequestDisable`.
        Enabled = "enabled",
        /// A `demo_disable` job is live. In: `RequestDisable`, or compensation. Out: that job's end.
        Disabling = "disabling",
        /// The last operation failed for good; `failed_operation` and `profile_exists` say how.
        Failed = "failed",
    }
}

words! {
    /// The two operations that a demo job performs.
    pub enum DemoOperation {
        /// Make the profile.
        Enable = "enable",
        /// Remove the profile.
        Disable = "disable",
    }
}

impl DemoModeStatus {
    /// Demo content is there to be seen: what the former backend's boolean `users.demo_mode` says.
    pub const fn shows_demo_content(self) -> bool {
        matches!(self, Self::Enabled | Self::Disabling)
    }
}

/// The facts on which the rules decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DemoMode {
    /// The stored status.
    pub status: DemoModeStatus,
    /// Which operation failed; set only while `status` is `failed`.
    pub failed_operation: Option<DemoOperation>,
    /// A profile exists at the demo service, or may exist (`users.demo_profile_id` is set).
    pub profile_exists: bool,
}

/// What can happen to a demo mode. `profile_exists` is what the worker found at the end of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DemoModeEvent {
    /// A person asks for a profile.
    RequestEnable,
    /// The profile is ready.
    EnableSucceeded,
    /// The work failed for good.
    EnableFailed {
        /// Something was created before the failure.
        profile_exists: bool,
    },
    /// The work was cancelled.
    EnableCancelled {
        /// Something was created before the cancel; it is removed by a `demo_disable` job.
        profile_exists: bool,
    },
    /// A person asks to remove the profile.
    RequestDisable,
    /// The profile is gone.
    DisableSucceeded,
    /// The removal failed for good; the profile is still there.
    DisableFailed,
    /// The removal was cancelled.
    DisableCancelled {
        /// The profile is untouched: back to `enabled`. Otherwise it is partly removed: `failed`.
        intact: bool,
    },
    /// A person has seen the failure.
    Dismiss,
    /// The demo service was asked about the profile that is recorded although demo mode is not on, and told the truth.
    ConfirmExisting {
        /// It is there, and complete. Otherwise it is gone.
        profile_exists: bool,
    },
}

impl DemoModeEvent {
    /// Every event with every value of its field.
    pub const ALL: &'static [Self] = &[
        Self::RequestEnable,
        Self::EnableSucceeded,
        Self::EnableFailed { profile_exists: false },
        Self::EnableFailed { profile_exists: true },
        Self::EnableCancelled { profile_exists: false },
        Self::EnableCancelled { profile_exists: true },
        Self::RequestDisable,
        Self::DisableSucceeded,
        Self::DisableFailed,
        Self::DisableCancelled { intact: true },
        Self::DisableCancelled { intact: false },
        Self::Dismiss,
        Self::ConfirmExisting { profile_exists: true },
        Self::ConfirmExisting { profile_exists: false },
    ];

    /// The event's word, as the history stores it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequestEnable => "request_enable",
            Self::EnableSucceeded => "enable_succeeded",
            Self::EnableFailed { .. } => "enable_failed",
            Self::EnableCancelled { .. } => "enable_cancelled",
            Self::RequestDisable => "request_disable",
            Self::DisableSucceeded => "disable_succeeded",
            Self::DisableFailed => "disable_failed",
            Self::DisableCancelled { .. } => "disable_cancelled",
            Self::Dismiss => "dismiss",
            Self::ConfirmExisting { .. } => "confirm_existing",
        }
    }
}

/// A change of demo mode that the rules allow. Only [`DemoMode::transition`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoModeTransition {
    from: DemoMode,
    to: DemoMode,
    event: DemoModeEvent,
    makes_job: Option<JobType>,
}

impl DemoModeTransition {
    /// The state that must still hold when the change is written.
    pub const fn from(&self) -> DemoMode {
        self.from
    }
    /// The state afterwards.
    pub const fn to(&self) -> DemoMode {
        self.to
    }
    /// What happened.
    pub const fn event(&self) -> DemoModeEvent {
        self.event
    }
    /// The job that must be enqueued in the same transaction, if any.
    pub const fn makes_job(&self) -> Option<JobType> {
        self.makes_job
    }
}

impl DemoMode {
    /// A user who never used demo mode.
    pub const OFF: Self = Self { status: DemoModeStatus::Disabled, failed_operation: None, profile_exists: false };

    /// Applies `event`, or says why it is not allowed.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the table has no such row; nothing is changed.
    pub fn transition(self, event: DemoModeEvent) -> Result<DemoModeTransition, IllegalTransition> {
        match self.next(event) {
            Some((to, makes_job)) => Ok(DemoModeTransition { from: self, to, event, makes_job }),
            None => Err(IllegalTransition {
                from: self.status.as_str(),
                event: event.as_str(),
                reason: self.refusal(event),
            }),
        }
    }

    /// The whole rule book. A new row here shows up in `tests/table.rs`.
    fn next(self, event: DemoModeEvent) -> Option<(Self, Option<JobType>)> {
        use DemoModeEvent as E;
        use DemoModeStatus as S;
        let to = |status, profile_exists| Self { status, failed_operation: None, profile_exists };
        let failed =
            |operation, profile_exists| Self { status: S::Failed, failed_operation: Some(operation), profile_exists };
        match (self.status, event) {
            // A profile that the former backend left behind stays known until the job has removed it.
            (S::Disabled, E::RequestEnable) => Some((to(S::Enabling, self.profile_exists), Some(JobType::DemoEnable))),
            // Enabling over a leftover profile would make a second one: it must be removed first.
            (S::Failed, E::RequestEnable) if !self.profile_exists => {
                Some((to(S::Enabling, false), Some(JobType::DemoEnable)))
            }
            (S::Enabling, E::EnableSucceeded) => Some((to(S::Enabled, true), None)),
            (S::Enabling, E::EnableFailed { profile_exists }) => {
                Some((failed(DemoOperation::Enable, profile_exists), None))
            }
            (S::Enabling, E::EnableCancelled { profile_exists: false }) => Some((to(S::Disabled, false), None)),
            (S::Enabling, E::EnableCancelled { profile_exists: true }) => {
                Some((to(S::Disabling, true), Some(JobType::DemoDisable)))
            }
            (S::Enabled, E::RequestDisable) => {
                Some((to(S::Disabling, self.profile_exists), Some(JobType::DemoDisable)))
            }
            (S::Failed, E::RequestDisable) if self.profile_exists => {
                Some((to(S::Disabling, true), Some(JobType::DemoDisable)))
            }
            (S::Disabling, E::DisableSucceeded) => Some((to(S::Disabled, false), None)),
            (S::Disabling, E::DisableFailed) => Some((failed(DemoOperation::Disable, true), None)),
            (S::Disabling, E::DisableCancelled { intact: true }) => Some((to(S::Enabled, self.profile_exists), None)),
            (S::Disabling, E::DisableCancelled { intact: false }) => Some((failed(DemoOperation::Disable, true), None)),
            // Dismissing while a profile remains would forget something that exists.
            (S::Failed, E::Dismiss) if !self.profile_exists => Some((to(S::Disabled, false), None)),
            // A removal that failed may have taken a part: only what was being made can turn out complete.
            (S::Disabled, E::ConfirmExisting { profile_exists: true }) if self.profile_exists => {
                Some((to(S::Enabled, true), None))
            }
            (S::Failed, E::ConfirmExisting { profile_exists: true })
                if self.profile_exists && self.failed_operation == Some(DemoOperation::Enable) =>
            {
                Some((to(S::Enabled, true), None))
            }
            (S::Disabled | S::Failed, E::ConfirmExisting { profile_exists: false }) if self.profile_exists => {
                Some((to(S::Disabled, false), None))
            }
            _ => None,
        }
    }

    fn refusal(self, event: DemoModeEvent) -> String {
        use DemoModeEvent as E;
        use DemoModeStatus as S;
        match (self.status, event) {
            (S::Failed, E::RequestEnable | E::Dismiss) => {
                "A demo profile is left over from the failure. Disable demo mode first to remove it.".into()
            }
            (S::Failed, E::RequestDisable) => {
                "No demo profile exists, so there is nothing to remove. Dismiss the failure or enable again.".into()
            }
            (S::Disabled, E::RequestDisable) => "Demo mode is already off.".into(),
            (S::Enabled, E::RequestEnable) => "Demo mode is already on.".into(),
            (S::Enabling, E::RequestEnable | E::RequestDisable) => {
                "Demo mode is being turned on. Wait for it to finish, or cancel it.".into()
            }
            (S::Disabling, E::RequestEnable | E::RequestDisable) => {
                "Demo mode is being turned off. Wait for it to finish, or cancel it.".into()
            }
            (_, E::Dismiss) => "There is no failure to dismiss.".into(),
            (S::Disabled | S::Failed, E::ConfirmExisting { .. }) if !self.profile_exists => {
                "No demo profile is recorded, so there is nothing to ask for.".into()
            }
            (S::Failed, E::ConfirmExisting { .. }) => {
                "A part of the profile may have been removed already. Disable demo mode again.".into()
            }
            (status, event) => format!("Demo mode is {status}; {} does not apply.", event.as_str().replace('_', " ")),
        }
    }

    /// What the customer sees at this moment, in words that staff can read out.
    pub const fn customer_sees(self) -> &'static str {
        match (self.status, self.failed_operation, self.profile_exists) {
            (DemoModeStatus::Disabled, ..) => "Their own account, without demo content.",
            (DemoModeStatus::Enabling, ..) => "Their own account, with a progress bar: the demo is being prepared.",
            (DemoModeStatus::Enabled, ..) => "A demo profile filled with generated reviews and posts.",
            (DemoModeStatus::Disabling, ..) => "Demo content with a progress bar: it is being removed.",
            (DemoModeStatus::Failed, Some(DemoOperation::Disable), _) => {
                "An error: the demo could not be turned off. Some demo content may still show."
            }
            (DemoModeStatus::Failed, _, true) => {
                "An error: the demo could not be turned on. Unfinished demo content is waiting to be removed."
            }
            (DemoModeStatus::Failed, _, false) => {
                "An error: the demo could not be turned on. Their own content is untouched."
            }
        }
    }

    /// Every combination of facts that can be stored, for tables and tests.
    pub fn all() -> impl Iterator<Item = Self> {
        DemoModeStatus::ALL.iter().flat_map(|&status| {
            let operations: &[Option<DemoOperation>] = match status {
                DemoModeStatus::Failed => &[Some(DemoOperation::Enable), Some(DemoOperation::Disable)],
                _ => &[None],
            };
            operations.iter().flat_map(move |&failed_operation| {
                [false, true].map(|profile_exists| Self { status, failed_operation, profile_exists })
            })
        })
    }

    /// The edges between different statuses, sorted: what the database must allow, and nothing more.
    pub fn edges() -> Vec<(DemoModeStatus, DemoModeStatus)> {
        let mut edges: Vec<_> = Self::all()
            .flat_map(|state| {
                DemoModeEvent::ALL.iter().filter_map(move |&event| state.next(event).map(|n| (state, n.0)))
            })
            .map(|(from, to)| (from.status, to.status))
            .filter(|(from, to)| from != to)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}
