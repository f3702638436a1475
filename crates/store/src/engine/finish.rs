//! Finish: the only way out of `running`. Success, retry, failure, cancellation, hand-back and rescue are one function.

use crate::{
    Actor, Command, Store, StoreError, bulk,
    demo_rows::{self, DemoModeRow},
    engine::Lease,
    events::cut,
    fault_point,
    job_commands::move_user,
    jobs::{self, JobRecord},
    planted,
};
use rand::Rng;
use sqlx::PgConnection;
use state_machine::{AttemptEnd, ErrorClass, JobEvent, JobStatus, JobTransition, JobType, RetryPolicy};
use std::time::Duration;
use uuid::Uuid;

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// The effect exists.
    Succeeded {
        /// For `result_data`; under 64 KiB.
        result: serde_json::Value,
    },
    /// It did not work out.
    Failed {
        /// For people: what happened and what can be done.
        error: String,
        /// The same for programs.
        class: ErrorClass,
        /// Trying again cannot help.
        permanent: bool,
        /// Not before this long from now; replaces the backoff when it is longer.
        retry_after: Option<Duration>,
        /// An effect may exist that is not known yet: a requested stop waits until another attempt has found out.
        unsettled: bool,
    },
    /// Stopped because a stop was asked for.
    Cancelled {
        /// Removal had begun.
        touched: bool,
    },
    /// Given back unfinished by a stopping worker; the attempt does not count.
    HandedBack,
    /// The lease or the deadline ran out. Only the rescuer says so.
    Expired {
        /// For people.
        error: String,
        /// The same for programs.
        class: ErrorClass,
    },
}

impl Ending {
    /// The step, as its failpoints name it.
    const fn step(&self) -> &'static str {
        match self {
            Self::Succeeded { .. } => "finish",
            Self::Failed { permanent: false, .. } => "retry",
            Self::Failed { permanent: true, .. } => "fail",
            Self::Cancelled { .. } => "cancel",
            Self::HandedBack => "hand_back",
            Self::Expired { .. } => "rescue",
        }
    }

    /// What the rules need to know of it.
    const fn end(&self) -> AttemptEnd {
        match *self {
            Self::Succeeded { .. } => AttemptEnd::Succeeded,
            Self::Failed { permanent, unsettled, .. } => AttemptEnd::Failed { permanent, unsettled },
            Self::Cancelled { touched } => AttemptEnd::Cancelled { touched },
            Self::HandedBack => AttemptEnd::HandedBack,
            Self::Expired { .. } => AttemptEnd::Expired,
        }
    }
}

/// What an ending led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The job's status now.
    pub status: JobStatus,
    /// What was recorded.
    pub event: JobEvent,
}

impl Store {
    /// Ends an attempt: job, event and the user's state in one transaction, fenced by the lease.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]: another has the job, or it has ended; nothing was written, not even for the user.
    /// [`StoreError::Unavailable`]: it could not be written; the lease will be rescued.
    pub async fn finish(&self, lease: &Lease, ending: Ending, policy: RetryPolicy) -> Result<Finished, StoreError> {
        let (lease, unit) = (lease.clone(), rand::rng().random::<f64>());
        let (kept, step) = (lease.clone(), ending.step());
        let written = self
            .step(step, move |tx| {
                let (lease, ending) = (lease.clone(), ending.clone());
                Box::pin(async move { end(tx, &lease, ending, policy, unit).await })
            })
            .await;
        match written {
            Ok(finished) => {
                self.wake.jobs();
                Ok(finished)
            }
            // Perhaps only the commit's answer was lost: the row tells.
            Err(StoreError::Unavailable(why)) => self.resolve(&kept).await?.ok_or(StoreError::Unavailable(why)),
            Err(other) => Err(other),
        }
    }

