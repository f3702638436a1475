//! Fixes: what a verdict offered, done in one transaction bound to everything that it was offered on.

use crate::{
    Command, Done, Store, StoreError,
    audit::{self, AuditLine},
    demo_mode::disable_payload,
    demo_rows::{self, DemoModeRow},
    engine::{self, NewJob},
    fix_outcomes::{self, Aim},
    job_commands,
    jobs::{self, JobRecord},
    queue_pause,
    receipts::{self, Claimed},
};
use sqlx::PgConnection;
use state_machine::{
    DemoModeEvent, DemoModeStatus, DemoModeTransition, DemoOperation, ErrorClass, IllegalTransition, JobStatus,
    JobType,
    triage::{Cause, Fix, FixPlan},
};
use std::time::Duration;
use uuid::Uuid;

/// A fix that the rules planned, with all that was seen when they did.
#[derive(Clone, Debug)]
pub struct FixOrder {
    /// Which.
    pub fix: Fix,
    /// What it is for.
    pub cause: Cause,
    /// The class of the job's last error.
    pub error_class: Option<ErrorClass>,
    /// The user and their version.
    pub user: Option<(Uuid, u32)>,
    /// The job and its version.
    pub job: Option<(Uuid, u32)>,
    /// The job's queue and its version, where the fix is about the queue.
    pub queue: Option<(String, u32)>,
    /// The changes of state that it consists of.
    pub plan: FixPlan,
    /// The profile that the demo service was asked about, and whether it is there and complete.
    pub asked: Option<(String, bool)>,
    /// When its effect should be there, from history.
    pub due_in: Duration,
}

impl Store {
    /// Applies a fix: key, both locks, both versions, the states that the plan starts from, its changes, its record and its
    /// audit line in one transaction.
    ///
    /// # Errors
    /// [`StoreError::CaseMoved`] when user, job or queue are not as they were seen: nothing was written.
    /// [`StoreError::Illegal`], [`StoreError::KeyReused`].
    pub async fn apply_fix(&self, order: FixOrder, command: &Command) -> Result<Done, StoreError> {
        let command = command.clone();
        let done = self
            .step("command", move |tx| {
                let (order, command) = (order.clone(), command.clone());
                Box::pin(async move { apply(tx, &order, &command).await })
            })
            .await?;
        self.wake.jobs();
        self.wake.cancel();
        Ok(done)
    }
}

async fn apply(tx: &mut PgConnection, order: &FixOrder, command: &Command) -> Result<Done, StoreError> {
    let job_id = order.job.map(|job| job.0);
    if receipts::claim(tx, command).await? == Claimed::Replayed {
        return Ok(Done { job_id, replayed: true });
    }
    let fixed = carry_out(tx, order, command).await?;
    fixed.audit(tx, order, command).await?;
    Ok(Done { job_id: fixed.aim.job_id.or(job_id), replayed: false })
}

/// A fix that is written, but for its line in the trail.
pub(crate) struct Fixed {
    email: Option<String>,
    before: String,
    aim: Aim,
}

/// Locks what the order is about, compares it with what was seen, and writes the changes with their record.
pub(crate) async fn carry_out(tx: &mut PgConnection, order: &FixOrder, command: &Command) -> Result<Fixed, StoreError> {
    let (user, job) = lock_as_seen(tx, order).await?;
    let aim = act(tx, order, user.as_ref(), job.as_ref(), command).await.map_err(moved_meanwhile)?;
    fix_outcomes::record(tx, order, &aim, command).await?;
    let before = state(user.as_ref(), job.as_ref());
    Ok(Fixed { email: user.map(|user| user.email), before, aim })
}

impl Fixed {
    /// From where to where, for people.
    pub(crate) fn words(&self) -> String {
        format!("{} → {}", self.before, self.aim.next)
    }

    /// Its line; the lock that this takes comes last.
    pub(crate) async fn audit(
        &self,
        tx: &mut PgConnection,
        order: &FixOrder,
        command: &Command,
    ) -> Result<(), StoreError> {
        let before = format!("{}: {}", order.cause, self.before);
        let line = AuditLine {
            action: action(order.fix),
            user_id: order.user.map(|user| user.0),
            user_email: self.email.as_deref(),
            job_id: self.aim.job_id.or(order.job.map(|job| job.0)),
            before: Some(&before),
            after: Some(self.aim.next),
            ..AuditLine::default()
        };
        audit::append(tx, command, line).await
    }
}

