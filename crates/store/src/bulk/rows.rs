//! A plan as it is stored: locking it, moving it, and what the end of its job means for it.

use crate::{StoreError, events::cut};
use sqlx::PgConnection;
use state_machine::{BulkEvent, BulkStatus, BulkTransition, JobStatus};
use uuid::Uuid;

/// A plan without its items.
pub(super) struct PlanRow {
    pub id: Uuid,
    pub status: BulkStatus,
    pub version: u32,
    pub will_change: u32,
    pub typed_count: bool,
    pub second_person: bool,
    pub planned_by: Uuid,
    pub confirmed_by: Option<Uuid>,
    pub approved_by: Option<Uuid>,
    /// Why it stands where it stands.
    pub note: Option<String>,
    pub expired: bool,
    /// Its items are what they were when it was made.
    pub intact: bool,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Uuid,
    status: String,
    version: i32,
    will_change: i32,
    typed_count: bool,
    second_person: bool,
    planned_by: Uuid,
    confirmed_by: Option<Uuid>,
    approved_by: Option<Uuid>,
    note: Option<String>,
    expired: bool,
    intact: bool,
}

impl TryFrom<Raw> for PlanRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |problem: String| StoreError::BadRow { table: "bulk_plans", id: raw.id.to_string(), problem };
        Ok(Self {
            id: raw.id,
            status: raw.status.parse().map_err(|e| bad(format!("status: {e}")))?,
            version: raw.version.unsigned_abs(),
            will_change: raw.will_change.unsigned_abs(),
            typed_count: raw.typed_count,
            second_person: raw.second_person,
            planned_by: raw.planned_by,
            confirmed_by: raw.confirmed_by,
            approved_by: raw.approved_by,
            note: raw.note,
            expired: raw.expired,
            intact: raw.intact,
        })
    }
}

/// `$2`: compare the items with the plan's digest, which reads them all.
macro_rules! lock {
    ($by:literal) => {
        concat!(
            "SELECT id, status, version, will_change, typed_count, second_person, planned_by, confirmed_by, \
             approved_by, note, now() >= expires_at AS expired, \
             NOT $2 OR digest = bulk_digest(id, action, reason, rate_per_s) AS intact FROM bulk_plans WHERE ",
            $by,
            " = $1 FOR NO KEY UPDATE"
        )
    };
}

/// Reads a plan and holds it until the end of the transaction. Lock its job first.
pub(super) async fn lock(tx: &mut PgConnection, id: Uuid, compare: bool) -> Result<PlanRow, StoreError> {
    let raw: Option<Raw> = sqlx::query_as(lock!("id")).bind(id).bind(compare).fetch_optional(tx).await?;
    raw.ok_or(StoreError::NotFound { what: "bulk plan" })?.try_into()
}

/// Who takes part in a step.
#[derive(Default)]
pub(super) struct Written<'w> {
    /// Who confirms, with their name.
    pub confirmed: Option<(Uuid, &'w str)>,
    /// Who approves, with their name.
    pub approved: Option<(Uuid, &'w str)>,
    /// The job that executes it.
    pub job_id: Option<Uuid>,
    /// Why it stands where it stands.
    pub note: Option<&'w str>,
}

/// Writes a transition over the row that [`lock`] read.
pub(super) async fn write(
    tx: &mut PgConnection,
    plan: &PlanRow,
    change: &BulkTransition,
    with: Written<'_>,
) -> Result<(), StoreError> {
    let mut query = sqlx::QueryBuilder::new("UPDATE bulk_plans SET version = version + 1, status = ");
    query.push_bind(change.to().as_str()).push(", note = ").push_bind(with.note);
    if change.to().is_over() {
        query.push(", ended_at = now()");
    }
    // Only what this step sets: a worker has no right to name who confirmed, not even to itself.
    if let Some((id, name)) = with.confirmed {
        query
            .push(", confirmed_at = now(), confirmed_by = ")
            .push_bind(id)
            .push(", confirmed_by_name = ")
            .push_bind(name);
    }
    if let Some((id, name)) = with.approved {
        query.push(", approved_at = now(), approved_by = ").push_bind(id).push(", approved_by_name = ").push_bind(name);
    }
    if let Some(job_id) = with.job_id {
        query.push(", job_id = ").push_bind(job_id);
    }
    if !change.to().is_at_work() {
        query.push(
            ", done = (SELECT count(*) FROM bulk_items i WHERE i.plan_id = bulk_plans.id AND i.state = 'done'), \
             failed = (SELECT count(*) FROM bulk_items i WHERE i.plan_id = bulk_plans.id AND i.state = 'failed')",
        );
    }
    query.push(" WHERE id = ").push_bind(plan.id);
    query.push(" AND status = ").push_bind(change.from().as_str());
    query.push(" AND version = ").push_bind(i32::try_from(plan.version).unwrap_or(i32::MAX));
    match query.build().execute(tx).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::VersionConflict { current: plan.version }),
    }
}

/// What the end of a plan's job means for the plan; in the transaction that ends the job, which is locked.
pub(crate) async fn job_ended(
    tx: &mut PgConnection,
    job_id: Uuid,
    to: JobStatus,
    error: Option<&str>,
) -> Result<(), StoreError> {
    let raw: Option<Raw> = sqlx::query_as(lock!("job_id")).bind(job_id).bind(false).fetch_optional(&mut *tx).await?;
    let Some(plan) = raw.map(PlanRow::try_from).transpose()? else { return Ok(()) };
    let waits: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM bulk_items WHERE plan_id = $1 AND state = 'waiting')")
            .bind(plan.id)
            .fetch_one(&mut *tx)
            .await?;
    let (event, note) = match to {
        JobStatus::Completed if waits => (BulkEvent::Interrupt, Some("Its job ended before all items were executed.")),
        JobStatus::Completed => (BulkEvent::Finish, None),
        JobStatus::Failed => (BulkEvent::Interrupt, error),
        JobStatus::Cancelled if plan.status == BulkStatus::Running => {
            (BulkEvent::Stopped, Some("Its job was cancelled, and with it the plan."))
        }
        // Why it was asked to stop, where that was no person's wish for this plan.
        JobStatus::Cancelled => (BulkEvent::Stopped, plan.note.as_deref()),
        JobStatus::Pending | JobStatus::Running => return Ok(()),
    };
    // A hand in the database may have moved one without the other; the job must be able to end all the same.
    let Ok(change) = plan.status.transition(event) else {
        tracing::warn!(plan = %plan.id, "Plan {} is {} while its job {job_id} ends as {to}", plan.id, plan.status);
        return Ok(());
    };
    write(tx, &plan, &change, Written { note: note.map(|text| cut(text, 500)), ..Written::default() }).await
}
