//! Fixes while customers, staff, workers and somebody with the owner's rights change the same few users: whatever is written was
//! decided on exactly what was there.
//!
//! A ledger that triggers keep tells which version each row had when a fix wrote, whatever the code believes. `FIXES=10000`
//! makes it long, `SEED=…` repeats a run's dice.

use crate::stand::{Stand, Write, serve_with, settings};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use read_model::ReadModel;
use serde_json::json;
use simulator::{Dials, Simulator};
use state_machine::{ErrorClass, JobType, RetryPolicy};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use store::{
    Actor, Command, DemoModeRequest, PoolSettings, Profile, Store,
    engine::{Ending, Front, WorkerSession},
};
use testkit::{Role, TestDb, factories::user};
use tokio::task::JoinSet;
use uuid::Uuid;

const LEDGER: &str = "
CREATE TABLE ledger (seq bigint GENERATED ALWAYS AS IDENTITY, tx xid8, what text, id uuid, before int, after int);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_TABLE_NAME = 'users' THEN
    INSERT INTO ledger (tx, what, id, before, after)
      VALUES (pg_current_xact_id(), 'user', NEW.id, OLD.demo_mode_version, NEW.demo_mode_version);
  ELSIF TG_TABLE_NAME = 'background_jobs' THEN
    INSERT INTO ledger (tx, what, id, before, after) VALUES (pg_current_xact_id(), 'job', NEW.id, OLD.version, NEW.version);
  ELSE
    INSERT INTO ledger (tx, what, id) VALUES (pg_current_xact_id(), 'fix', NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note AFTER UPDATE ON users FOR EACH ROW WHEN (OLD.demo_mode_version <> NEW.demo_mode_version) EXECUTE FUNCTION note();
CREATE TRIGGER note AFTER UPDATE ON background_jobs FOR EACH ROW WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION note();
CREATE TRIGGER note AFTER INSERT ON fix_records FOR EACH ROW EXECUTE FUNCTION note();
CREATE INDEX ON ledger (what, id, seq)";

/// Fixes that were written over another version than the person saw. Nobody else can change a row between a fix's lock and its
/// commit, so what it found is the version before its own first change, or else the last one before it.
const STALE: &str = "
SELECT format('%s of user %s at %s, seen at %s; job %s at %s, seen at %s', r.fix, r.user_id, was.user_at, r.user_version,
  r.job_id, was.job_at, r.job_version)
FROM fix_records r JOIN ledger f ON f.what = 'fix' AND f.id = r.id
CROSS JOIN LATERAL (SELECT
  coalesce((SELECT before FROM ledger l WHERE l.what = 'user' AND l.id = r.user_id AND l.tx = f.tx ORDER BY seq LIMIT 1),
    (SELECT after FROM ledger l WHERE l.what = 'user' AND l.id = r.user_id AND l.seq < f.seq ORDER BY seq DESC LIMIT 1), 1) AS user_at,
  coalesce((SELECT before FROM ledger l WHERE l.what = 'job' AND l.id = r.job_id AND l.tx = f.tx ORDER BY seq LIMIT 1),
    (SELECT after FROM ledger l WHERE l.what = 'job' AND l.id = r.job_id AND l.seq < f.seq ORDER BY seq DESC LIMIT 1), 1) AS job_at) was
WHERE was.user_at <> r.user_version OR r.job_id IS NOT NULL AND was.job_at <> r.job_version";

/// A job that somebody ends by hand, as its worker would, and forgets its user.
const BY_HAND: &str = "
WITH one AS (SELECT id FROM background_jobs WHERE status = 'running' AND user_id IS NOT NULL ORDER BY random() LIMIT 1
  FOR NO KEY UPDATE SKIP LOCKED),
ended AS (UPDATE background_jobs j SET status = 'failed', completed_at = now(), locked_by = NULL, lease_expires_at = NULL,
  deadline_at = NULL, error_message = 'By hand.', version = version + 1 FROM one WHERE j.id = one.id RETURNING j.*)
INSERT INTO job_events (job_id, user_id, event, from_status, to_status, attempt, actor)
SELECT id, user_id, 'fail', 'running', 'failed', attempt, 'by hand' FROM ended";

struct World {
    stand: Stand,
    api: Store,
    work: Store,
    read: ReadModel,
    users: Vec<Uuid>,
    token: String,
    over: AtomicBool,
    asked: AtomicU64,
    written: AtomicU64,
    moved: AtomicU64,
    fixes: u64,
    _simulator: Simulator,
}

fn staff() -> Command {
    let actor = Actor::Staff { id: Uuid::from_u128(9), email: "dana@repruv.test".into() };
    Command { reason: Some("The customer asked".into()), ..Command::by(actor) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_fix_is_written_over_what_the_person_did_not_see() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (fixes, seed) = (number("FIXES").unwrap_or(300), number("SEED").unwrap_or_else(rand::random));
    println!("SEED={seed} FIXES={fixes}");
    let world = Arc::new(World::new(fixes).await);
    let mut tasks = JoinSet::new();
    for n in 0..8 {
        tasks.spawn(fixer(world.clone(), StdRng::seed_from_u64(seed.wrapping_add(n))));
    }
    for n in 10..13 {
        tasks.spawn(others(world.clone(), StdRng::seed_from_u64(seed.wrapping_add(n))));
    }
    for n in 20..23 {
        tasks.spawn(worker(
            world.clone(),
            StdRng::seed_from_u64(seed.wrapping_add(n)),
            u32::try_from(n).expect("small"),
        ));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("nobody panics");
    }
    let (asked, written, moved) = (&world.asked, &world.written, &world.moved);
    let [asked, written, moved] = [asked, written, moved].map(|count| count.load(Ordering::Relaxed));
    let stale: Vec<String> = sqlx::query_scalar(STALE).fetch_all(world.stand.db.owner()).await.expect("the ledger");
    let by_fix: Vec<(String, i64)> = sqlx::query_as("SELECT fix, count(*) FROM fix_records GROUP BY fix ORDER BY fix")
        .fetch_all(world.stand.db.owner())
        .await
        .expect("counts");
    println!(
        "{asked} fixes asked for, {written} written {by_fix:?}, {moved} refused because the case had moved, {} stale",
        stale.len()
    );
    assert!(stale.is_empty(), "{stale:#?}");
    assert!(written > 0 && moved > 0, "both must happen, or nothing was tested");
    let written = i64::try_from(written).expect("small");
    assert_eq!(world.stand.count("fix_records").await, written, "a refused fix leaves no record");
    assert_eq!(world.stand.count("audit_entries WHERE action LIKE 'fix.%'").await, written);
    assert_eq!(world.stand.count("command_receipts r JOIN staff s ON s.id = r.actor_id").await, written);
}

impl World {
    async fn new(fixes: u64) -> Self {
        let db = TestDb::new().await;
        let dials = Dials { pace: 0.001, ..Dials::default() };
        let simulator = Simulator::start("127.0.0.1:0".parse().expect("an address"), dials).await.expect("a simulator");
        let server = serve_with(repruv_server::serve::ServeSettings {
            demo_service_url: Some(simulator.base_url()),
            ..settings(db.url(Role::Api))
        })
        .await;
        let patient = || PoolSettings { max: 8, acquire_timeout: Duration::from_secs(30), ..PoolSettings::default() };
        let api = Store::connect(&db.url(Role::Api), patient()).await.expect("a store");
        let work = Store::connect(&db.url(Role::Worker), patient()).await.expect("a store");
        let read = ReadModel::new(api.pool().clone());
        let mut users = vec![];
        for _ in 0..12 {
            users.push(user().insert(&db).await.id);
        }
        let stand = Stand::over(db, server);
        stand.sql(LEDGER).await;
        let token = stand.support().await;
        let zero = AtomicU64::default;
        Self {
            stand,
            api,
            work,
            read,
            users,
            token,
            over: AtomicBool::new(false),
            asked: zero(),
            written: zero(),
            moved: zero(),
            fixes,
            _simulator: simulator,
        }
    }

    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }

    fn user(&self, dice: &mut StdRng) -> Uuid {
        *self.users.choose(dice).expect("users")
    }
}

/// Sees a case, thinks about it for some milliseconds, and applies the fix that was offered.
async fn fixer(world: Arc<World>, mut dice: StdRng) {
    while world.goes_on() {
        let seen = world.read.user_case(world.user(&mut dice)).await.expect("a case");
        let Some(offer) = &seen.verdict.fix else { continue };
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..8))).await;
        if world.asked.fetch_add(1, Ordering::Relaxed) >= world.fixes {
            world.asked.fetch_sub(1, Ordering::Relaxed);
            world.over.store(true, Ordering::Relaxed);
            return;
        }
        let body = json!({ "fix": offer.fix, "user_version": seen.user_version, "job_id": seen.job_id,
            "job_version": seen.job_version, "reason": "The customer wrote" });
        let path = format!("/staff/users/{}/fix", seen.user_id.expect("a user"));
        let reply = world.stand.write(Write { version: None, ..Write::new(&world.token, path, 1).body(body) }).await;
        match (reply.status.as_u16(), reply.body["code"].as_str()) {
            (200, _) => world.written.fetch_add(1, Ordering::Relaxed),
            (409, Some("case_moved")) => world.moved.fetch_add(1, Ordering::Relaxed),
            // The demo service is still at work on the profile, or the rules refuse under the lock.
            (409, Some("illegal_transition")) => 0,
            _ => panic!("{reply:?}"),
        };
    }
}