/// Holds the user, then the job, and answers them only if both are what the verdict was about.
async fn lock_as_seen(
    tx: &mut PgConnection,
    order: &FixOrder,
) -> Result<(Option<DemoModeRow>, Option<JobRecord>), StoreError> {
    let mut user = None;
    if let Some((user_id, version)) = order.user {
        let found = demo_rows::lock(tx, user_id).await?.ok_or(StoreError::NotFound { what: "user" })?;
        let starts = order.plan.user().first().is_none_or(|change| change.from() == found.demo);
        let asked = order.asked.as_ref().is_none_or(|(id, _)| found.profile_id.as_deref() == Some(id));
        if found.version != version || !starts || !asked {
            return Err(StoreError::CaseMoved);
        }
        user = Some(found);
    }
    let mut job = None;
    if let Some((job_id, version)) = order.job {
        let found = jobs::lock(tx, job_id).await.map_err(moved_meanwhile)?;
        let starts = order.plan.job().is_none_or(|change| change.from() == found.status);
        if found.version != version || !starts {
            return Err(StoreError::CaseMoved);
        }
        job = Some(found);
    } else if let Some(named) = user.as_ref().and_then(|user| user.job_id) {
        // Seen without a job: demo mode names one that is gone, or else it names one since.
        match jobs::owner(tx, named).await {
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error),
            Ok(_) => return Err(StoreError::CaseMoved),
        }
    }
    Ok((user, job))
}

/// What the rows themselves refuse after the locks is a move that no version told of.
fn moved_meanwhile(error: StoreError) -> StoreError {
    match error {
        StoreError::NotFound { what: "job" } | StoreError::VersionConflict { .. } => StoreError::CaseMoved,
        other => other,
    }
}

async fn act(
    tx: &mut PgConnection,
    order: &FixOrder,
    user: Option<&DemoModeRow>,
    job: Option<&JobRecord>,
    command: &Command,
) -> Result<Aim, StoreError> {
    let no = |what: &str| -> StoreError {
        IllegalTransition { from: "case", event: order.fix.as_str(), reason: format!("There is no {what}.") }.into()
    };
    match order.fix {
        Fix::RetryNow => {
            let job = job.ok_or_else(|| no("job"))?;
            if job.status == JobStatus::Pending {
                job_commands::run_at_time(tx, job, None, command).await?;
            } else {
                job_commands::run_again(tx, user, job, command).await?;
            }
            Ok(Aim::of_job(job, "pending", wanted(job, user)))
        }
        Fix::Cancel => {
            let job = job.ok_or_else(|| no("job"))?;
            let change = job_commands::stop(tx, user, job, command).await?;
            Ok(stopped(order, job, user, change.to()))
        }
        Fix::ConfirmExisting => {
            let user = user.ok_or_else(|| no("user"))?;
            let (_, profile_exists) = order.asked.as_ref().ok_or_else(|| no("answer of the demo service"))?;
            let profile_exists = *profile_exists;
            let change = user.demo.transition(DemoModeEvent::ConfirmExisting { profile_exists })?;
            demo_rows::write(tx, user, &change, user.job_id, None).await?;
            Ok(Aim::reached(change.to().status.as_str()))
        }
        Fix::Reset | Fix::Reconcile => {
            let user = user.ok_or_else(|| no("user"))?;
            follow(tx, order, user, job, command).await
        }
        Fix::ResumeQueue => {
            let (name, version) = order.queue.as_ref().ok_or_else(|| no("queue"))?;
            queue_pause::turn(tx, name, Some(*version), command, false).await.map_err(|error| match error {
                StoreError::Illegal(_) => StoreError::CaseMoved,
                other => other,
            })?;
            Ok(Aim { next: "open", expected: None, job_id: job.map(|job| job.id), reached: job.is_none() })
        }
    }
}