    /// Whether an ending whose answer was lost has been written. `None`: it has not, the lease still stands.
    async fn resolve(&self, lease: &Lease) -> Result<Option<Finished>, StoreError> {
        let job = self.job(lease.job_id).await?;
        if job.lease_epoch != lease.epoch {
            return Err(StoreError::LeaseLost { job_id: lease.job_id });
        }
        let event = match job.status {
            JobStatus::Running => return Ok(None),
            JobStatus::Completed => JobEvent::Succeed,
            JobStatus::Failed => JobEvent::Fail,
            JobStatus::Cancelled => JobEvent::ConfirmCancel,
            JobStatus::Pending => JobEvent::RetryLater,
        };
        Ok(Some(Finished { status: job.status, event }))
    }
}

pub(super) async fn end(
    tx: &mut PgConnection,
    lease: &Lease,
    ending: Ending,
    policy: RetryPolicy,
    unit: f64,
) -> Result<Finished, StoreError> {
    let (mut user, job) = lock(tx, lease).await?;
    if job.status != JobStatus::Running {
        return Err(StoreError::LeaseLost { job_id: lease.job_id });
    }
    let (attempt, max_attempts) = (job.attempt.unsigned_abs(), job.max_attempts.unsigned_abs());
    let event = ending.end().event(attempt, max_attempts, job.cancel_requested_at.is_some());
    let change = job.status.transition(event)?;
    let (detail, actor) = (detail_of(&ending), actor_of(lease, &ending));
    write_job(tx, lease, &job, &change, &ending, Told { policy, unit, actor: &actor, detail: detail.as_deref() })
        .await?;
    fault_point!(ending.step(), "fenced");
    let (may_have_made, made_nothing) =
        (ending.end().may_have_made(lease.job_type), ending.end().made_nothing(lease.job_type));
    if may_have_made || made_nothing {
        user = match user {
            Some(user) => Some(demo_rows::presume(tx, user, job.id, may_have_made).await?),
            None => None,
        };
    }
    if lease.job_type == JobType::Bulk {
        bulk::job_ended(tx, job.id, change.to(), detail.as_deref()).await?;
    }
    let forgotten = matches!(ending, Ending::Expired { .. }) && planted!("rescue-forgets-user");
    if let Some(user) = user.as_ref().filter(|_| !forgotten)
        && let Some(outcome) = ending.end().outcome(change.to(), user.demo.profile_exists)
    {
        let words = match change.to() {
            JobStatus::Cancelled => {
                Some("Turning demo mode off was cancelled part-way. Turn it off again to remove what is left.")
            }
            _ => detail.as_deref(),
        };
        move_user(tx, user, &job, outcome, words, &Command::by(actor)).await?;
    }
    Ok(Finished { status: change.to(), event: change.event() })
}

fn detail_of(ending: &Ending) -> Option<String> {
    match ending {
        Ending::Failed { error, .. } | Ending::Expired { error, .. } => Some(error.clone()),
        Ending::HandedBack => Some("The worker was stopped; the job goes on elsewhere.".into()),
        Ending::Succeeded { .. } | Ending::Cancelled { .. } => None,
    }
}

fn actor_of(lease: &Lease, ending: &Ending) -> Actor {
    match ending {
        Ending::Expired { .. } => Actor::System,
        _ => Actor::Worker { name: lease.worker.clone() },
    }
}

/// Which epoch and whose session the row must still name, or another has the job and nothing may be written.
fn fence(lease: &Lease, job: &JobRecord, ending: &Ending) -> (i64, Option<Uuid>) {
    let blind = match ending {
        Ending::Expired { .. } => return (lease.epoch, job.locked_by), // the rescuer holds nothing
        Ending::Failed { .. } => planted!("fail-without-epoch"),
        _ => planted!("finish-without-epoch"),
    };
    if blind { (job.lease_epoch, job.locked_by) } else { (lease.epoch, Some(lease.worker_id)) }
}

