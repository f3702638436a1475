//! Jobs as staff see them.

use crate::wire::wire;
use chrono::{DateTime, Utc};
use state_machine::{ActionOffer, DemoModeStatus, JobAction, JobStatus};
use uuid::Uuid;

wire! {
    /// One line of the jobs table.
    pub struct JobRow {
        /// UUIDv7: grows with time.
        pub id: Uuid,
        /// What it does. A word this build may not know.
        pub job_type: String,
        /// Where it stands.
        pub status: JobStatus,
        /// Whose; `None` for a job of the system.
        pub user_id: Option<Uuid>,
        /// The user's e-mail.
        pub user_email: Option<String>,
        /// Attempts used of the current budget.
        pub attempt: u32,
        /// The budget.
        pub max_attempts: u32,
        /// Queue.
        pub queue: String,
        /// 0 to 100 while running.
        pub progress: u32,
        /// What it is doing, for people.
        pub step: Option<String>,
        /// Not before this time.
        pub run_at: DateTime<Utc>,
        /// When it was asked for.
        pub created_at: DateTime<Utc>,
        /// When the last attempt began.
        pub started_at: Option<DateTime<Utc>>,
        /// When it ended for good.
        pub completed_at: Option<DateTime<Utc>>,
        /// When its worker loses it unless it renews.
        pub lease_expires_at: Option<DateTime<Utc>>,
        /// The worker session that has it.
        pub worker_id: Option<Uuid>,
        /// That worker as `host:pid`.
        pub worker: Option<String>,
        /// A stop was asked for and is not confirmed yet.
        pub cancel_requested: bool,
        /// The last error, for people.
        pub error: Option<String>,
        /// For `If-Match`. Changes with every change of state, not with progress.
        pub version: u32,
    }

    /// What the jobs table shows. Empty means all. Terms of one list are joined by or, lists by and.
    pub struct JobFilter {
        /// Any of these.
        pub statuses: Vec<JobStatus>,
        /// Any of these.
        pub job_types: Vec<String>,
        /// Part of the user's e-mail or name, or a whole user id.
        pub user: Option<String>,
        /// The start of a job's id.
        pub id: Option<String>,
        /// Held by this worker session.
        pub worker_id: Option<Uuid>,
        /// Part of the last error.
        pub error: Option<String>,
    }

    /// One entry of a job's history.
    pub struct JobEventRow {
        /// Grows with time, not always in order of visibility.
        pub id: String,
        /// Database time.
        pub at: DateTime<Utc>,
        /// The status before; `None` when the job was made.
        pub from_status: Option<JobStatus>,
        /// The status after.
        pub to_status: JobStatus,
        /// What happened: `start`, `retry_later`, `rescue`, … ; `enqueue` when the job was made.
        pub event: String,
        /// The attempt it concerned.
        pub attempt: u32,
        /// Who: a worker as `host:pid`, a person's e-mail, `customer`, `system`.
        pub actor: String,
        /// Error or remark, for people.
        pub detail: Option<String>,
    }

    /// How long jobs of a type take, from recent history.
    pub struct ExpectedDuration {
        /// Half of them are done after this, seconds.
        pub p50_s: f64,
        /// 95 of 100 are done after this, seconds.
        pub p95_s: f64,
        /// How many jobs this rests on.
        pub sample: u32,
    }

    /// A job's page.
    pub struct JobDetail {
        /// The line.
        pub job: JobRow,
        /// Its history, oldest first, at most 200 entries.
        pub events: Vec<JobEventRow>,
        /// Pretty JSON; credentials never stand in a payload.
        pub payload: String,
        /// Pretty JSON.
        pub result: Option<String>,
        /// When the running attempt is given up, however alive its worker is.
        pub deadline_at: Option<DateTime<Utc>>,
        /// The demo mode of the job's user.
        pub user_demo_mode: Option<DemoModeStatus>,
        /// The user's demo mode names this job as its own.
        pub is_current: bool,
        /// Every action with the rules' answer.
        pub offers: Vec<ActionOffer<JobAction>>,
        /// From history; `None` below five finished jobs.
        pub expected: Option<ExpectedDuration>,
        /// Database time at which this was read.
        pub as_of: DateTime<Utc>,
    }

    /// Exact counts of live jobs.
    pub struct JobCounts {
        /// Pending and due.
        pub waiting: u32,
        /// Pending with a time ahead: scheduled, or backing off.
        pub scheduled: u32,
        /// Running.
        pub running: u32,
    }

    /// A worker process.
    pub struct WorkerRow {
        /// The session: new at every start of the process.
        pub id: Uuid,
        /// Host name.
        pub host: String,
        /// Process id there.
        pub pid: u32,
        /// Version and commit of the build.
        pub build: String,
        /// Start of the process.
        pub started_at: DateTime<Utc>,
        /// Last heartbeat.
        pub last_seen_at: DateTime<Utc>,
        /// Heard of within three heartbeats.
        pub alive: bool,
        /// Said goodbye.
        pub stopped_at: Option<DateTime<Utc>>,
        /// Running jobs leased to it.
        pub jobs_in_hand: u32,
    }
}

impl JobFilter {
    /// The filter that lets everything through.
    pub const fn all() -> Self {
        Self { statuses: vec![], job_types: vec![], user: None, id: None, worker_id: None, error: None }
    }
}
