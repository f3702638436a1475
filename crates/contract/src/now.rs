//! The first screen: how the service is doing. What needs a person is in [`crate::triage`].

use crate::{
    jobs::{JobCounts, WorkerRow},
    wire::wire,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

wire! {
    /// The first screen.
    pub struct NowView {
        /// Exact.
        pub counts: JobCounts,
        /// The promises to the product's users.
        pub levels: ServiceLevels,
        /// The last 60 minutes, oldest first, one entry a minute without gaps.
        pub minutes: Vec<MinuteCount>,
        /// Failures of the last hour by error, most frequent first, at most 10.
        pub failures: Vec<FailureGroup>,
        /// Workers heard of in the last hour.
        pub workers: Vec<WorkerRow>,
        /// Database time at which this was read.
        pub as_of: DateTime<Utc>,
    }

    /// Measured over the last 24 hours, from `job_stats` and its tail.
    pub struct ServiceLevels {
        /// Completed of completed and failed demo jobs, 0 to 1; `None` without any. Promise: above 0.95.
        pub success_rate: Option<f64>,
        /// Demo jobs that ended.
        pub finished: u32,
        /// From asked for to done, seconds. Promise: 60 to 120.
        pub completion_p50_s: Option<f64>,
        /// From asked for to done, seconds.
        pub completion_p95_s: Option<f64>,
        /// How long the oldest due job has waited, seconds; `None` when none waits.
        pub oldest_waiting_s: Option<f64>,
        /// Workers heard of within three heartbeats.
        pub workers_alive: u32,
    }

    /// What ended within a minute.
    pub struct MinuteCount {
        /// Start of the minute.
        pub minute: DateTime<Utc>,
        /// Completed.
        pub completed: u32,
        /// Failed for good.
        pub failed: u32,
    }

    /// Failures with the same error.
    pub struct FailureGroup {
        /// The error, for people.
        pub error: String,
        /// What failed.
        pub job_type: String,
        /// How often.
        pub count: u32,
        /// The newest of them.
        pub last_job_id: Uuid,
        /// When that was.
        pub last_at: DateTime<Utc>,
    }
}