/// The user and the job, held: the user first, everywhere, or two of these deadlock.
async fn lock(tx: &mut PgConnection, lease: &Lease) -> Result<(Option<DemoModeRow>, JobRecord), StoreError> {
    let mut user = None;
    if let Some(user_id) = lease.user_id {
        if let Some((user, job)) = jobs::lock_with_user(tx, user_id, lease.job_id).await? {
            return Ok((Some(user), job));
        }
        user = demo_rows::lock(tx, user_id).await?;
    }
    let job = jobs::lock(tx, lease.job_id).await.map_err(|error| match error {
        StoreError::NotFound { .. } => StoreError::LeaseLost { job_id: lease.job_id },
        other => other,
    })?;
    Ok((user, job))
}

/// How long until another attempt, and what the history is told.
struct Told<'t> {
    policy: RetryPolicy,
    unit: f64,
    actor: &'t Actor,
    detail: Option<&'t str>,
}

/// The job's row and the line of its history, in one statement: no row, no line.
async fn write_job(
    tx: &mut PgConnection,
    lease: &Lease,
    job: &JobRecord,
    change: &JobTransition,
    ending: &Ending,
    told: Told<'_>,
) -> Result<(), StoreError> {
    let Told { policy, unit, .. } = told;
    let (result, error, class) = match ending {
        Ending::Succeeded { result } => (Some(result), None, None),
        Ending::Failed { error, class, .. } | Ending::Expired { error, class } => {
            (None, Some(cut(error, 2000)), Some(class.as_str()))
        }
        Ending::Cancelled { .. } | Ending::HandedBack => (None, None, None),
    };
    let delay = match (change.event(), ending) {
        (JobEvent::RetryLater, Ending::Failed { retry_after, .. }) => {
            policy.delay(job.attempt.unsigned_abs(), unit).max(retry_after.unwrap_or_default())
        }
        (JobEvent::Rescue, _) => policy.delay(job.attempt.unsigned_abs(), unit),
        _ => Duration::ZERO,
    };
    let (epoch, holder) = fence(lease, job, ending);
    let rows = sqlx::query(
        "WITH ended AS (UPDATE background_jobs SET status = $4, locked_by = NULL, lease_expires_at = NULL, deadline_at = NULL, \
         cancel_requested_at = CASE WHEN $4 = 'cancelled' OR $9 THEN cancel_requested_at END, \
         completed_at = CASE WHEN $4 <> 'pending' THEN now() END, \
         run_at = CASE WHEN $4 = 'pending' THEN now() + make_interval(secs => $5) ELSE run_at END, \
         attempt = attempt - $6, result_data = $7, error_message = coalesce($8, CASE WHEN $4 <> 'completed' THEN error_message END), \
         error_class = CASE WHEN $8 IS NOT NULL THEN $14 WHEN $4 <> 'completed' THEN error_class END, \
         progress = CASE $4 WHEN 'completed' THEN 100 WHEN 'pending' THEN 0 ELSE progress END, \
         progress_step = CASE WHEN $4 IN ('failed', 'cancelled') THEN progress_step END, version = version + 1 \
         WHERE id = $1 AND status = 'running' AND lease_epoch = $2 AND locked_by IS NOT DISTINCT FROM $3 \
         RETURNING id, user_id) \
         INSERT INTO job_events (job_id, user_id, event, from_status, to_status, attempt, actor, detail) \
         SELECT id, user_id, $10, 'running', $4, $11, $12, $13 FROM ended",
    )
    .bind(lease.job_id)
    .bind(epoch)
    .bind(holder)
    .bind(change.to().as_str())
    .bind(delay.as_secs_f64())
    .bind(i32::from(change.event() == JobEvent::HandBack))
    .bind(result)
    .bind(error)
    .bind(matches!(ending, Ending::Failed { unsettled: true, .. }))
    .bind(change.event().as_str())
    .bind(job.attempt)
    .bind(told.actor.label())
    .bind(told.detail.map(|text| cut(text, 2000)))
    .bind(class)
    .execute(tx)
    .await?
    .rows_affected();
    if rows == 1 || planted!("rows-affected-ignored") {
        Ok(())
    } else {
        Err(StoreError::LeaseLost { job_id: lease.job_id })
    }
}
