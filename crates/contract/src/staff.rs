//! What staff ask of the API. Each carries `Idempotency-Key` and `If-Match: "<version>"` as headers.

use crate::{customer::ProfileChoice, wire::wire};
use chrono::{DateTime, Utc};
use uuid::Uuid;

wire! {
    /// `POST /staff/users/{id}/demo-mode/enable`. Answers [`crate::users::UserView`].
    #[serde(deny_unknown_fields)]
    pub struct EnableDemoMode {
        /// Why, for the audit trail; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
        /// Which profile.
        pub profile: ProfileChoice,
        /// Not before this time; without it at once.
        pub run_at: Option<DateTime<Utc>>,
    }

    /// A command that needs nothing but its reason: demo-mode disable, cancel, dismiss (answer [`crate::users::UserView`]),
    /// job cancel, retry (answer [`crate::jobs::JobDetail`]), session revoke (answers [`crate::sessions::SessionRow`]).
    #[serde(deny_unknown_fields)]
    pub struct WithReason {
        /// Why, for the audit trail; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
    }

    /// `POST /staff/jobs/{id}/reschedule`. Answers [`crate::jobs::JobDetail`].
    #[serde(deny_unknown_fields)]
    pub struct Reschedule {
        /// Why, for the audit trail; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
        /// The new time, at most 90 days ahead; a time in the past means at once.
        pub run_at: DateTime<Utc>,
    }

    /// `POST /staff/queues/{name}/pause` and `…/resume`. Answers [`crate::queues::QueueRow`].
    #[serde(deny_unknown_fields)]
    pub struct TurnQueue {
        /// Why, for the audit trail and for all who ask why nothing moves; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
    }

    /// `POST /staff/users/{id}/sessions/revoke`: a user's sessions, all of them or those that every given condition holds for. Needs no `If-Match`.
    #[serde(deny_unknown_fields)]
    pub struct RevokeSessions {
        /// Why, for the audit trail; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
        /// The one that stays.
        pub except_session_id: Option<Uuid>,
        /// Only those on this device, as `SessionRow::device` names it.
        #[cfg_attr(feature = "utoipa", schema(max_length = 100))]
        pub device: Option<String>,
        /// Only those whose last accepted request was before this.
        pub unused_since: Option<DateTime<Utc>>,
    }

    /// Answer to [`RevokeSessions`].
    pub struct SessionsRevoked {
        /// Whose.
        pub user_id: Uuid,
        /// How many active sessions ended.
        pub revoked: u32,
        /// From when on their tokens are refused (database time).
        pub at: DateTime<Utc>,
    }

    /// Answer to `POST /staff/commands/{key}/settle`: what became of a command whose answer was lost.
    pub struct CommandSettled {
        /// True: it was done, once. False: it was not, and a request under this key that is still on its way will be refused.
        pub done: bool,
    }

    /// One row of the audit trail: who did what to whom, why, and what changed.
    pub struct AuditEntry {
        /// Grows with time.
        pub id: String,
        /// Database time.
        pub at: DateTime<Utc>,
        /// The person; `None` when a customer or the system acted.
        pub staff_id: Option<Uuid>,
        /// Who, in words: an e-mail, "customer", "system".
        pub actor: String,
        /// What: `demo_mode.enable`, `job.cancel`, `session.revoke`, …
        pub action: String,
        /// The user it concerned.
        pub user_id: Option<Uuid>,
        /// That user's e-mail as it was then.
        pub user_email: Option<String>,
        /// The job it concerned.
        pub job_id: Option<Uuid>,
        /// The session it concerned.
        pub session_id: Option<Uuid>,
        /// Why.
        pub reason: Option<String>,
        /// The state before, one word or short text.
        pub before: Option<String>,
        /// The state after.
        pub after: Option<String>,
        /// Finds the request in the API's log.
        pub request_id: Option<String>,
        /// Where it came from: the other end of the connection, or the machine of a command line. `None`: the system acted.
        pub address: Option<String>,
    }
}