/// Moves the user as planned, step by step, and makes the job that the last step asks for.
async fn follow(
    tx: &mut PgConnection,
    order: &FixOrder,
    user: &DemoModeRow,
    job: Option<&JobRecord>,
    command: &Command,
) -> Result<Aim, StoreError> {
    let mut user = user.clone();
    if order.plan.user().is_empty() {
        // The database derives the old boolean whenever the state is written, whatever is written.
        sqlx::query("UPDATE users SET demo_mode_status = demo_mode_status WHERE id = $1")
            .bind(user.user_id)
            .execute(tx)
            .await?;
        return Ok(Aim::reached(user.demo.status.as_str()));
    }
    let live = job.filter(|job| job.status.is_live());
    recall_profile(tx, &mut user, job, order.plan.user()).await?;
    let mut at_work = live.map(|job| job.id).or(user.job_id);
    let mut made = live.map(|job| job.id);
    for change in order.plan.user() {
        if let (Some(job_type), None) = (change.makes_job(), live) {
            let mut next = NewJob::for_demo_mode(job_type, user.user_id);
            next.payload = disable_payload(tx, &user).await?;
            let id = engine::enqueue_in(tx, &next, &command.actor.label()).await?;
            (at_work, made) = (Some(id), Some(id));
        }
        let error = job.and_then(|job| job.error_message.as_deref());
        demo_rows::write(tx, &user, change, at_work, error.or(Some("The job ended without telling its user."))).await?;
        user.version += 1;
        user.demo = change.to();
        if !user.demo.profile_exists {
            user.profile_id = None;
        }
    }
    let next = user.demo.status.as_str();
    Ok(match user.demo.status {
        DemoModeStatus::Enabling => Aim { next, expected: Some("enabled"), job_id: made, reached: false },
        DemoModeStatus::Disabling => Aim { next, expected: Some("disabled"), job_id: made, reached: false },
        _ => Aim::reached(next),
    })
}

/// A job that has made a profile tells which; its user may have missed that as well.
async fn recall_profile(
    tx: &mut PgConnection,
    user: &mut DemoModeRow,
    job: Option<&JobRecord>,
    changes: &[DemoModeTransition],
) -> Result<(), StoreError> {
    let ends_on = changes.last().is_some_and(|change| change.to().status == DemoModeStatus::Enabled);
    let made = job.and_then(|job| job.result_data.as_ref()?["profile_id"].as_str());
    if let (true, None, Some(profile_id)) = (ends_on, &user.profile_id, made) {
        sqlx::query("UPDATE users SET demo_profile_id = left($2, 64) WHERE id = $1")
            .bind(user.user_id)
            .bind(profile_id)
            .execute(tx)
            .await?;
        user.profile_id = Some(profile_id.to_owned());
    }
    Ok(())
}

/// What a job that runs again should lead to.
fn wanted(job: &JobRecord, user: Option<&DemoModeRow>) -> &'static str {
    match (operation(job), user) {
        (Some(DemoOperation::Enable), Some(_)) => "enabled",
        (Some(DemoOperation::Disable), Some(_)) => "disabled",
        _ => "completed",
    }
}

fn stopped(order: &FixOrder, job: &JobRecord, user: Option<&DemoModeRow>, to: JobStatus) -> Aim {
    let planned = order.plan.user().last().map(|change| change.to().status);
    match (planned, operation(job), user) {
        (Some(DemoModeStatus::Disabling), ..) => {
            Aim { next: "disabling", expected: Some("disabled"), job_id: None, reached: false }
        }
        (Some(status), ..) => Aim::reached(status.as_str()),
        (None, Some(DemoOperation::Enable), Some(_)) => Aim::of_job(job, to.as_str(), "disabled"),
        (None, Some(DemoOperation::Disable), Some(_)) => Aim::of_job(job, to.as_str(), "enabled"),
        _ if to == JobStatus::Cancelled => Aim::reached("cancelled"),
        _ => Aim::of_job(job, to.as_str(), "cancelled"),
    }
}

fn operation(job: &JobRecord) -> Option<DemoOperation> {
    job.job_type.parse::<JobType>().ok().and_then(JobType::demo_operation)
}

fn state(user: Option<&DemoModeRow>, job: Option<&JobRecord>) -> String {
    let user = user.map(|user| user.demo.status.as_str());
    let job = job.map(|job| format!("job {}", job.status));
    [user, job.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

const fn action(fix: Fix) -> &'static str {
    match fix {
        Fix::RetryNow => "fix.retry_now",
        Fix::Cancel => "fix.cancel",
        Fix::ConfirmExisting => "fix.confirm_existing",
        Fix::Reset => "fix.reset",
        Fix::Reconcile => "fix.reconcile",
        Fix::ResumeQueue => "fix.resume_queue",
    }
}
