//! What a verdict rests on, for people.

use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// Where a piece of evidence comes from.
    pub enum EvidenceSource {
        /// The user's row.
        User = "user",
        /// The job's row.
        Job = "job",
        /// The lease of the running attempt.
        Lease = "lease",
        /// Worker processes.
        Worker = "worker",
        /// The queue.
        Queue = "queue",
        /// Jobs of the same type that ended lately.
        History = "history",
        /// What workers see of the demo service.
        DemoService = "demo_service",
        /// The last error.
        Error = "error",
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// Where from.
    pub source: EvidenceSource,
    /// One sentence.
    pub says: String,
    /// How old that is, seconds; negative when it lies ahead; `None` when it has no time.
    pub age_s: Option<i32>,
}
