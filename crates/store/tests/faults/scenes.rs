//! The steps that can be cut: how each is set up, and one pass of it.

use crate::stand::{AT_ONCE, DEADLINE, Stand, TTL, TYPES, enable, failed, keyed, staff, succeeded, worker};
use state_machine::{BulkAction, BulkForecast, BulkOutlook, BulkStep, JobType};
use std::{sync::Arc, time::Duration};
use store::{
    BulkGuards, NewBulkItem, NewBulkPlan, StoreError,
    engine::{ClaimedJob, Ending, Front, Lease, NewJob, WorkerSession},
};
use testkit::factories::{job, user};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

static TURN: Mutex<()> = Mutex::const_new(());

/// This test's turn: what it arms and plants holds for the whole process.
pub async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// A step about to be done.
pub struct Scene {
    pub stand: Arc<Stand>,
    pub step: String,
    pub user: Uuid,
    pub who: WorkerSession,
    /// Of the job in hand, where the step has one.
    pub lease: Option<Lease>,
    key: String,
}

impl Scene {
    /// Everything up to the step.
    pub async fn before(stand: &Arc<Stand>, step: &str) -> Self {
        let stand = stand.clone();
        let user = user().insert(&stand.db).await.id;
        let (who, mut lease) = (worker(1), None);
        match step {
            "command" | "enqueue" | "transaction" => {}
            "claim" => drop(stand.enable(user).await),
            "bulk" => lease = Some(plan_one(&stand, &who).await),
            "batch" => {
                stand.api.enqueue(NewJob::new(JobType::Noop)).await.unwrap();
                lease = Some(stand.claim(&who).await.lease);
            }
            _ => {
                stand.enable(user).await;
                lease = Some(stand.claim(&who).await.lease);
            }
        }
        let scene = Self { key: format!("key-of-{user}"), step: step.into(), stand, user, who, lease };
        match step {
            "cancel" => drop(scene.stand.api.cancel_demo_mode(user, &staff()).await.unwrap()),
            "rescue" => scene.stand.leases_run_out().await,
            _ => {}
        }
        scene
    }

    /// The step, once.
    pub async fn act(&self) -> Result<String, StoreError> {
        let (work, api) = (&self.stand.work, &self.stand.api);
        let lease = || self.lease.as_ref().unwrap();
        let said = match self.step.as_str() {
            "claim" => {
                format!("{:?}", work.claim(&self.who, &Front::new("default", TYPES), 10, TTL, DEADLINE).await?.len())
            }
            "heartbeat" => {
                format!("{:?}", work.renew(self.who.id, vec![(lease().job_id, lease().epoch)], TTL).await?)
            }
            "progress" => format!("{:?}", work.report_progress(lease(), 40, "Half-way").await?),
            "batch" => format!("{:?}", work.complete_batch(vec![lease().clone()]).await?.len()),
            "bulk" => {
                let run = work.bulk_run(lease()).await?;
                match work.bulk_waiting(run.plan_id, 0, 1).await?.first() {
                    Some(item) => format!("{:?}", work.run_bulk_item(lease(), &run, *item).await?),
                    None => "nothing waits".into(),
                }
            }
            "remember" => format!("{:?}", work.remember_profile(lease(), "prof_1").await?),
            "rescue" => format!("{:?}", work.rescue(TYPES, 10, AT_ONCE).await?.len()),
            "enqueue" => {
                let job = NewJob { dedupe_key: Some(self.key.clone()), ..NewJob::new(JobType::Noop) };
                format!("{:?}", api.enqueue(job).await?)
            }
            "command" => {
                let command = keyed(&self.key, 1);
                format!("{:?}", api.change_demo_mode(self.user, &command, enable()).await?)
            }
            "transaction" => format!("{:?}", work.roll_up_stats().await?),
            ending => format!("{:?}", work.finish(lease(), self.ending(ending), AT_ONCE).await?),
        };
        Ok(said)
    }

