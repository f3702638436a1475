//! Queues, and what is learned from their errors and fixes.

use crate::wire::wire;
use chrono::{DateTime, Utc};
use state_machine::{ErrorClass, triage::Cause};
use uuid::Uuid;

wire! {
    /// A queue that a job, a worker or a person has named.
    pub struct QueueRow {
        /// Its name.
        pub name: String,
        /// Since when workers claim nothing of it; `None`: they do.
        pub paused_at: Option<DateTime<Utc>>,
        /// Who paused it.
        pub paused_by: Option<String>,
        /// Why.
        pub reason: Option<String>,
        /// For `If-Match`.
        pub version: u32,
        /// Due jobs that wait, counted up to 1,000.
        pub waiting: u32,
        /// Live workers that serve it.
        pub workers: u32,
    }

    /// An error that ended jobs for good and that no rule has words for. All errors of one fingerprint are the same.
    pub struct ErrorWords {
        /// Class and message, without what differs each time.
        pub fingerprint: String,
        /// Its class; `None`: written by an older build.
        pub error_class: Option<ErrorClass>,
        /// One of them, whole.
        pub sample: String,
        /// How often so far.
        pub seen: u32,
        /// First of them.
        pub first_seen_at: DateTime<Utc>,
        /// Last of them.
        pub last_seen_at: DateTime<Utc>,
        /// The job of the last one.
        pub last_job_id: Option<Uuid>,
        /// What it is called; `None`: it needs words.
        pub title: Option<String>,
        /// What the customer sees.
        pub customer_sees: Option<String>,
        /// A reply for the ticket.
        pub ticket_reply: Option<String>,
        /// Who wrote these.
        pub written_by: Option<String>,
        /// For `If-Match`.
        pub version: u32,
    }

    /// `POST /staff/error-words`: gives an error its words. Answers [`ErrorWords`].
    #[serde(deny_unknown_fields)]
    pub struct WriteErrorWords {
        /// Why, for the audit trail; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
        /// Which error.
        pub fingerprint: String,
        /// 3 to 100 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 100))]
        pub title: String,
        /// What the customer sees; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub customer_sees: String,
        /// A reply for the ticket; 3 to 2,000 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 2000))]
        pub ticket_reply: String,
    }

    /// A cause that people had to fix, over some days.
    pub struct RecurringCause {
        /// What was wrong.
        pub cause: Cause,
        /// How often it was fixed.
        pub fixed: u32,
        /// Of these, how many held for an hour.
        pub held: u32,
        /// And how many did not.
        pub not_held: u32,
        /// The last time.
        pub last_at: DateTime<Utc>,
    }
}
