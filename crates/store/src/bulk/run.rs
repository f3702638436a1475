//! Executing a plan: each item in a transaction of its own, with the same steps as when a person does it to one.

use super::item::{BulkItem, ItemEnd, end, fence, take};
use crate::{
    Actor, Command, DemoModeRequest, Store, StoreError,
    demo_mode::{self, check_version},
    demo_rows,
    engine::Lease,
    job_commands, jobs,
    session_commands::{WhichSessions, end_sessions},
};
use sqlx::PgConnection;
use state_machine::{BulkAction, IllegalTransition};
use uuid::Uuid;

/// What its job must know of a plan.
#[derive(Clone, Debug)]
pub struct BulkRun {
    /// The plan.
    pub plan_id: Uuid,
    /// What is done to each item.
    pub action: BulkAction,
    /// Items a second at most.
    pub rate_per_s: u32,
    /// Items to be executed, those that have ended included.
    pub total: u32,
    /// Executed with success so far.
    pub done: u32,
    /// Executed without success so far.
    pub failed: u32,
    pub(super) command: Command,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Uuid,
    action: String,
    reason: String,
    rate_per_s: i32,
    will_change: i32,
    done: i64,
    failed: i64,
    confirmed_by: Uuid,
    confirmed_by_name: String,
    intact: bool,
}

const RUN: &str = "SELECT p.id, p.action, p.reason, p.rate_per_s, p.will_change, p.confirmed_by, p.confirmed_by_name, \
    p.digest = bulk_digest(p.id, p.action, p.reason, p.rate_per_s) AS intact, \
    (SELECT count(*) FROM bulk_items i WHERE i.plan_id = p.id AND i.state = 'done') AS done, \
    (SELECT count(*) FROM bulk_items i WHERE i.plan_id = p.id AND i.state = 'failed') AS failed \
  FROM bulk_plans p WHERE p.job_id = $1";

impl Store {
    /// The plan that the job of `lease` executes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none; [`StoreError::Illegal`] when its items are not what was confirmed.
    pub async fn bulk_run(&self, lease: &Lease) -> Result<BulkRun, StoreError> {
        let job_id = lease.job_id;
        self.section(move |store| async move {
            let raw: Option<Raw> = sqlx::query_as(RUN).bind(job_id).fetch_optional(&store.pool).await?;
            raw.ok_or(StoreError::NotFound { what: "bulk plan" })?.try_into()
        })
        .await
    }

    /// Executes one item under the lease of the plan's job: its change, its result and its audit line in one transaction, or
    /// its failure in another. Once a stop of the plan is committed, no item is begun.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the job is no longer this worker's or was asked to stop; [`StoreError::Unavailable`].
    /// The item waits then, as if nobody had tried.
    pub async fn run_bulk_item(&self, lease: &Lease, run: &BulkRun, item: BulkItem) -> Result<ItemEnd, StoreError> {
        let (held, run_of) = (lease.clone(), run.clone());
        let tried = self
            .step("bulk", move |tx| {
                let (lease, run) = (held.clone(), run_of.clone());
                Box::pin(async move { execute(tx, &lease, &run, item).await })
            })
            .await;
        self.told(lease, run, item, tried).await
    }
}

impl TryFrom<Raw> for BulkRun {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        if !raw.intact {
            let reason =
                "The plan's items are not what was confirmed. Nothing more was changed. Abort it and plan anew.";
            return Err(IllegalTransition { from: "running", event: "execute", reason: reason.into() }.into());
        }
        let bad = |problem: String| StoreError::BadRow { table: "bulk_plans", id: raw.id.to_string(), problem };
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Self {
            plan_id: raw.id,
            action: raw.action.parse().map_err(|e| bad(format!("action: {e}")))?,
            rate_per_s: raw.rate_per_s.unsigned_abs().max(1),
            total: raw.will_change.unsigned_abs(),
            done: count(raw.done),
            failed: count(raw.failed),
            command: Command {
                reason: Some(raw.reason),
                request_id: Some(format!("bulk:{}", raw.id)),
                ..Command::by(Actor::Staff { id: raw.confirmed_by, email: raw.confirmed_by_name })
            },
        })
    }
}

async fn execute(tx: &mut PgConnection, lease: &Lease, run: &BulkRun, item: BulkItem) -> Result<ItemEnd, StoreError> {
    if !take(tx, run.plan_id, item.seq).await? {
        return Ok(ItemEnd::Already);
    }
    let bound = |version: Option<i32>| Command { version: version.map(i32::unsigned_abs), ..run.command.clone() };
    match run.action {
        BulkAction::RetryJobs | BulkAction::CancelJobs => {
            let command = bound(item.job_version);
            let job_id = item.job_id.ok_or(StoreError::NotFound { what: "job" })?;
            let user = match jobs::owner(tx, job_id).await? {
                Some(user_id) => demo_rows::lock(tx, user_id).await?,
                None => None,
            };
            let job = jobs::lock(tx, job_id).await?;
            check_version(&command, job.version)?;
            let (change, action) = match run.action {
                BulkAction::CancelJobs => (job_commands::stop(tx, user.as_ref(), &job, &command).await?, "job.cancel"),
                _ => (job_commands::run_again(tx, user.as_ref(), &job, &command).await?, "job.retry"),
            };
            fence(tx, lease).await?;
            end(tx, run.plan_id, item.seq, "done", "done", &format!("{} → {}", change.from(), change.to())).await?;
            job_commands::audit_line(tx, &job, user.as_ref(), action, &change, &command).await?;
        }
        BulkAction::DisableDemoMode => {
            let command = bound(item.user_version);
            let user_id = item.user_id.ok_or(StoreError::NotFound { what: "user" })?;
            let user = demo_rows::lock(tx, user_id).await?.ok_or(StoreError::NotFound { what: "user" })?;
            check_version(&command, user.version)?;
            let request = DemoModeRequest::Disable;
            let (change, job_id) = demo_mode::request(tx, &user, &command, &request).await?;
            fence(tx, lease).await?;
            let words = format!("{} → {}", change.from().status, change.to().status);
            end(tx, run.plan_id, item.seq, "done", "done", &words).await?;
            demo_mode::audit_line(tx, &user, &command, &request, &change, job_id).await?;
        }
        BulkAction::RevokeSessions => {
            let user_id = item.user_id.ok_or(StoreError::NotFound { what: "user" })?;
            let all = WhichSessions::default();
            let ended = end_sessions(tx, user_id, &all, &run.command).await?;
            fence(tx, lease).await?;
            end(tx, run.plan_id, item.seq, "done", "done", &format!("{} revoked", ended.count)).await?;
            ended.audit(tx, &all, &run.command).await?;
        }
        BulkAction::ApplyFix => {
            let reason = "No fix is applied without asking what the verdict is now.".into();
            return Err(IllegalTransition { from: "case", event: "apply_fix", reason }.into());
        }
    }
    Ok(ItemEnd::Done)
}
