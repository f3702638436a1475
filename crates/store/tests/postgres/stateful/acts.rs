//! What each actor does, through the public `Store`, and what it hears.

use super::{
    schedule::{Act, Ask, End, Key, Person},
    world::{Before, World},
};
use crate::stand::{AT_ONCE, DEADLINE, TTL, TYPES, enable, failed, succeeded};
use state_machine::JobType;
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};
use store::{
    Actor, Command, CommandKey, DemoModeRequest, Done, Store, StoreError,
    engine::{ClaimedJob, Ending, Finished, Lease, Renewal},
};
use uuid::Uuid;

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
    Rescued(Result<Vec<Uuid>, StoreError>),
    Pruned(Result<u64, StoreError>),
    /// There was nothing that it could have acted on.
    Nothing,
}

pub type Acting = Pin<Box<dyn Future<Output = Answer> + Send>>;

impl World {
    /// Everything that an act needs is looked up before the step; what it does happens when it is awaited.
    pub fn prepare(&self, act: Act, before: &Before) -> Acting {
        let (api, work) = (self.stand.api.clone(), self.stand.work.clone());
        let lease = |worker: usize, hand: usize| {
            let leases = self.leases[worker].lock().unwrap();
            leases.iter().rev().nth(hand % leases.len().max(1)).cloned()
        };
        match act {
            Act::Ask { by, user, ask, key, seen } => self.ask(api, before, (by, user, ask), key, seen),
            Act::Claim { worker, limit } => {
                let (session, front) = (self.workers[worker].clone(), self.fronts[worker].clone());
                Box::pin(async move { Answer::Claimed(work.claim(&session, &front, limit, TTL, DEADLINE).await) })
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
            Act::Rescue => Box::pin(async move {
                let rescued = work.rescue(TYPES, 10, AT_ONCE).await;
                Answer::Rescued(rescued.map(|rescued| rescued.into_iter().map(|(job, _)| job).collect()))
            }),
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
        End::Unsettled => Ending::Failed {
            error: "Lost.".into(),
            class: state_machine::ErrorClass::Unreachable,
            permanent: false,
            retry_after: None,
            unsettled: true,
        },
        End::Stop { touched } => Ending::Cancelled { touched },
        End::HandBack => Ending::HandedBack,
    }
}
