//! The database and the actors, and how one step is carried out through the public `Store`.

use super::{
    judge::Judge,
    schedule::{Act, Ask, End, Key, Person, Step, Time, USERS, WORKERS},
};
use crate::stand::{AT_ONCE, DEADLINE, Stand, TTL, TYPES, enable, failed, settings, succeeded};
use sqlx::{Postgres, Transaction};
use state_machine::JobType;
use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};
use store::{
    Actor, Command, CommandKey, DemoModeRequest, Done, PoolSettings, Store, StoreError,
    engine::{ClaimedJob, Ending, Finished, Lease, Renewal, WorkerSession},
};
use testkit::{Role, TestDb, factories};
use uuid::Uuid;

/// An actor that does not answer hangs.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct World {
    pub stand: Stand,
    pub users: Vec<Uuid>,
    workers: Vec<WorkerSession>,
    /// Every lease that a worker ever got, the oldest first.
    leases: Vec<Mutex<Vec<Lease>>>,
    /// The lines of the trail after this one belong to this case.
    trail_begins: i64,
}

/// What an actor heard.
#[derive(Debug)]
pub enum Answer {
    /// To a command; two when it was sent twice. With the version that the person saw, if the command carried one.
    Asked {
        user: Uuid,
        ask: Ask,
        seen: Option<u32>,
        answers: Vec<Result<Done, StoreError>>,
    },
    Claimed(Result<Vec<ClaimedJob>, StoreError>),
    Beaten {
        leases: Vec<Lease>,
        answer: Result<Renewal, StoreError>,
    },
    /// To a fenced write about a job.
    Wrote {
        lease: Lease,
        answer: Result<Option<Finished>, StoreError>,
    },
    Rescued(Result<usize, StoreError>),
    Pruned(Result<u64, StoreError>),
    /// There was nothing that it could have acted on.
    Nothing,
}

/// A job as it was before the step.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    pub id: Uuid,
    pub status: String,
    pub version: i32,
    pub lease_epoch: i64,
    pub locked_by: Option<Uuid>,
}

/// Everything that people and the judge need to know of the moment before a step.
pub struct Before {
    pub jobs: HashMap<Uuid, Row>,
    /// Version, and the job that the demo mode names.
    pub users: HashMap<Uuid, (u32, Option<Uuid>)>,
    pub audited: i64,
}

type Acting = Pin<Box<dyn Future<Output = Answer> + Send>>;

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
        Self { stand, users: vec![], workers: vec![], leases: vec![], trail_begins: 0 }
    }

    /// Other users, other workers, no jobs. The trail stays: nobody can remove it.
    pub async fn begin_anew(&mut self) {
        self.stand.sql("TRUNCATE job_events, users, background_jobs, command_receipts CASCADE").await;
        let newest = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM audit_entries");
        self.trail_begins = newest.fetch_one(self.stand.db.owner()).await.unwrap();
        self.users.clear();
        for _ in 0..USERS {
            self.users.push(factories::user().insert(&self.stand.db).await.id);
        }
        self.workers = (1..=WORKERS).map(|pid| crate::stand::worker(u32::try_from(pid).unwrap())).collect();
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
        let jobs: Vec<Row> = sqlx::query_as("SELECT id, status, version, lease_epoch, locked_by FROM background_jobs")
            .fetch_all(owner)
            .await
            .unwrap();
        let users: Vec<(Uuid, i32, Option<Uuid>)> =
            sqlx::query_as("SELECT id, demo_mode_version, demo_mode_job_id FROM users").fetch_all(owner).await.unwrap();
        Before {
            jobs: jobs.into_iter().map(|row| (row.id, row)).collect(),
            users: users.into_iter().map(|(id, version, job)| (id, (version.unsigned_abs(), job))).collect(),
            audited: self.audited().await,
        }
    }

    /// The lines of the trail that this case has written.
    pub async fn audited(&self) -> i64 {
        self.stand.count(&format!("audit_entries WHERE id > {}", self.trail_begins)).await
    }

    /// All at once, and a look at everything in their midst.
    async fn racing(&self, acting: Vec<Acting>) -> Vec<Answer> {
        let tasks: Vec<_> = acting.into_iter().map(tokio::spawn).collect();
        super::judge::assert_sound(self, "amid a step").await;
        collect(tasks).await
    }

    /// One after the other up to the user's row, which is held until all have begun.
    async fn behind(&self, user: Uuid, acting: Vec<Acting>) -> Vec<Answer> {
        let gate = self.hold(user).await;
        let mut tasks = vec![];
        for act in acting {
            tasks.push(tokio::spawn(act));
            let open =
                |tasks: &[tokio::task::JoinHandle<Answer>]| tasks.iter().filter(|task| !task.is_finished()).count();
            testkit::wait_until("the actor has ended or waits for a row", PATIENCE, async || {
                let waiting = "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
                open(&tasks) == 0 || usize::try_from(self.stand.count(waiting).await).unwrap() >= open(&tasks)
            })
            .await;
        }
        super::judge::assert_sound(self, "amid a step").await;
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

    fn prepare(&self, act: Act, before: &Before) -> Acting {
        let (api, work) = (self.stand.api.clone(), self.stand.work.clone());
        let lease = |worker: usize, hand: usize| {
            let leases = self.leases[worker].lock().unwrap();
            leases.iter().rev().nth(hand % leases.len().max(1)).cloned()
        };
        match act {
            Act::Ask { by, user, ask, key, seen } => self.ask(api, before, (by, user, ask), key, seen),
            Act::Claim { worker, limit } => {
                let session = self.workers[worker].clone();
                Box::pin(
                    async move { Answer::Claimed(work.claim(&session, "default", TYPES, limit, TTL, DEADLINE).await) },
                )
            }
            Act::Beat { worker } => {
                let (session, leases) = (self.workers[worker].id, self.leases[worker].lock().unwrap().clone());
                Box::pin(async move {
                    let held = leases.iter().map(|lease| (lease.job_id, lease.epoch)).collect();
                    Answer::Beaten { answer: work.renew(session, held, TTL).await, leases }
                })
            }
            Act::Progress { worker, hand } => wrote(lease(worker, hand), |lease| async move {
                work.report_progress(&lease, 50, "Half").await.map(|()| None)
            }),
            Act::Remember { worker, hand } => {
                wrote(lease(worker, hand), |lease| async move { remember(&work, &lease).await.map(|()| None) })
            }
            Act::Finish { worker, hand, end } => wrote(lease(worker, hand), move |lease| async move {
                if end == End::Succeed && lease.job_type == JobType::DemoEnable {
                    remember(&work, &lease).await?; // an enable has something to show before it succeeds
                }
                work.finish(&lease, ending(end), AT_ONCE).await.map(Some)
            }),
            Act::Rescue => {
                Box::pin(
                    async move { Answer::Rescued(work.rescue(TYPES, 10, AT_ONCE).await.map(|rescued| rescued.len())) },
                )
            }
            Act::Prune => Box::pin(async move { Answer::Pruned(work.remove_finished(Duration::ZERO).await) }),
        }
    }

    fn ask(&self, api: Store, before: &Before, asked: (Person, usize, Ask), key: Key, seen: bool) -> Acting {
        let (by, user, ask) = (asked.0, self.users[asked.1], asked.2);
        let (version, job) = before.users[&user];
        let of_job = job.and_then(|job| before.jobs.get(&job)).map(|row| row.version.unsigned_abs());
        let saw = match ask {
            Ask::CancelJob | Ask::RetryJob | Ask::RescheduleJob => of_job,
            _ => Some(version),
        };
        let key = (key == Key::Twice).then(|| CommandKey { key: testkit::new_id().to_string(), request_hash: [7; 32] });
        let command = Arc::new(Command {
            version: saw.filter(|_| seen),
            reason: Some("Asked".into()),
            key: key.clone(),
            ..Command::by(person(by, user))
        });
        Box::pin(async move {
            let answers = if key.is_some() {
                let (first, second) =
                    tokio::join!(send(&api, user, job, ask, &command), send(&api, user, job, ask, &command));
                vec![first, second]
            } else {
                vec![send(&api, user, job, ask, &command).await]
            };
            match answers.into_iter().collect::<Option<Vec<_>>>() {
                Some(answers) => Answer::Asked { user, ask, seen: command.version, answers },
                None => Answer::Nothing,
            }
        })
    }
}

