//! What people ask of a job: cancel, retry, reschedule.

use crate::{
    Command, Done, Store, StoreError,
    audit::{self, AuditLine},
    bulk,
    demo_mode::{check_version, disable_payload},
    demo_rows::{self, DemoModeRow},
    engine::{self, NewJob},
    events::{self, Event},
    jobs::{self, JobRecord},
    receipts::{self, Claimed},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::{DemoOperation, IllegalTransition, JobEvent, JobOutcome, JobStatus, JobTransition, JobType};
use uuid::Uuid;

#[derive(Clone, Copy)]
enum Ask {
    Cancel,
    Retry,
    Reschedule(DateTime<Utc>),
}

impl Store {
    /// Stops a job: a pending one at once, with its user's state; a running one is noted and stopped by its worker.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::VersionConflict`], [`StoreError::Illegal`], [`StoreError::KeyReused`].
    pub async fn cancel_job(&self, job_id: Uuid, command: &Command) -> Result<Done, StoreError> {
        let done = self.ask(job_id, command, Ask::Cancel).await?;
        self.wake.cancel();
        Ok(done)
    }

    /// Runs a failed or cancelled job again with a new budget of attempts; its user's state moves with it.
    ///
    /// # Errors
    /// As [`Store::cancel_job`].
    pub async fn retry_job(&self, job_id: Uuid, command: &Command) -> Result<Done, StoreError> {
        self.ask(job_id, command, Ask::Retry).await
    }

    /// Moves the time of a pending job.
    ///
    /// # Errors
    /// As [`Store::cancel_job`].
    pub async fn reschedule_job(
        &self,
        job_id: Uuid,
        run_at: DateTime<Utc>,
        command: &Command,
    ) -> Result<Done, StoreError> {
        self.ask(job_id, command, Ask::Reschedule(run_at)).await
    }

    async fn ask(&self, job_id: Uuid, command: &Command, ask: Ask) -> Result<Done, StoreError> {
        let command = command.clone();
        let done = self
            .step("command", move |tx| {
                let command = command.clone();
                Box::pin(async move { answer(tx, job_id, &command, ask).await })
            })
            .await?;
        self.wake.jobs();
        Ok(done)
    }
}

async fn answer(tx: &mut PgConnection, job_id: Uuid, command: &Command, ask: Ask) -> Result<Done, StoreError> {
    if receipts::claim(tx, command).await? == Claimed::Replayed {
        return Ok(Done { job_id: Some(job_id), replayed: true });
    }
    let user = match jobs::owner(tx, job_id).await? {
        Some(user_id) => demo_rows::lock(tx, user_id).await?,
        None => None,
    };
    match ask {
        Ask::Cancel => cancel_locked(tx, user.as_ref(), job_id, command, "job.cancel").await?,
        Ask::Retry => retry_locked(tx, user.as_ref(), job_id, command).await?,
        Ask::Reschedule(run_at) => reschedule_locked(tx, user.as_ref(), job_id, run_at, command).await?,
    }
    Ok(Done { job_id: Some(job_id), replayed: false })
}

/// Cancels a job whose user is locked already.
pub(crate) async fn cancel_locked(
    tx: &mut PgConnection,
    user: Option<&DemoModeRow>,
    job_id: Uuid,
    command: &Command,
    action: &'static str,
) -> Result<(), StoreError> {
    let job = jobs::lock(tx, job_id).await?;
    if action == "job.cancel" {
        check_version(command, job.version)?;
    }
    let change = stop(tx, user, &job, command).await?;
    audit_line(tx, &job, user, action, &change, command).await
}

/// Stops a job that is locked, as its user is: at once while it is pending, by its worker while it runs.
pub(crate) async fn stop(
    tx: &mut PgConnection,
    user: Option<&DemoModeRow>,
    job: &JobRecord,
    command: &Command,
) -> Result<JobTransition, StoreError> {
    let change = job.status.transition(JobEvent::RequestCancel)?;
    // A pending one that was asked to stop has yet to find out what it made: its next attempt ends it.
    if job.cancel_requested_at.is_some() && job.status.is_live() {
        return Err(refused(job, "A stop was already asked for; the worker is winding it up."));
    }
    let sql = match change.to() {
        JobStatus::Cancelled => {
            "UPDATE background_jobs SET status = 'cancelled', completed_at = now(), cancel_requested_at = now(), \
             version = version + 1 WHERE id = $1 AND status = $2"
        }
        _ => {
            "UPDATE background_jobs SET cancel_requested_at = now(), version = version + 1 \
             WHERE id = $1 AND status = $2"
        }
    };
    exactly_one(
        sqlx::query(sql).bind(job.id).bind(change.from().as_str()).execute(&mut *tx).await?.rows_affected(),
        job,
    )?;
    append_event(tx, job, &change, command).await?;
    if change.to() == JobStatus::Cancelled && job.job_type == JobType::Bulk.as_str() {
        bulk::job_ended(tx, job.id, change.to(), None).await?;
    }
    if change.to() == JobStatus::Cancelled
        && let Some(user) = user
    {
        // An attempt that was made before may have begun the removal. The fence counts every claim there ever was; the
        // attempts start again after a hand-back or a manual retry.
        let touched = job.lease_epoch > 0;
        let outcome = JobOutcome::Cancelled { profile_exists: user.demo.profile_exists, touched };
        move_user(tx, user, job, outcome, Some("Turning demo mode off was cancelled part-way."), command).await?;
    }
    Ok(change)
}

/// Moves the user with the end of its job, and enqueues the compensation that the rules ask for.
pub(crate) async fn move_user(
    tx: &mut PgConnection,
    user: &DemoModeRow,
    job: &JobRecord,
    outcome: JobOutcome,
    error: Option<&str>,
    command: &Command,
) -> Result<(), StoreError> {
    let operation = job.job_type.parse::<JobType>().ok().and_then(JobType::demo_operation);
    let Some(operation) = operation else { return Ok(()) };
    // The user's demo mode names the one job that may move it.
    if user.job_id != Some(job.id) {
        return Err(StoreError::BadRow {
            table: "users",
            id: user.user_id.to_string(),
            problem: format!("demo_mode_job_id does not name job {}", job.id),
        });
    }
    let outcome = match (operation, outcome) {
        // It never was on, so stopping the removal of what may have been made cannot leave it on.
        (DemoOperation::Disable, JobOutcome::Cancelled { profile_exists, .. }) if user.presumed().is_some() => {
            JobOutcome::Cancelled { profile_exists, touched: true }
        }
        _ => outcome,
    };
    let change = user.demo.transition(operation.ended(outcome))?;
    let next_job = match change.makes_job() {
        Some(job_type) => {
            let mut next = NewJob::for_demo_mode(job_type, user.user_id);
            next.payload = disable_payload(tx, user).await?;
            Some(engine::enqueue_in(tx, &next, &command.actor.label()).await?)
        }
        None => None,
    };
    demo_rows::write(tx, user, &change, next_job.or(Some(job.id)), error).await
}

async fn retry_locked(
    tx: &mut PgConnection,
    user: Option<&DemoModeRow>,
    job_id: Uuid,
    command: &Command,
) -> Result<(), StoreError> {
    let job = jobs::lock(tx, job_id).await?;
    check_version(command, job.version)?;
    let change = run_again(tx, user, &job, command).await?;
    audit_line(tx, &job, user, "job.retry", &change, command).await
}

/// Runs a job that is locked, as its user is, with a new budget of attempts.
pub(crate) async fn run_again(
    tx: &mut PgConnection,
    user: Option<&DemoModeRow>,
    job: &JobRecord,
    command: &Command,
) -> Result<JobTransition, StoreError> {
    job.status.transition(JobEvent::ManualRetry)?;
    if job.job_type == JobType::Bulk.as_str() {
        return Err(refused(job, "This job executes a bulk plan. Resume the plan, or plan anew."));
    }
    let operation = job.job_type.parse::<JobType>().ok().and_then(JobType::demo_operation);
    let user_change = match (operation, user) {
        (Some(_), Some(user)) if user.job_id != Some(job.id) => {
            return Err(refused(
                job,
                "The user's demo mode has moved on since this job. Change it on the user's page.",
            ));
        }
        (Some(operation), Some(user)) => Some((user, user.demo.transition(operation.request())?)),
        _ => None,
    };
    let change = restart(tx, job, command).await?;
    if let Some((user, user_change)) = user_change {
        demo_rows::write(tx, user, &user_change, Some(job.id), None).await?;
    }
    Ok(change)
}

/// Gives a job that has ended, and is locked, a new budget of attempts.
pub(crate) async fn restart(
    tx: &mut PgConnection,
    job: &JobRecord,
    command: &Command,
) -> Result<JobTransition, StoreError> {
    let change = job.status.transition(JobEvent::ManualRetry)?;
    let done = sqlx::query(
        "UPDATE background_jobs SET status = 'pending', attempt = 0, run_at = now(), scheduled_for = now(), \
         completed_at = NULL, cancel_requested_at = NULL, progress = 0, progress_step = NULL, result_data = NULL, \
         version = version + 1 WHERE id = $1 AND status = $2",
    )
    .bind(job.id)
    .bind(change.from().as_str())
    .execute(&mut *tx)
    .await?;
    exactly_one(done.rows_affected(), job)?;
    append_event(tx, job, &change, command).await?;
    Ok(change)
}

async fn reschedule_locked(
    tx: &mut PgConnection,
    user: Option<&DemoModeRow>,
    job_id: Uuid,
    run_at: DateTime<Utc>,
    command: &Command,
) -> Result<(), StoreError> {
    let job = jobs::lock(tx, job_id).await?;
    check_version(command, job.version)?;
    let change = run_at_time(tx, &job, Some(run_at), command).await?;
    audit_line(tx, &job, user, "job.reschedule", &change, command).await
}

/// Moves the time of a job that is locked; `None`: to now, by database time.
pub(crate) async fn run_at_time(
    tx: &mut PgConnection,
    job: &JobRecord,
    run_at: Option<DateTime<Utc>>,
    command: &Command,
) -> Result<JobTransition, StoreError> {
    let change = job.status.transition(JobEvent::Reschedule)?;
    let done = sqlx::query(
        "UPDATE background_jobs SET run_at = coalesce($3, now()), scheduled_for = coalesce($3, now()), \
         version = version + 1 WHERE id = $1 AND status = $2",
    )
    .bind(job.id)
    .bind(change.from().as_str())
    .bind(run_at)
    .execute(&mut *tx)
    .await?;
    exactly_one(done.rows_affected(), job)?;
    append_event(tx, job, &change, command).await?;
    Ok(change)
}

fn refused(job: &JobRecord, reason: &str) -> StoreError {
    IllegalTransition { from: job.status.as_str(), event: "request", reason: reason.into() }.into()
}

fn exactly_one(rows: u64, job: &JobRecord) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::VersionConflict { current: job.version }) }
}

async fn append_event(
    tx: &mut PgConnection,
    job: &JobRecord,
    change: &JobTransition,
    command: &Command,
) -> Result<(), StoreError> {
    let event = Event {
        job_id: job.id,
        user_id: job.user_id,
        event: change.event().as_str(),
        from: Some(change.from()),
        to: change.to(),
        attempt: job.attempt,
        actor: &command.actor.label(),
        detail: command.reason.as_deref(),
    };
    events::append(tx, event).await
}

/// The audit line of a change of a job that is locked, as its user is.
pub(crate) async fn audit_line(
    tx: &mut PgConnection,
    job: &JobRecord,
    user: Option<&DemoModeRow>,
    action: &str,
    change: &JobTransition,
    command: &Command,
) -> Result<(), StoreError> {
    let line = AuditLine {
        action,
        user_id: job.user_id,
        user_email: user.map(|user| user.email.as_str()),
        job_id: Some(job.id),
        session_id: None,
        before: Some(change.from().as_str()),
        after: Some(change.to().as_str()),
    };
    audit::append(tx, command, line).await
}
