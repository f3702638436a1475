//! What every test here stands on: a database of its own, the store as the API and as a worker, and looks at the rows.

use serde_json::Value;
use sqlx::AssertSqlSafe;
use state_machine::{JobType, RetryPolicy};
use std::time::Duration;
use store::{
    Actor, Command, CommandKey, DemoModeRequest, PoolSettings, Profile, Store,
    engine::{ClaimedJob, Ending, Front, Lease, WorkerSession},
};
use testkit::{Role, TestDb};
use uuid::Uuid;

/// Every type that a build of today can run.
pub const TYPES: &[JobType] = JobType::ALL;
/// Retries are due at once.
pub const AT_ONCE: RetryPolicy = RetryPolicy { base_ms: 0, cap_ms: 0, floor_ms: 0 };
/// A lease that no test outlives.
pub const TTL: Duration = Duration::from_secs(60);
/// A deadline that no test outlives.
pub const DEADLINE: Duration = Duration::from_secs(600);

/// A database, and the store with the rights of each kind of process.
pub struct Stand {
    pub db: TestDb,
    pub api: Store,
    pub work: Store,
}

pub fn settings() -> PoolSettings {
    PoolSettings { max: 8, acquire_timeout: Duration::from_secs(20), notify: false, ..PoolSettings::default() }
}

impl Stand {
    pub async fn new() -> Self {
        let db = TestDb::new().await;
        let api = Store::connect(&db.url(Role::Api), settings()).await.unwrap();
        let work = Store::connect(&db.url(Role::Worker), settings()).await.unwrap();
        Self { db, api, work }
    }

    /// Claims the one job that is due.
    pub async fn claim(&self, worker: &WorkerSession) -> ClaimedJob {
        let mut jobs = self.claim_up_to(worker, 10).await;
        assert_eq!(jobs.len(), 1, "exactly one job is due");
        jobs.remove(0)
    }

    pub async fn claim_up_to(&self, worker: &WorkerSession, limit: u32) -> Vec<ClaimedJob> {
        self.work.claim(worker, &Front::new("default", TYPES), limit, TTL, DEADLINE).await.unwrap()
    }

    /// Asks for demo mode as staff; answers the job.
    pub async fn enable(&self, user_id: Uuid) -> Uuid {
        let done = self.api.change_demo_mode(user_id, &staff(), enable()).await.unwrap();
        done.job_id.expect("enabling makes a job")
    }

    /// Enables, claims, and remembers a profile as a worker does.
    pub async fn enabling_with_profile(&self, user_id: Uuid, worker: &WorkerSession) -> Lease {
        self.enable(user_id).await;
        let lease = self.claim(worker).await.lease;
        self.work.remember_profile(&lease, "prof_1").await.unwrap();
        lease
    }

    /// The lease and the deadline of every running job are over.
    pub async fn leases_run_out(&self) {
        self.sql("UPDATE background_jobs SET lease_expires_at = now() - interval '1 s' WHERE status = 'running'").await;
    }

    pub async fn sql(&self, sql: &str) -> u64 {
        sqlx::query(AssertSqlSafe(sql)).execute(self.db.owner()).await.unwrap().rows_affected()
    }

    pub async fn count(&self, from: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {from}");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(self.db.owner()).await.unwrap()
    }

    /// A row of a table as JSON.
    pub async fn row(&self, table: &str, id: Uuid) -> Value {
        let sql = format!("SELECT to_jsonb(t) FROM {table} t WHERE id = $1");
        sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_one(self.db.owner()).await.unwrap()
    }

    pub async fn user(&self, id: Uuid) -> Value {
        self.row("users", id).await
    }

    pub async fn job(&self, id: Uuid) -> Value {
        self.row("background_jobs", id).await
    }

    /// The events of a job, oldest first.
    pub async fn events(&self, job_id: Uuid) -> Vec<String> {
        sqlx::query_scalar("SELECT event FROM job_events WHERE job_id = $1 ORDER BY id")
            .bind(job_id)
            .fetch_all(self.db.owner())
            .await
            .unwrap()
    }

    /// Everything that a command or a worker can write, to compare before with after.
    pub async fn everything(&self) -> Vec<String> {
        let mut all = vec![];
        for table in ["users", "background_jobs", "job_events", "audit_entries", "command_receipts"] {
            let sql = format!("SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {table} t");
            all.push(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(self.db.owner()).await.unwrap());
        }
        all
    }

    /// Fails the test when a promise about all rows is broken.
    pub async fn assert_sound(&self) {
        let broken: Vec<String> =
            sqlx::query_scalar(include_str!("invariants.sql")).fetch_all(self.db.owner()).await.unwrap();
        assert!(broken.is_empty(), "{broken:#?}");
    }
}

pub fn worker(pid: u32) -> WorkerSession {
    WorkerSession::new("test-host", pid, "test")
}

/// A command of a person of the staff, with a reason.
pub fn staff() -> Command {
    let actor = Actor::Staff { id: Uuid::from_u128(7), email: "dana@repruv.test".into() };
    Command { reason: Some("The customer asked".into()), ..Command::by(actor) }
}

/// The same, under an idempotency key; `body` stands for the request's fingerprint.
pub fn keyed(key: &str, body: u8) -> Command {
    Command { key: Some(CommandKey { key: key.into(), request_hash: [body; 32] }), ..staff() }
}

/// The same, bound to the version that the person saw.
pub fn seen(version: u32) -> Command {
    Command { version: Some(version), ..staff() }
}

pub fn enable() -> DemoModeRequest {
    let profile = Profile { profile_type: "creator".into(), niche: Some("travel".into()), preset: None };
    DemoModeRequest::Enable { profile, run_at: None }
}

pub fn succeeded() -> Ending {
    Ending::Succeeded { result: serde_json::json!({ "reviews": 12 }) }
}

pub fn failed(error: &str, permanent: bool) -> Ending {
    Ending::Failed {
        error: error.into(),
        class: state_machine::ErrorClass::Unreachable,
        permanent,
        retry_after: None,
        unsettled: false,
    }
}