/// Customers, staff, and somebody with the owner's rights.
async fn others(world: Arc<World>, mut dice: StdRng) {
    let profile = || Profile { profile_type: "creator".into(), niche: None, preset: None };
    while world.goes_on() {
        let ana = world.user(&mut dice);
        // What is refused is refused: these do not look before they ask.
        match dice.random_range(0..100) {
            0..45 => {
                let request = DemoModeRequest::Enable { profile: profile(), run_at: None };
                let _ = world.api.change_demo_mode(ana, &staff(), request).await;
            }
            45..60 => drop(world.api.change_demo_mode(ana, &staff(), DemoModeRequest::Disable).await),
            60..68 => drop(world.api.change_demo_mode(ana, &staff(), DemoModeRequest::Dismiss).await),
            68..76 => drop(world.api.cancel_demo_mode(ana, &staff()).await),
            76..88 => {
                let job = world.api.demo_status(ana).await.expect("a user").job_id;
                if let Some(job_id) = job {
                    let _ = world.api.retry_job(job_id, &staff()).await;
                }
            }
            88..98 => {
                sqlx::query(BY_HAND).execute(world.stand.db.owner()).await.expect("by hand");
            }
            _ => drop(world.api.pause_queue("default", &staff()).await),
        }
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..6))).await;
    }
}

