//! The people who operate, as an admin sees them. Each write carries `Idempotency-Key`, a reason and, but for adding,
//! `If-Match`; no body holds a secret, so a window may keep it until its outcome is known.

use crate::{auth::StaffRole, wire::wire};
use chrono::{DateTime, Utc};
use state_machine::{ActionOffer, MemberAction};
use uuid::Uuid;

wire! {
    /// A person of the staff.
    pub struct StaffMember {
        /// The person.
        pub id: Uuid,
        /// Their e-mail.
        pub email: String,
        /// Their name.
        pub name: String,
        /// What they may do.
        pub role: StaffRole,
        /// When they were added.
        pub created_at: DateTime<Utc>,
        /// Since when they may not sign in.
        pub disabled_at: Option<DateTime<Utc>>,
        /// Last accepted request, to the minute; `None`: never.
        pub last_seen_at: Option<DateTime<Utc>>,
        /// Sessions that are active now.
        pub sessions: u32,
        /// A second factor is enrolled.
        pub second_factor: bool,
        /// This person must have one, whatever the server requires of everybody.
        pub second_factor_required: bool,
        /// The password was given by an admin and must be changed at the next sign-in.
        pub password_temporary: bool,
        /// For `If-Match`.
        pub version: u32,
        /// What the one who asks may do to this person, by the rules.
        pub offers: Vec<ActionOffer<MemberAction>>,
    }

    /// `GET /staff/members`: everybody, by e-mail, at most 1,000.
    pub struct StaffMembers {
        /// Everybody.
        pub members: Vec<StaffMember>,
        /// The server requires a second factor of everybody.
        pub second_factor_required: bool,
        /// Database time at which they were read.
        pub as_of: DateTime<Utc>,
    }

    /// `POST /staff/members`. Answers [`MemberChanged`].
    #[serde(deny_unknown_fields)]
    pub struct AddMember {
        /// Why, for the audit trail; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
        /// At most 255 characters; case does not matter.
        #[cfg_attr(feature = "utoipa", schema(max_length = 255))]
        pub email: String,
        /// 1 to 255 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 1, max_length = 255))]
        pub name: String,
        /// What they may do.
        pub role: StaffRole,
    }

    /// `POST /staff/members/{id}/role`. Answers [`MemberChanged`].
    #[serde(deny_unknown_fields)]
    pub struct ChangeRole {
        /// Why, for the audit trail; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
        /// What they may do from now on.
        pub role: StaffRole,
    }

    /// `POST /staff/members/{id}/second-factor`. Answers [`MemberChanged`].
    #[serde(deny_unknown_fields)]
    pub struct RequireSecondFactor {
        /// Why, for the audit trail; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
        /// Whether this person must have one.
        pub required: bool,
    }

    /// Answer to every write on a person.
    pub struct MemberChanged {
        /// As they are now.
        pub member: StaffMember,
        /// Drawn by the server, told once, good for 72 hours and one sign-in: it must be changed then. A repeat of the
        /// command answers without it: reset the password again.
        pub temporary_password: Option<String>,
    }
}
