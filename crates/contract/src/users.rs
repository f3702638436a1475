//! Users as staff see them.

use crate::{
    jobs::{ExpectedDuration, JobRow},
    wire::wire,
};
use chrono::{DateTime, Utc};
use state_machine::{ActionOffer, ConnectionStatus, DemoModeAction, DemoModeStatus, DemoOperation, JobStatus};
use uuid::Uuid;

wire! {
    /// One line of the users table.
    pub struct UserRow {
        /// The user.
        pub id: Uuid,
        /// E-mail as typed at sign-up.
        pub email: String,
        /// Name.
        pub full_name: Option<String>,
        /// Can sign in.
        pub is_active: bool,
        /// Where demo mode stands.
        pub demo_mode: DemoModeStatus,
        /// Why it failed, for people.
        pub demo_mode_error: Option<String>,
        /// When the status last changed.
        pub demo_mode_changed_at: Option<DateTime<Utc>>,
        /// The job that demo mode names as its own.
        pub job_id: Option<Uuid>,
        /// That job's status.
        pub job_status: Option<JobStatus>,
        /// That job's progress, 0 to 100.
        pub job_progress: Option<u32>,
        /// Sign-up.
        pub created_at: DateTime<Utc>,
        /// For `If-Match`.
        pub version: u32,
    }

    /// What the users table shows. Empty means all.
    pub struct UserFilter {
        /// Part of e-mail or name, or the start of an id.
        pub search: Option<String>,
        /// Any of these.
        pub demo_modes: Vec<DemoModeStatus>,
    }

    /// The demo mode card.
    pub struct DemoModeView {
        /// Where it stands.
        pub status: DemoModeStatus,
        /// Which operation failed.
        pub failed_operation: Option<DemoOperation>,
        /// Why it failed, for people.
        pub error: Option<String>,
        /// The profile at the demo service.
        pub profile_id: Option<String>,
        /// Its type.
        pub profile_type: Option<String>,
        /// Its niche.
        pub niche: Option<String>,
        /// The preset it was made from.
        pub preset: Option<String>,
        /// When the status last changed.
        pub changed_at: Option<DateTime<Utc>>,
        /// The live job, or the last one.
        pub job: Option<JobRow>,
        /// Clean-up counts of the last finished disable, as `(what, how many)`, largest first.
        pub cleanup: Option<Vec<CleanupCount>>,
        /// What the customer sees at this moment.
        pub customer_sees: String,
        /// Every action with the rules' answer.
        pub offers: Vec<ActionOffer<DemoModeAction>>,
        /// How long enabling takes, from recent history.
        pub expected_enable: Option<ExpectedDuration>,
        /// How long disabling takes.
        pub expected_disable: Option<ExpectedDuration>,
    }

    /// How many things of a kind a disable removed.
    pub struct CleanupCount {
        /// `reviews`, `posts`, `comments`, `platforms`.
        pub what: String,
        /// How many.
        pub count: u32,
    }

    /// A user's link to a platform.
    pub struct ConnectionRow {
        /// The link.
        pub id: Uuid,
        /// `youtube`, `instagram`, …
        pub platform: String,
        /// The name there.
        pub username: Option<String>,
        /// Where it stands.
        pub status: ConnectionStatus,
        /// Why it failed.
        pub error: Option<String>,
        /// When the link was made.
        pub connected_at: Option<DateTime<Utc>>,
        /// Last synchronisation.
        pub last_synced_at: Option<DateTime<Utc>>,
    }

    /// A user's page; also the answer to every demo-mode command.
    pub struct UserView {
        /// The line.
        pub user: UserRow,
        /// The card.
        pub demo: DemoModeView,
        /// Links, by platform.
        pub connections: Vec<ConnectionRow>,
        /// How many sessions are active, counted up to 1,000.
        pub active_sessions: u32,
        /// Database time at which this was read.
        pub as_of: DateTime<Utc>,
    }

    /// One entry of a user's timeline: job history, staff actions, sign-ins and revokes together.
    pub struct TimelineEntry {
        /// Unique within the timeline.
        pub id: String,
        /// Database time.
        pub at: DateTime<Utc>,
        /// Which book it comes from.
        pub kind: TimelineKind,
        /// One line, for people.
        pub title: String,
        /// Error, reason or remark.
        pub detail: Option<String>,
        /// Who.
        pub actor: String,
        /// The job it concerned.
        pub job_id: Option<Uuid>,
        /// For the mark and colour: a status word of the kind, such as `failed` or `revoked`.
        pub state: Option<String>,
    }

    /// Which book a timeline entry comes from.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum TimelineKind {
        /// `job_events`
        Job,
        /// `audit_entries`
        Audit,
        /// `user_sessions`
        Session,
    }
}