    fn ending(&self, step: &str) -> Ending {
        match step {
            "finish" => succeeded(),
            "retry" => failed("The demo service is busy.", false),
            "fail" => failed("The niche is not known.", true),
            "cancel" => Ending::Cancelled { touched: false },
            "hand_back" => Ending::HandedBack,
            unknown => panic!("no test passes the points of step `{unknown}`: add it to scenes.rs"),
        }
    }

    /// The others go on until nothing is left to do: what was lost is rescued, what is due is done.
    pub async fn others_go_on(&self) {
        let others = worker(2);
        for _ in 0..20 {
            self.stand.leases_run_out().await;
            self.stand.work.rescue(TYPES, 100, AT_ONCE).await.unwrap();
            let jobs = self.stand.claim_up_to(&others, 100).await;
            if jobs.is_empty() {
                assert_eq!(self.stand.count("background_jobs WHERE completed_at IS NULL").await, 0, "{}", self.step);
                return;
            }
            for ClaimedJob { lease, .. } in jobs {
                self.stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
            }
            self.stand.assert_sound().await;
        }
        panic!("{}: the others never come to an end", self.step);
    }

    /// Another worker gets the job that this one holds: its lease runs out, it is rescued and claimed anew.
    pub async fn steal(&self) -> Lease {
        self.stand.leases_run_out().await;
        assert_eq!(self.stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap().len(), 1);
        self.stand.claim(&worker(2)).await.lease
    }

    /// The demo mode is where it can stay.
    pub async fn assert_settled(&self) {
        let status = self.stand.user(self.user).await["demo_mode_status"].as_str().unwrap().to_owned();
        assert!(["disabled", "enabled", "failed"].contains(&status.as_str()), "{}: {status}", self.step);
        self.stand.assert_sound().await;
    }
}

/// A plan to run one failed job again, confirmed, with its own job in hand.
async fn plan_one(stand: &Stand, who: &WorkerSession) -> Lease {
    let target = job().failed().insert(&stand.db).await.id;
    let plan = NewBulkPlan {
        id: testkit::new_id(),
        action: BulkAction::RetryJobs,
        source: "a test".into(),
        or_more: false,
        retry_of: None,
        items: vec![NewBulkItem {
            target_id: target,
            job: Some((target, 1)),
            user: None,
            now: None,
            outlook: BulkOutlook { forecast: BulkForecast::WillChange, why: None, next: None, fix: None },
        }],
        guards: BulkGuards { typed_over: 9, second_person_over: Some(9), rate_per_s: 100, life: DEADLINE },
    };
    let (id, _) = stand.api.make_bulk_plan(plan, &staff()).await.unwrap();
    stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &staff()).await.unwrap();
    stand.claim(who).await.lease
}

/// PostgreSQL sees the process die: every transaction that stands still is gone.
pub async fn connections_die(stand: &Stand) -> i64 {
    testkit::wait_for("the transaction stands still", Duration::from_secs(5), async || {
        let killed = stand
            .count(
                "(SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() \
                 AND state LIKE 'idle in transaction%') AS gone",
            )
            .await;
        (killed > 0).then_some(killed)
    })
    .await
}

/// Until a session of this database waits for a lock.
pub async fn somebody_waits(stand: &Stand) {
    let waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    testkit::wait_until("somebody waits for a lock", Duration::from_secs(60), async || stand.count(waiting).await > 0)
        .await;
}

/// Promises about all rows that are broken now.
pub async fn broken(stand: &Stand) -> Vec<String> {
    let sql = include_str!("../postgres/invariants.sql");
    sqlx::query_scalar(sql).fetch_all(stand.db.owner()).await.unwrap()
}

/// How often a test of many rounds goes round: `FAULT_ROUNDS`, or few.
pub fn rounds() -> u32 {
    std::env::var("FAULT_ROUNDS").ok().map_or(3, |rounds| rounds.parse().expect("FAULT_ROUNDS is a number"))
}
