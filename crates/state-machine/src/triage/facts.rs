//! What a verdict rests on. Ages (`…_s`, how long ago) and distances (`…_in_s`, negative when past) are whole seconds.

use crate::{DemoMode, DemoOperation, ErrorClass, JobFacts, JobStatus, JobType};

/// A job and its user, looked at together. Either may be missing: a user without a job, a job of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFacts {
    /// The user.
    pub user: Option<UserFacts>,
    /// The job that demo mode names; or the one that was asked about.
    pub job: Option<CaseJob>,
    /// The job's queue.
    pub queue: QueueFacts,
    /// The workers of that queue.
    pub workers: WorkerFacts,
    /// The demo service, as the workers see it.
    pub service: ServiceFacts,
    /// How long jobs of this type take; `None` below five of them.
    pub usual: Option<Usual>,
}

/// The user's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFacts {
    /// Where demo mode stands.
    pub demo: DemoMode,
    /// Demo mode names a job as its own, whether or not that job is still kept.
    pub names_job: bool,
    /// The boolean that the former backend's readers see (`users.demo_mode`).
    pub legacy_on: bool,
    /// A profile may exist, but nobody knows its id: only a removal under the job's key can find it.
    pub profile_presumed: bool,
    /// Since the status last changed.
    pub changed_s: Option<i64>,
    /// Why it failed, for people.
    pub error: Option<String>,
}

/// The job's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseJob {
    /// What it does; `None` when this build does not know the type.
    pub job_type: Option<JobType>,
    /// The type's word, known or not.
    pub type_word: String,
    /// Where it stands.
    pub status: JobStatus,
    /// The user's demo mode names this job as its own.
    pub is_current: bool,
    /// Since a stop was asked for that is not confirmed yet.
    pub stop_asked_s: Option<i64>,
    /// Attempts used of the current budget.
    pub attempt: u32,
    /// The budget.
    pub max_attempts: u32,
    /// It was claimed at least once, in this budget or an earlier one: an effect may have begun.
    pub claimed_before: bool,
    /// It removes what a cancelled enable had made.
    pub compensates: bool,
    /// Until it may run.
    pub due_in_s: i64,
    /// Since it was asked for.
    pub created_s: i64,
    /// Since the last attempt began.
    pub started_s: Option<i64>,
    /// Until its worker loses it unless it renews.
    pub lease_in_s: Option<i64>,
    /// Until the running attempt is given up.
    pub deadline_in_s: Option<i64>,
    /// Since it ended for good.
    pub ended_s: Option<i64>,
    /// Since its history was last written to.
    pub last_event_s: Option<i64>,
    /// 0 to 100 while running.
    pub progress: u32,
    /// What it is doing, for people.
    pub step: Option<String>,
    /// The last error, for people.
    pub error: Option<String>,
    /// Its class; `None` when a build of before wrote it.
    pub error_class: Option<ErrorClass>,
    /// What a person wrote about errors like it.
    pub words: Option<PlainWords>,
    /// Who has it, while running.
    pub holder: Option<HolderFacts>,
}

/// What a person wrote about an error that no rule has words for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainWords {
    /// What it is called, without a full stop.
    pub title: String,
    /// What the customer sees of it.
    pub customer_sees: String,
    /// To be sent with a ticket.
    pub reply: String,
}

/// The worker process that has the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderFacts {
    /// `host:pid`
    pub name: String,
    /// Since its last heartbeat.
    pub seen_s: i64,
    /// Said goodbye.
    pub stopped: bool,
}

/// The job's queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueFacts {
    /// Its name.
    pub name: String,
    /// Since it was paused; `None` while it is not.
    pub paused_s: Option<i64>,
    /// Who paused it.
    pub paused_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Due jobs that come before this one, counted up to 1,000.
    pub ahead: u32,
}

/// The workers that serve the job's queue. A worker of a build that does not tell its queue or types counts for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerFacts {
    /// Heard of within three heartbeats.
    pub alive: u32,
    /// Of these, how many know the job's type.
    pub knowing: u32,
    /// How many jobs those can have in hand together; `None` when one of them does not tell.
    pub slots: Option<u32>,
    /// How many they have in hand.
    pub in_hand: u32,
    /// Since any worker of the queue was last heard of; `None`: never.
    pub seen_s: Option<i64>,
}

/// The demo service, as live workers see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceFacts {
    /// Since it last answered well.
    pub ok_s: Option<i64>,
    /// Since it last did not.
    pub error_s: Option<i64>,
    /// How.
    pub error_class: Option<ErrorClass>,
    /// Its words, for people.
    pub error: Option<String>,
    /// Good answers of late.
    pub recent_ok: u32,
    /// Other answers of late.
    pub recent_errors: u32,
    /// How long an answer takes, milliseconds.
    pub latency_ms: Option<u32>,
}

/// How long jobs of a type take, from asked for to done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// Half of them are done after this, seconds, rounded up.
    pub p50_s: u32,
    /// 95 of 100 are done after this, seconds, rounded up.
    pub p95_s: u32,
    /// How many jobs this rests on.
    pub count: u32,
}

impl CaseJob {
    /// The demo operation that it performs, if it belongs to a user's demo mode.
    pub fn operation(&self) -> Option<DemoOperation> {
        self.job_type.and_then(JobType::demo_operation)
    }

    /// What the machines need to know of it.
    pub fn facts(&self, user: Option<&UserFacts>) -> JobFacts {
        JobFacts {
            status: self.status,
            job_type: self.job_type,
            cancel_requested: self.stop_asked_s.is_some(),
            demo: user.map(|user| user.demo),
            is_current: self.is_current,
        }
    }
}
