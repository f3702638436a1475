//! Customers' sessions as staff see them.

use crate::wire::wire;
use chrono::{DateTime, Utc};
use state_machine::{ActionOffer, SessionAction, SessionStatus};
use uuid::Uuid;

wire! {
    /// One line of the sessions table.
    pub struct SessionRow {
        /// The session; also the family of its refresh tokens.
        pub id: Uuid,
        /// Whose.
        pub user_id: Uuid,
        /// The user's e-mail.
        pub user_email: String,
        /// Where it stands at `as_of`.
        pub status: SessionStatus,
        /// As the client sent it, cut to 500 characters. Hostile text.
        pub user_agent: Option<String>,
        /// Parsed from it: "Chrome on macOS", "Unknown device".
        pub device: String,
        /// Address of the sign-in.
        pub address: Option<String>,
        /// `cookie` or `bearer`.
        pub transport: String,
        /// Sign-in.
        pub created_at: DateTime<Utc>,
        /// Last accepted request, to the minute.
        pub last_seen_at: DateTime<Utc>,
        /// Refused after this, whatever happens.
        pub expires_at: DateTime<Utc>,
        /// When it was revoked.
        pub revoked_at: Option<DateTime<Utc>>,
        /// By whom, in words.
        pub revoked_by: Option<String>,
        /// For `If-Match`.
        pub version: u32,
        /// The rules' answer to a revoke.
        pub offer: ActionOffer<SessionAction>,
    }

    /// What a revoke of a user's sessions would end, before it is asked for.
    pub struct RevokePreview {
        /// How many active sessions would end. Exact.
        pub ends: u32,
        /// How many active sessions would live on. Exact.
        pub stays: u32,
        /// When the last of those that live on ends by itself; `None` when none does.
        pub stays_until: Option<DateTime<Utc>>,
        /// Every device with an active session, most sessions first.
        pub devices: Vec<DeviceSessions>,
        /// Database time at which this was counted.
        pub as_of: DateTime<Utc>,
    }

    /// A user's active sessions on one kind of device.
    pub struct DeviceSessions {
        /// As `SessionRow::device` names it.
        pub device: String,
        /// How many are active.
        pub active: u32,
        /// How many of them would end.
        pub ends: u32,
    }

    /// Answer to `GET /staff/sessions/{id}/probe`: what the API would do now with the session's own tokens, found by the
    /// very conditions that it asks at every request.
    pub struct SessionProbe {
        /// The session.
        pub session_id: Uuid,
        /// A request with its access token would be answered.
        pub access_accepted: bool,
        /// Its refresh token would be exchanged for new ones.
        pub refresh_accepted: bool,
        /// Database time of the probe.
        pub at: DateTime<Utc>,
    }

    /// What the sessions table shows.
    pub struct SessionFilter {
        /// Of this user only.
        pub user_id: Option<Uuid>,
        /// Part of the user's e-mail or name.
        pub user: Option<String>,
        /// Leave out those that have ended.
        pub active_only: bool,
    }
}
