//! Triage: what is wrong with a user or a job, and the one fix for it.

use crate::wire::wire;
use chrono::{DateTime, Utc};
use state_machine::{
    DemoModeStatus, JobStatus,
    triage::{Cause, Fix, Verdict},
};
use uuid::Uuid;

wire! {
    /// A job and/or its user looked at together, with the verdict of the rules.
    pub struct CaseView {
        /// The user.
        pub user_id: Option<Uuid>,
        /// That user's e-mail.
        pub user_email: Option<String>,
        /// For a fix: the user as seen (`demo_mode_version`).
        pub user_version: Option<u32>,
        /// Where that user's demo mode stands.
        pub demo_mode: Option<DemoModeStatus>,
        /// The job.
        pub job_id: Option<Uuid>,
        /// What it does. A word this build may not know.
        pub job_type: Option<String>,
        /// Where it stands.
        pub job_status: Option<JobStatus>,
        /// For a fix: the job as seen.
        pub job_version: Option<u32>,
        /// The job's queue.
        pub queue: Option<String>,
        /// For resuming it: the queue as seen; `None` where it has never been paused.
        pub queue_version: Option<u32>,
        /// What is wrong, what it rests on, what to do.
        pub verdict: Verdict,
        /// The last fix of this case and what came of it; `None` when there was none within a day.
        pub outcome: Option<FixOutcome>,
        /// Database time at which this was read.
        pub as_of: DateTime<Utc>,
    }

    /// What came of a fix: accepted, then claimed by a worker, then its effect confirmed.
    pub struct FixOutcome {
        /// The fix's record.
        pub id: Uuid,
        /// Which.
        pub fix: Fix,
        /// The cause that led to it.
        pub cause: Cause,
        /// Who applied it.
        pub by: String,
        /// When it was accepted and written.
        pub accepted_at: DateTime<Utc>,
        /// The first sign of a worker that carries it out.
        pub claimed_at: Option<DateTime<Utc>>,
        /// When its effect was there.
        pub confirmed_at: Option<DateTime<Utc>>,
        /// When it ended otherwise.
        pub missed_at: Option<DateTime<Utc>>,
        /// When its effect should be there, from history: past it, the verdict tells anew.
        pub due_at: DateTime<Utc>,
        /// Whether it still held after an hour; `None`: not known yet.
        pub held: Option<bool>,
    }

    /// `POST /staff/users/{id}/fix`, and for jobs without a user `POST /staff/jobs/{id}/fix`: apply the fix that the verdict
    /// offers. Answers [`CaseView`]. Where anything has moved, nothing is written and the answer is `case_moved`, with the case
    /// as it is now.
    #[serde(deny_unknown_fields)]
    pub struct FixRequest {
        /// Which, as offered.
        pub fix: Fix,
        /// The user as seen.
        pub user_version: Option<u32>,
        /// The job as seen.
        pub job_id: Option<Uuid>,
        /// Its version as seen.
        pub job_version: Option<u32>,
        /// Why, for the audit trail, 3 to 500 characters; may be left out where the offer does not need it.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: Option<String>,
    }

    /// One line of the standing list of what disagrees or is overdue: a case that stands for all that are like it.
    pub struct Contradiction {
        /// The user.
        pub user_id: Option<Uuid>,
        /// That user's e-mail.
        pub user_email: Option<String>,
        /// The job.
        pub job_id: Option<Uuid>,
        /// What it does.
        pub job_type: Option<String>,
        /// The queue, where the whole queue is concerned.
        pub queue: Option<String>,
        /// What is wrong and what to do.
        pub verdict: Verdict,
        /// Since when.
        pub since: DateTime<Utc>,
        /// What a bulk plan names the case by; `None`: there is no fix, or it is not one of this case alone.
        pub plan_as: Option<Uuid>,
        /// How many more have the same cause at the same place, such as all jobs of a paused queue.
        pub alike: u32,
    }

    /// The standing list, worst first.
    pub struct ContradictionPage {
        /// At most the asked number of lines.
        pub rows: Vec<Contradiction>,
        /// All cases that disagree or are overdue, those behind `alike` included.
        pub count: u32,
        /// There are more than were counted.
        pub or_more: bool,
        /// Opaque; hand it back for the next page. `None`: this is the end.
        pub next: Option<String>,
        /// Database time at which this was read.
        pub as_of: DateTime<Utc>,
    }
}
