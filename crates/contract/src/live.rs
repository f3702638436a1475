//! What the window's stream carries.

use crate::{
    jobs::{JobCounts, JobRow},
    users::UserRow,
    wire::wire,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

wire! {
    /// What a page wants to hear of. Rows outside are dropped in Rust.
    pub struct LiveInterest {
        /// Jobs as rows, whenever one changes.
        pub jobs: bool,
        /// Users as rows, whenever a demo mode changes.
        pub users: bool,
        /// Only of this user, when set.
        pub user_id: Option<Uuid>,
    }

    /// How far what is on the screen can be trusted.
    pub struct Freshness {
        /// In one word.
        pub state: FreshnessState,
        /// Database time of the last good read; `None` before the first.
        pub as_of: Option<DateTime<Utc>>,
        /// Milliseconds since that read, by this machine's monotonic clock.
        pub age_ms: u32,
        /// How long the last read took, milliseconds.
        pub read_ms: u32,
        /// What woke the last read.
        pub source: FreshnessSource,
        /// Why it is not live, for people.
        pub message: Option<String>,
        /// Why nothing can be changed although reading goes on, for people: the API cannot be used.
        pub api_problem: Option<String>,
    }

    /// In one word.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum FreshnessState {
        /// Read within four seconds.
        Live,
        /// Not read for four seconds or more: writes are blocked.
        Stale,
        /// Nothing read yet.
        Connecting,
        /// Nobody is signed in.
        SignedOut,
    }

    /// What woke a read.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum FreshnessSource {
        /// A notification of the database.
        Push,
        /// The poll, once a second.
        Poll,
    }
}

/// One message of the stream; at most ten a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum LiveMessage {
    /// Rows as they are now, newest state only, each id once.
    Changes {
        /// Grows by one a message within a subscription; a gap means: reload.
        revision: u32,
        /// Changed jobs.
        jobs: Vec<JobRow>,
        /// Users whose demo mode changed.
        users: Vec<UserRow>,
        /// Exact counts at `freshness.as_of`.
        counts: JobCounts,
        /// How far this can be trusted.
        freshness: Freshness,
    },
    /// Nothing changed, or nothing could be read; once a second.
    Heartbeat {
        /// How far what is shown can be trusted.
        freshness: Freshness,
    },
    /// Too much was missed (sleep, reconnect, overflow): read the page again.
    Reset {
        /// As [`LiveMessage::Changes`].
        revision: u32,
        /// For people: what happened meanwhile.
        reason: String,
        /// How far what is shown can be trusted.
        freshness: Freshness,
    },
}