/// Claims, and ends what it has in all ways that there are; some it forgets.
async fn worker(world: Arc<World>, mut dice: StdRng, pid: u32) {
    let session = WorkerSession::new("test-host", pid, "test").doing("default", JobType::ALL, 2);
    let (lease, policy) = (Duration::from_millis(300), RetryPolicy { base_ms: 20, cap_ms: 200, floor_ms: 5 });
    while world.goes_on() {
        world.work.worker_seen(&session, 0).await.expect("seen");
        let minute = Duration::from_secs(60);
        let jobs =
            world.work.claim(&session, &Front::new("default", JobType::ALL), 2, lease, minute).await.expect("a claim");
        for job in jobs {
            tokio::time::sleep(Duration::from_millis(dice.random_range(0..15))).await;
            if job.lease.job_type == JobType::DemoEnable && dice.random_bool(0.6) {
                let _ = world.work.remember_profile(&job.lease, &format!("prof_{}", job.lease.epoch)).await;
            }
            let failed = |permanent, unsettled| Ending::Failed {
                error: "It did not work out.".into(),
                class: ErrorClass::Internal,
                permanent,
                retry_after: None,
                unsettled,
            };
            let ending = match dice.random_range(0..10) {
                0..3 => Ending::Succeeded { result: json!({ "profile_id": "prof_1" }) },
                3..5 => failed(true, false),
                5..7 => failed(false, false),
                7 => failed(false, true),
                8 => Ending::HandedBack,
                _ => continue,
            };
            let _ = world.work.finish(&job.lease, ending, policy).await;
        }
        let _ = world.work.rescue(JobType::ALL, 10, policy).await;
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..10))).await;
    }
}