/// `None`: there is no job to ask about.
async fn send(
    api: &Store,
    user: Uuid,
    job: Option<Uuid>,
    ask: Ask,
    command: &Command,
) -> Option<Result<Done, StoreError>> {
    Some(match ask {
        Ask::Enable => api.change_demo_mode(user, command, enable()).await,
        Ask::Disable => api.change_demo_mode(user, command, DemoModeRequest::Disable).await,
        Ask::Dismiss => api.change_demo_mode(user, command, DemoModeRequest::Dismiss).await,
        Ask::Cancel => api.cancel_demo_mode(user, command).await,
        Ask::CancelJob => api.cancel_job(job?, command).await,
        Ask::RetryJob => api.retry_job(job?, command).await,
        Ask::RescheduleJob => api.reschedule_job(job?, "2026-01-01T00:00:00Z".parse().unwrap(), command).await,
    })
}

fn person(by: Person, user: Uuid) -> Actor {
    let staff = |number, email: &str| Actor::Staff { id: Uuid::from_u128(number), email: email.into() };
    match by {
        Person::Customer => Actor::Customer { id: user, email: "customer@repruv.test".into() },
        Person::Dana => staff(7, "dana@repruv.test"),
        Person::Milo => staff(8, "milo@repruv.test"),
    }
}

fn wrote<F>(lease: Option<Lease>, write: impl FnOnce(Lease) -> F + Send + 'static) -> Acting
where
    F: Future<Output = Result<Option<Finished>, StoreError>> + Send + 'static,
{
    let Some(lease) = lease else { return Box::pin(async { Answer::Nothing }) };
    Box::pin(async move { Answer::Wrote { answer: write(lease.clone()).await, lease } })
}

async fn remember(work: &Store, lease: &Lease) -> Result<(), StoreError> {
    work.remember_profile(lease, &format!("prof_{}", lease.job_id.simple())).await
}

fn ending(end: End) -> Ending {
    match end {
        End::Succeed => succeeded(),
        End::FailOnce => failed("Busy.", false),
        End::FailForGood => failed("Refused.", true),
        End::Unsettled => {
            Ending::Failed { error: "Lost.".into(), permanent: false, retry_after: None, unsettled: true }
        }
        End::Stop { touched } => Ending::Cancelled { touched },
        End::HandBack => Ending::HandedBack,
    }
}

async fn collect(tasks: Vec<tokio::task::JoinHandle<Answer>>) -> Vec<Answer> {
    let mut answers = vec![];
    for task in tasks {
        answers.push(tokio::time::timeout(PATIENCE, task).await.expect("an actor hangs").unwrap());
    }
    answers
}
