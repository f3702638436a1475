//! A database, the demo service's stand-in and the handlers of a worker.

use repruv_server::worker::{DemoDisable, DemoEnable, DemoService, EngineSettings, Handlers, Noop, Worker};
use simulator::{Dials, EffectKind, Simulator};
use state_machine::{JobType, RetryPolicy};
use std::time::Duration;
use store::{
    Actor, Command, DemoModeRequest, PoolSettings, Profile, Store,
    engine::{ClaimedJob, Front, WorkerSession},
};
use testkit::{Role, TestDb, wait_until};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

static TURN: Mutex<()> = Mutex::const_new(());

/// How often the demo service is asked.
pub const POLL: Duration = Duration::from_millis(20);
/// Retries are due at once.
pub const AT_ONCE: RetryPolicy = RetryPolicy { base_ms: 0, cap_ms: 0, floor_ms: 0 };

pub struct Stand {
    pub db: TestDb,
    pub api: Store,
    pub work: Store,
    pub simulator: Simulator,
    pub service: DemoService,
    // What is armed and planted holds for the whole process.
    _turn: MutexGuard<'static, ()>,
}

impl Stand {
    pub async fn new() -> Self {
        let turn = TURN.lock().await;
        let db = TestDb::new().await;
        let settings = || PoolSettings { max: 8, acquire_timeout: Duration::from_secs(20), ..PoolSettings::default() };
        let api = Store::connect(&db.url(Role::Api), settings()).await.expect("the API's store");
        let work = Store::connect(&db.url(Role::Worker), settings()).await.expect("the worker's store");
        let dials = Dials { pace: 0.002, latency_ms: (0, 2), ..Dials::default() };
        let simulator = Simulator::start("127.0.0.1:0".parse().expect("an address"), dials).await.expect("a simulator");
        let service = DemoService::new(&simulator.base_url()).expect("a client");
        Self { db, api, work, simulator, service, _turn: turn }
    }

    pub fn engine() -> EngineSettings {
        EngineSettings {
            concurrency: 4,
            connections: 4,
            lease: Duration::from_secs(2),
            poll: Duration::from_millis(50),
            rescue_every: Duration::from_millis(200),
            retry_base: Duration::from_millis(40),
            grace: Duration::from_secs(5),
            ..EngineSettings::default()
        }
    }

    pub fn worker(&self, engine: EngineSettings) -> Worker {
        let handlers = Handlers::default()
            .with(DemoEnable::new(self.service.clone(), POLL))
            .with(DemoDisable::new(self.service.clone(), POLL))
            .with(Noop);
        Worker::start(&self.db.url(Role::Worker), handlers, engine).expect("a worker")
    }

    pub async fn enable(&self, user: Uuid) {
        let profile = Profile { profile_type: "creator".into(), niche: None, preset: None };
        let request = DemoModeRequest::Enable { profile, run_at: None };
        self.api.change_demo_mode(user, &staff(), request).await.expect("enabling");
    }

    pub async fn disable(&self, user: Uuid) {
        self.api.change_demo_mode(user, &staff(), DemoModeRequest::Disable).await.expect("disabling");
    }

    pub async fn status(&self, user: Uuid) -> String {
        self.api.demo_status(user).await.expect("a user").demo.status.as_str().to_owned()
    }

    pub async fn becomes(&self, user: Uuid, status: &str, after: &str) {
        wait_until(&format!("{status} after {after}"), Duration::from_secs(60), async || {
            self.status(user).await == status
        })
        .await;
        let broken: Vec<String> = sqlx::query_scalar(include_str!("../../../store/tests/postgres/invariants.sql"))
            .fetch_all(self.db.owner())
            .await
            .expect("the invariants");
        assert!(broken.is_empty(), "{after}: {broken:#?}");
    }

    /// Claims the one job that is due, as worker `pid`.
    pub async fn claim(&self, pid: u32) -> ClaimedJob {
        let session = WorkerSession::new("test-host", pid, "test");
        let minute = Duration::from_secs(60);
        let mut jobs =
            self.work.claim(&session, &Front::new("default", JobType::ALL), 10, minute, minute).await.expect("a claim");
        assert_eq!(jobs.len(), 1, "exactly one job is due");
        jobs.remove(0)
    }

    pub async fn count(&self, from: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {from}"));
        sqlx::query_scalar(sql).fetch_one(self.db.owner()).await.expect("a count")
    }

    pub async fn sql(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(self.db.owner()).await.expect(sql);
    }

    /// Profiles made, and profiles whose removal began, at the demo service.
    pub fn effects(&self) -> (usize, usize) {
        let ledger = self.simulator.ledger();
        let made = ledger.iter().filter(|effect| effect.kind == EffectKind::Create).count();
        (made, ledger.len() - made)
    }
}

pub fn staff() -> Command {
    let actor = Actor::Staff { id: Uuid::from_u128(7), email: "dana@repruv.test".into() };
    Command { reason: Some("The customer asked".into()), ..Command::by(actor) }
}
