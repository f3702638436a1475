//! What staff may do: named permissions, and the one place that gives them to roles.

use crate::{
    auth::{StaffInfo, StaffRole},
    wire::wire,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use state_machine::BulkAction;
use uuid::Uuid;

macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident = $word:literal from $role:ident),+ $(,)?) => {
        /// Something that a person of the staff may or may not do. The API checks it at every route of staff.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
        pub enum Permission { $($(#[$meta])* #[serde(rename = $word)] #[cfg_attr(feature = "utoipa", schema(rename = $word))] $name),+ }

        impl Permission {
            /// Every permission, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The least role that has it: each role may do all that the one before it may.
            pub const fn least_role(self) -> StaffRole {
                match self { $(Self::$name => StaffRole::$role),+ }
            }
        }
    };
}

permissions! {
    /// Read customers, jobs and sessions with a database login of one's own.
    RecordsRead = "records.read" from Viewer,
    /// Read the audit trail. The database login shows it too, so nobody who reads is without it.
    AuditRead = "audit.read" from Viewer,
    /// Enable, disable, cancel and dismiss a user's demo mode.
    DemoModeChange = "demo_mode.change" from Support,
    /// Stop a job.
    JobCancel = "job.cancel" from Support,
    /// Run a failed or cancelled job again.
    JobRetry = "job.retry" from Support,
    /// Move the time of a pending job.
    JobReschedule = "job.reschedule" from Support,
    /// Apply the fix that a verdict offers.
    CaseFix = "case.fix" from Support,
    /// Plan a change of many jobs or users, let it begin, pause and stop it. What it does to each needs its own permission too.
    BulkRun = "bulk.run" from Support,
    /// Approve, as the second person, what somebody else has planned and confirmed.
    BulkApprove = "bulk.approve" from Support,
    /// Let workers claim from a paused queue again.
    QueueResume = "queue.resume" from Support,
    /// End one session of a customer.
    SessionRevoke = "session.revoke" from Support,
    /// End all sessions of a customer, or all but one.
    SessionRevokeAll = "session.revoke_all" from Support,
    /// Pause a queue: nobody's job of it begins until it is resumed.
    QueuePause = "queue.pause" from Admin,
    /// Give errors that no rule knows words that staff and customers understand.
    ErrorWordsWrite = "error_words.write" from Admin,
    /// See who operates; add, disable and change them.
    StaffManage = "staff.manage" from Admin,
}

impl Permission {
    /// Whether a write under it needs a password (and code) that was given a few minutes ago, not only a token.
    pub const fn needs_fresh_sign_in(self) -> bool {
        matches!(self, Self::SessionRevokeAll | Self::StaffManage)
    }

    /// What a person needs to do to one what a plan does to many.
    pub const fn of_bulk(action: BulkAction) -> Self {
        match action {
            BulkAction::RetryJobs => Self::JobRetry,
            BulkAction::CancelJobs => Self::JobCancel,
            BulkAction::DisableDemoMode => Self::DemoModeChange,
            BulkAction::RevokeSessions => Self::SessionRevokeAll,
            BulkAction::ApplyFix => Self::CaseFix,
        }
    }

    /// Whether a write under it is refused where a second person is asked for: it goes by a plan then, whatever its size.
    pub fn is_never_alone(self) -> bool {
        BulkAction::ALL.iter().any(|&action| action.is_never_alone() && Self::of_bulk(action) == self)
    }
}

impl StaffAccess {
    /// Whether this person may approve what somebody else has planned: plans at all, and what this one does to each.
    pub fn may_approve(&self, action: BulkAction) -> bool {
        [Permission::BulkApprove, Permission::of_bulk(action)].iter().all(|needed| self.permissions.contains(needed))
    }
}

impl StaffRole {
    /// Whether this role has a permission.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.least_role()
    }

    /// Everything that this role may do.
    pub fn permissions(self) -> Vec<Permission> {
        Permission::ALL.iter().copied().filter(|&permission| self.may(permission)).collect()
    }
}

wire! {
    /// What a person must do before anything else is open to them.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum SignInStep {
        /// The password was given by an admin: choose another.
        ChangePassword,
        /// A second factor is required, and none is enrolled.
        EnrolSecondFactor,
    }

    /// What a session may do now.
    pub struct StaffAccess {
        /// Empty while something is to do.
        pub permissions: Vec<Permission>,
        /// Those of them whose writes are refused after `fresh_until` until the person has authenticated again.
        pub needs_fresh: Vec<Permission>,
        /// Those of them whose writes are refused here, because a second person is asked for: they go by a bulk plan.
        #[serde(default)]
        pub needs_second_person: Vec<Permission>,
        /// Five minutes after the last password (and code) of this session.
        pub fresh_until: DateTime<Utc>,
        /// What to do first; until then every other route answers `sign_in_incomplete`.
        pub to_do: Vec<SignInStep>,
        /// A second factor is enrolled.
        pub second_factor: bool,
    }

    /// `GET /staff/auth/session`
    pub struct StaffSessionInfo {
        /// The session.
        pub session_id: Uuid,
        /// Whose.
        pub staff: StaffInfo,
        /// What it may do now.
        pub access: StaffAccess,
    }

    /// `POST /staff/auth/login`
    #[serde(deny_unknown_fields)]
    pub struct StaffLogin {
        /// Compared without regard to case. At most 255 characters.
        #[cfg_attr(feature = "utoipa", schema(max_length = 255))]
        pub email: String,
        /// At most 1,024 characters.
        #[cfg_attr(feature = "utoipa", schema(max_length = 1024))]
        pub password: String,
        /// Six digits of the second factor, where one is enrolled. Without it the answer is `second_factor_required`.
        pub code: Option<String>,
    }

    /// `POST /staff/auth/reauthenticate`. Answers [`StaffAccess`].
    #[serde(deny_unknown_fields)]
    pub struct Reauthenticate {
        /// At most 1,024 characters.
        #[cfg_attr(feature = "utoipa", schema(max_length = 1024))]
        pub password: String,
        /// Where a second factor is enrolled.
        pub code: Option<String>,
    }

    /// `POST /staff/auth/password`: ends the person's other sessions. Answers [`StaffAccess`].
    #[serde(deny_unknown_fields)]
    pub struct ChangePassword {
        /// The password as it is.
        #[cfg_attr(feature = "utoipa", schema(max_length = 1024))]
        pub current_password: String,
        /// 12 to 1,024 characters, and another one.
        #[cfg_attr(feature = "utoipa", schema(min_length = 12, max_length = 1024))]
        pub new_password: String,
        /// Where a second factor is enrolled.
        pub code: Option<String>,
    }

    /// `POST /staff/auth/second-factor/begin`. Answers [`SecondFactorSecret`].
    #[serde(deny_unknown_fields)]
    pub struct BeginSecondFactor {
        /// The person's password.
        #[cfg_attr(feature = "utoipa", schema(max_length = 1024))]
        pub password: String,
    }

    /// What an authenticator needs, told once. It counts from [`ConfirmSecondFactor`] on.
    pub struct SecondFactorSecret {
        /// Base32, for typing.
        pub secret: String,
        /// `otpauth://totp/…`, for a QR code.
        pub uri: String,
    }

    /// `POST /staff/auth/second-factor/confirm`. Answers [`StaffAccess`].
    #[serde(deny_unknown_fields)]
    pub struct ConfirmSecondFactor {
        /// Six digits that the authenticator shows now.
        pub code: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table: a change of it is seen in a review.
    #[test]
    fn each_role_has_these_permissions() {
        let words = |role: StaffRole| {
            role.permissions().iter().map(|permission| permission.as_str()).collect::<Vec<_>>().join(" ")
        };
        let viewer = "records.read audit.read";
        let support = "records.read audit.read demo_mode.change job.cancel job.retry job.reschedule case.fix \
                       bulk.run bulk.approve \
                       queue.resume session.revoke session.revoke_all";
        assert_eq!(words(StaffRole::Viewer), viewer);
        assert_eq!(words(StaffRole::Support), support);
        assert_eq!(words(StaffRole::Admin), format!("{support} queue.pause error_words.write staff.manage"));
    }

    #[test]
    fn whoever_approves_may_approve_at_all_and_do_to_one_what_the_plan_does_to_many() {
        let access = |permissions: &[Permission]| StaffAccess {
            permissions: permissions.to_vec(),
            needs_fresh: vec![],
            needs_second_person: vec![],
            fresh_until: DateTime::UNIX_EPOCH,
            to_do: vec![],
            second_factor: false,
        };
        let both = [Permission::BulkApprove, Permission::SessionRevokeAll];
        assert!(access(&both).may_approve(BulkAction::RevokeSessions));
        assert!(!access(&both).may_approve(BulkAction::RetryJobs));
        assert!(both.iter().all(|&one| !access(&[one]).may_approve(BulkAction::RevokeSessions)));
    }

    #[test]
    fn only_ending_all_sessions_is_never_one_persons_decision() {
        let never_alone: Vec<_> = Permission::ALL.iter().filter(|permission| permission.is_never_alone()).collect();
        assert_eq!(never_alone, [&Permission::SessionRevokeAll]);
    }

    #[test]
    fn the_word_on_the_wire_is_the_word_in_rust() {
        for &permission in Permission::ALL {
            let word = serde_json::to_string(&permission).expect("JSON");
            assert_eq!(word, format!("\"{}\"", permission.as_str()));
        }
    }
}
