//! Looking through the audit trail, and taking a part of it along.

use crate::wire::wire;
use chrono::{DateTime, Utc};
use uuid::Uuid;

wire! {
    /// Which lines of the audit trail are shown. All that is given must hold.
    pub struct AuditFilter {
        /// Part of who acted, in words: an e-mail, "customer", "system".
        pub by: Option<String>,
        /// What was done: any of these. Empty: anything.
        pub actions: Vec<String>,
        /// On this user.
        pub user_id: Option<Uuid>,
        /// On whom: part of the user's e-mail or name, or a whole id. Users who are gone are found by their whole e-mail.
        pub user: Option<String>,
        /// Not before this moment.
        pub since: Option<DateTime<Utc>>,
        /// Before this moment.
        pub until: Option<DateTime<Utc>>,
        /// Part of the reason.
        pub reason: Option<String>,
    }

    /// What the filter of the audit trail offers to choose from.
    pub struct AuditWords {
        /// Who has acted so far, at most 200.
        pub people: Vec<String>,
        /// What has been done so far, at most 200.
        pub actions: Vec<String>,
    }

    /// How a part of the audit trail is written to a file.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum AuditFormat {
        /// For spreadsheets: no cell can act as a formula, and hidden characters are written out.
        Csv,
        /// For programs: every character as it is stored.
        Json,
    }

    /// A part of the audit trail that was written to a file.
    pub struct AuditExport {
        /// Where it lies: in the folder for downloads.
        pub path: String,
        /// How many lines of the trail it holds.
        pub rows: u32,
        /// False: the trail goes on beyond what one file may hold. The newest lines are in it.
        pub complete: bool,
    }
}

impl AuditFilter {
    /// The whole trail.
    pub fn all() -> Self {
        Self { by: None, actions: vec![], user_id: None, user: None, since: None, until: None, reason: None }
    }
}
