//! Claims that begin at a front: nothing is missed for longer than until the next full look.

use crate::stand::{AT_ONCE, DEADLINE, Stand, TTL, TYPES, failed, staff, succeeded, worker};
use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sqlx::{Postgres, Transaction};
use state_machine::JobType;
use std::collections::{HashMap, HashSet};
use store::engine::{Ending, Enqueued, Front, Lease, NewJob, WorkerSession};
use uuid::Uuid;

const QUEUES: [&str; 2] = ["default", "imports"];
/// The second worker's build knows fewer types.
const FEWER: &[JobType] = &[JobType::Noop];

/// Several workers, each with a front in each queue, and transactions that somebody holds open.
struct World {
    stand: Stand,
    dice: StdRng,
    fronts: Vec<(WorkerSession, &'static [JobType], HashMap<&'static str, Front>)>,
    leases: Vec<Lease>,
    held: Vec<Transaction<'static, Postgres>>,
    /// Visible within two seconds of their time and never locked by others: no claim may pass over them, look or no look.
    fresh: HashSet<Uuid>,
    missed: u32,
    checks: u32,
}

impl World {
    async fn new(seed: u64) -> Self {
        let fronts = [TYPES, FEWER, TYPES]
            .into_iter()
            .enumerate()
            .map(|(n, types)| {
                let fronts = QUEUES.map(|queue| (queue, Front::new(queue, types))).into();
                (worker(u32::try_from(n).unwrap()), types, fronts)
            })
            .collect();
        let (stand, dice) = (Stand::new().await, StdRng::seed_from_u64(seed));
        Self { stand, dice, fronts, leases: vec![], held: vec![], fresh: HashSet::new(), missed: 0, checks: 0 }
    }

    fn job(&mut self) -> NewJob {
        let queue = (*QUEUES.choose(&mut self.dice).unwrap()).to_owned();
        let priority = *[-5, 100, 100, 100, 200].choose(&mut self.dice).unwrap();
        let job_type = *[JobType::Noop, JobType::Noop, JobType::JobRetention].choose(&mut self.dice).unwrap();
        NewJob { queue, priority, ..NewJob::new(job_type) }
    }

    async fn act(&mut self) {
        // A few at a time: each holds a connection.
        let act = if self.held.len() < 4 { self.dice.random_range(0..20) } else { 8 };
        match act {
            0..=4 => {
                let job = self.job();
                let Enqueued::Made(id) = self.stand.api.enqueue(job).await.unwrap() else { panic!("joined") };
                self.if_soon_visible(id).await;
            }
            5 => {
                let ago = TimeDelta::milliseconds(*[2_500, 60_000, 3_600_000].choose(&mut self.dice).unwrap());
                let job = NewJob { run_at: Some(self.now().await - ago), ..self.job() };
                self.stand.api.enqueue(job).await.unwrap();
            }
            6 => self.commits_late().await,
            7 => self.holds_waiting_jobs().await,
            8 => {
                // Half of them give up: what they held stays as it was.
                for held in std::mem::take(&mut self.held) {
                    if self.dice.random() { held.commit().await.unwrap() } else { held.rollback().await.unwrap() }
                }
            }
            9..=12 => {
                let (who, queue, limit) = (self.dice.random_range(0..3), self.queue(), self.dice.random_range(1..5));
                self.claim(who, queue, limit).await;
            }
            13..=15 => self.ends().await,
            16 => {
                self.stand.leases_run_out().await;
                self.stand.work.rescue(TYPES, 50, AT_ONCE).await.unwrap();
                self.leases.clear();
            }
            17 => self.person_acts().await,
            18 => {
                let (who, queue) = (self.dice.random_range(0..3), self.queue());
                self.look(who, queue).await;
            }
            _ => self.check().await,
        }
    }

