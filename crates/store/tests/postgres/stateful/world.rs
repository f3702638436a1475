//! The database and the actors, and how one step is carried out through the public `Store`.

use super::{
    acts::{Acting, Answer},
    judge::{self, Judge},
    schedule::{Act, Step, Time, USERS, WORKERS},
};
use crate::stand::{Stand, TYPES, settings};
use sqlx::{Postgres, Transaction};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use store::{
    PoolSettings, Store,
    engine::{Front, Lease, WorkerSession},
};
use testkit::{Role, TestDb, factories};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// An actor that does not answer hangs.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct World {
    pub stand: Stand,
    pub users: Vec<Uuid>,
    pub workers: Vec<WorkerSession>,
    /// Where the claims of each begin.
    pub fronts: Vec<Arc<Front>>,
    /// Every lease that a worker ever got, the oldest first.
    pub leases: Vec<Mutex<Vec<Lease>>>,
    /// The lines of the trail after this one belong to this case.
    trail_begins: i64,
}

/// A job as it was before the step.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    pub id: Uuid,
    pub status: String,
    pub version: i32,
    pub lease_epoch: i64,
    pub locked_by: Option<Uuid>,
    /// The deadline has passed, whatever its lease says.
    pub overdue: bool,
}

/// Everything that people and the judge need to know of the moment before a step.
pub struct Before {
    pub jobs: HashMap<Uuid, Row>,
    /// Version, and the job that the demo mode names.
    pub users: HashMap<Uuid, (u32, Option<Uuid>)>,
    pub audited: i64,
    /// The newest line of history.
    pub event: i64,
}

impl World {
    pub async fn new() -> Self {
        let db = TestDb::new().await;
        // Eight actors, each of whom may send a command twice.
        let settings = PoolSettings { max: 18, ..settings() };
        let api = Store::connect(&db.url(Role::Api), settings).await.unwrap();
        let work = Store::connect(&db.url(Role::Worker), settings).await.unwrap();
        let stand = Stand { db, api, work };
        // Retention waits for the statistics, which wait for whole minutes.
        stand.sql("UPDATE job_stats_watermark SET through = now() + interval '1 day'").await;
        Self { stand, users: vec![], workers: vec![], fronts: vec![], leases: vec![], trail_begins: 0 }
    }

    /// Other users, other workers, no jobs. The trail stays: nobody can remove it.
    pub async fn begin_anew(&mut self) {
        self.stand.sql("TRUNCATE job_events, users, background_jobs, command_receipts CASCADE").await;
        self.trail_begins = self.newest("audit_entries").await;
        self.users.clear();
        for _ in 0..USERS {
            self.users.push(factories::user().insert(&self.stand.db).await.id);
        }
        self.workers = (1..=WORKERS).map(|pid| crate::stand::worker(u32::try_from(pid).unwrap())).collect();
        self.fronts = (0..WORKERS).map(|_| Arc::new(Front::new("default", TYPES))).collect();
        self.leases = (0..WORKERS).map(|_| Mutex::default()).collect();
    }

    /// Carries out one step and judges it. Panics with everything that was heard when a promise is broken.
    pub async fn step(&self, step: &Step) -> Judge {
        self.pass_time(step.time).await;
        let before = self.look().await;
        let acting: Vec<Acting> = step.acts.iter().map(|act| self.prepare(*act, &before)).collect();
        let answers = match step.gate {
            Some(user) => self.behind(self.users[user], acting).await,
            None => self.racing(acting).await,
        };
        self.keep_leases(step, &answers);
        Judge::new(self, &before, answers).await
    }

    async fn pass_time(&self, time: Time) {
        let set = match time {
            Time::Stays => return,
            Time::LeasesEnd => "lease_expires_at",
            Time::DeadlinesPass => "deadline_at",
        };
        let sql = format!("UPDATE background_jobs SET {set} = now() - interval '1 s' WHERE status = 'running'");
        self.stand.sql(&sql).await;
    }

    async fn look(&self) -> Before {
        let owner = self.stand.db.owner();
        let jobs: Vec<Row> = sqlx::query_as(
            "SELECT id, status, version, lease_epoch, locked_by, \
                  coalesce(deadline_at < now(), false) AS overdue FROM background_jobs",
        )
        .fetch_all(owner)
        .await
        .unwrap();
        let users: Vec<(Uuid, i32, Option<Uuid>)> =
            sqlx::query_as("SELECT id, demo_mode_version, demo_mode_job_id FROM users").fetch_all(owner).await.unwrap();
        Before {
            jobs: jobs.into_iter().map(|row| (row.id, row)).collect(),
            users: users.into_iter().map(|(id, version, job)| (id, (version.unsigned_abs(), job))).collect(),
            audited: self.audited().await,
            event: self.newest("job_events").await,
        }
    }

    /// How many deadlocks there were. A connection that ends publishes what it has counted.
    pub async fn close(self) -> i64 {
        self.stand.api.pool().close().await;
        self.stand.work.pool().close().await;
        let counted = sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        counted.fetch_one(self.stand.db.owner()).await.unwrap()
    }

    async fn newest(&self, table: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT coalesce(max(id), 0) FROM {table}"));
        sqlx::query_scalar(sql).fetch_one(self.stand.db.owner()).await.unwrap()
    }

    /// The lines of the trail that this case has written.
    pub async fn audited(&self) -> i64 {
        self.stand.count(&format!("audit_entries WHERE id > {}", self.trail_begins)).await
    }

    /// All at once, and a look at everything in their midst.
    async fn racing(&self, acting: Vec<Acting>) -> Vec<Answer> {
        let tasks: Vec<_> = acting.into_iter().map(tokio::spawn).collect();
        judge::assert_sound(self, "amid a step").await;
        collect(tasks).await
    }

    /// One after the other up to the user's row, which is held until all have begun.
    async fn behind(&self, user: Uuid, acting: Vec<Acting>) -> Vec<Answer> {
        let gate = self.hold(user).await;
        let mut tasks = vec![];
        for act in acting {
            tasks.push(tokio::spawn(act));
            let open = |tasks: &[JoinHandle<Answer>]| tasks.iter().filter(|task| !task.is_finished()).count();
            testkit::wait_until("the actor has ended or waits for a row", PATIENCE, async || {
                let waiting = "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
                open(&tasks) == 0 || usize::try_from(self.stand.count(waiting).await).unwrap() >= open(&tasks)
            })
            .await;
        }
        judge::assert_sound(self, "amid a step").await;
        gate.rollback().await.unwrap();
        collect(tasks).await
    }

    async fn hold(&self, user: Uuid) -> Transaction<'static, Postgres> {
        let mut gate = self.stand.db.owner().begin().await.unwrap();
        sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE")
            .bind(user)
            .execute(&mut *gate)
            .await
            .unwrap();
        gate
    }

    fn keep_leases(&self, step: &Step, answers: &[Answer]) {
        for (act, answer) in step.acts.iter().zip(answers) {
            if let (Act::Claim { worker, .. }, Answer::Claimed(Ok(jobs))) = (act, answer) {
                self.leases[*worker].lock().unwrap().extend(jobs.iter().map(|job| job.lease.clone()));
            }
        }
    }
}

async fn collect(tasks: Vec<JoinHandle<Answer>>) -> Vec<Answer> {
    let mut answers = vec![];
    for task in tasks {
        answers.push(tokio::time::timeout(PATIENCE, task).await.expect("an actor hangs").unwrap());
    }
    answers
}