    fn queue(&mut self) -> &'static str {
        QUEUES.choose(&mut self.dice).unwrap()
    }

    async fn now(&self) -> DateTime<Utc> {
        sqlx::query_scalar("SELECT now()").fetch_one(self.stand.db.owner()).await.unwrap()
    }

    async fn if_soon_visible(&mut self, id: Uuid) {
        let sql = "SELECT clock_timestamp() - run_at < interval '2 s' FROM background_jobs WHERE id = $1";
        if sqlx::query_scalar(sql).bind(id).fetch_one(self.stand.db.owner()).await.unwrap() {
            self.fresh.insert(id);
        }
    }

    /// Made in a transaction that goes on for a while.
    async fn commits_late(&mut self) {
        let job = self.job();
        let mut tx = self.stand.db.owner().begin().await.unwrap();
        sqlx::query(
            "INSERT INTO background_jobs (id, job_type, queue, priority, run_at) VALUES ($1, $2, $3, $4, now() - interval '10 s')",
        )
        .bind(testkit::new_id())
        .bind(job.job_type.as_str())
        .bind(job.queue)
        .bind(job.priority)
        .execute(&mut *tx)
        .await
        .unwrap();
        self.held.push(tx);
    }

    /// As a claim does that is rolled back later.
    async fn holds_waiting_jobs(&mut self) {
        let mut tx = self.stand.db.owner().begin().await.unwrap();
        let sql = "SELECT id FROM background_jobs WHERE status = 'pending' ORDER BY random() LIMIT 3 FOR NO KEY UPDATE SKIP LOCKED";
        let held: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(&mut *tx).await.unwrap();
        self.fresh.retain(|id| !held.contains(id));
        self.held.push(tx);
    }

    async fn look(&mut self, who: usize, queue: &str) {
        let (_, _, fronts) = &self.fronts[who];
        self.missed += u32::from(self.stand.work.look_over(&fronts[queue]).await.unwrap());
    }

    async fn claim(&mut self, who: usize, queue: &str, limit: u32) -> Vec<Uuid> {
        let (session, _, fronts) = &self.fronts[who];
        let claimed = self.stand.work.claim(session, &fronts[queue], limit, TTL, DEADLINE).await.unwrap();
        let ids: Vec<_> = claimed.iter().map(|job| job.lease.job_id).collect();
        self.fresh.retain(|id| !ids.contains(id));
        self.leases.extend(claimed.into_iter().map(|job| job.lease));
        ids
    }

    async fn ends(&mut self) {
        if self.leases.is_empty() {
            return;
        }
        let lease = self.leases.swap_remove(self.dice.random_range(0..self.leases.len()));
        let ending = match self.dice.random_range(0..4) {
            0 => succeeded(),
            1 => failed("Busy.", false),
            2 => failed("Refused.", true),
            _ => Ending::HandedBack,
        };
        let back = self.stand.work.finish(&lease, ending, AT_ONCE).await.unwrap();
        if back.status == state_machine::JobStatus::Pending {
            self.if_soon_visible(lease.job_id).await;
        }
    }

    async fn person_acts(&mut self) {
        let sql = "SELECT id, status FROM background_jobs WHERE status IN ('pending', 'failed', 'cancelled') \
                   AND NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) ORDER BY random() LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED";
        let some: Option<(Uuid, String)> = sqlx::query_as(sql).fetch_optional(self.stand.db.owner()).await.unwrap();
        let Some((id, status)) = some else { return };
        self.fresh.remove(&id);
        if status == "pending" && self.dice.random() {
            let past = self.now().await - TimeDelta::hours(2);
            self.stand.api.reschedule_job(id, past, &staff()).await.unwrap();
        } else if status == "pending" {
            self.stand.api.cancel_job(id, &staff()).await.unwrap();
        } else {
            self.stand.api.retry_job(id, &staff()).await.unwrap();
            self.if_soon_visible(id).await;
        }
    }

    /// What a worker may claim in a queue, as a claim without a front would take it.
    async fn claimable(&self, types: &[JobType], queue: &str) -> Vec<Uuid> {
        let types: Vec<_> = types.iter().map(|job_type| job_type.as_str()).collect();
        let sql = "SELECT id FROM background_jobs WHERE status = 'pending' AND queue = $1 AND run_at <= now() \
                   AND job_type = ANY ($2) ORDER BY priority, run_at, id";
        sqlx::query_scalar(sql).bind(queue).bind(types).fetch_all(self.stand.db.owner()).await.unwrap()
    }

    async fn check(&mut self) {
        let (who, queue) = (self.dice.random_range(0..3), self.queue());
        for held in self.held.drain(..) {
            held.rollback().await.unwrap();
        }
        let expected = self.claimable(self.fronts[who].1, queue).await;
        if self.dice.random() {
            // Without a look: what came in time.
            let fresh: HashSet<_> = expected.into_iter().filter(|id| self.fresh.contains(id)).collect();
            let claimed: HashSet<_> = self.claim(who, queue, 1_000).await.into_iter().collect();
            assert!(fresh.is_subset(&claimed), "{fresh:?} came in time, {claimed:?} was claimed");
        } else {
            // After a look: everything, in its order.
            self.look(who, queue).await;
            assert_eq!(self.claim(who, queue, 1_000).await, expected, "worker {who} in {queue}");
        }
        self.checks += 1;
    }
}

#[tokio::test]
async fn whatever_lands_behind_a_front_is_found_by_the_next_look_and_what_comes_in_time_by_every_claim() {
    let seed =
        std::env::var("FRONT_SEED").map_or_else(|_| rand::rng().random_range(0..1_000_000), |s| s.parse().unwrap());
    println!("replay with FRONT_SEED={seed}");
    let mut world = World::new(seed).await;
    for _ in 0..1_500 {
        world.act().await;
    }
    println!("{} looks found what was missed, {} checks", world.missed, world.checks);
    assert!(world.missed > 5 && world.checks > 30, "this tried too little");
}
