//! One item of a plan while it is executed: taken, fenced, ended once with its result.

use super::run::BulkRun;
use crate::{Store, StoreError, engine::Lease, events::cut, fault_point};
use sqlx::PgConnection;
use state_machine::triage::Fix;
use uuid::Uuid;

/// An item that waits.
#[derive(Clone, Copy, Debug)]
pub struct BulkItem {
    /// Its place in the plan.
    pub seq: i32,
    /// What was chosen: a job or a user.
    pub target_id: Uuid,
    /// The user, as planned.
    pub user_id: Option<Uuid>,
    /// What its verdict offered, where the action is to apply it.
    pub fix: Option<Fix>,
    pub(super) user_version: Option<i32>,
    pub(super) job_id: Option<Uuid>,
    pub(super) job_version: Option<i32>,
}

#[derive(sqlx::FromRow)]
struct RawItem {
    seq: i32,
    target_id: Uuid,
    job_id: Option<Uuid>,
    job_version: Option<i32>,
    user_id: Option<Uuid>,
    user_version: Option<i32>,
    fix: Option<String>,
}

impl TryFrom<RawItem> for BulkItem {
    type Error = StoreError;

    fn try_from(raw: RawItem) -> Result<Self, StoreError> {
        let RawItem { seq, target_id, job_id, job_version, user_id, user_version, fix } = raw;
        let bad = |problem: String| StoreError::BadRow { table: "bulk_items", id: target_id.to_string(), problem };
        let fix = fix.map(|word| word.parse::<Fix>().map_err(|e| bad(format!("fix: {e}")))).transpose()?;
        Ok(Self { seq, target_id, user_id, fix, user_version, job_id, job_version })
    }
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemEnd {
    /// Its change is written.
    Done,
    /// Nothing was changed; the plan says why.
    Failed,
    /// It had ended before.
    Already,
}

/// Why an item failed before anything was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemFailure {
    /// It is not what was planned.
    Moved,
    /// It is not there any more.
    Gone,
    /// It cannot be done now.
    Refused,
    /// What is stored of it makes no sense.
    Fault,
}

impl ItemFailure {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Fault => "fault",
        }
    }
}

impl Store {
    /// The next items of a plan that wait, after `seq`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn bulk_waiting(&self, plan_id: Uuid, seq: i32, limit: u32) -> Result<Vec<BulkItem>, StoreError> {
        self.section(move |store| async move {
            let sql = "SELECT seq, target_id, job_id, job_version, user_id, user_version, fix FROM bulk_items \
                WHERE plan_id = $1 AND state = 'waiting' AND seq > $2 ORDER BY seq LIMIT $3";
            let query = sqlx::query_as(sql).bind(plan_id).bind(seq).bind(i64::from(limit));
            let items: Vec<RawItem> = query.fetch_all(&store.pool).await?;
            items.into_iter().map(BulkItem::try_from).collect()
        })
        .await
    }

    /// What came of an item, with its failure written where it failed by itself.
    pub(super) async fn told(
        &self,
        lease: &Lease,
        run: &BulkRun,
        item: BulkItem,
        tried: Result<ItemEnd, StoreError>,
    ) -> Result<ItemEnd, StoreError> {
        let error = match tried {
            Ok(end) => {
                self.wake.jobs();
                self.wake.cancel();
                return Ok(end);
            }
            Err(error) => error,
        };
        let Some((code, words)) = failure(&error) else { return Err(error) };
        if code == "fault" {
            tracing::warn!(plan = %run.plan_id, seq = item.seq, %error, "Item {} could not be executed", item.seq);
        }
        self.write_failure(lease, run, item, code, words).await
    }

    pub(super) async fn write_failure(
        &self,
        lease: &Lease,
        run: &BulkRun,
        item: BulkItem,
        code: &'static str,
        words: String,
    ) -> Result<ItemEnd, StoreError> {
        let (lease, plan_id) = (lease.clone(), run.plan_id);
        self.step("bulk", move |tx| {
            let (lease, words) = (lease.clone(), words.clone());
            Box::pin(async move {
                if !take(tx, plan_id, item.seq).await? {
                    return Ok(ItemEnd::Already);
                }
                fence(tx, &lease).await?;
                end(tx, plan_id, item.seq, "failed", code, &words).await?;
                Ok(ItemEnd::Failed)
            })
        })
        .await
    }
}

/// Holds an item until the end of the transaction. `false`: it does not wait any more.
pub(super) async fn take(tx: &mut PgConnection, plan_id: Uuid, seq: i32) -> Result<bool, StoreError> {
    let sql = "SELECT true FROM bulk_items WHERE plan_id = $1 AND seq = $2 AND state = 'waiting' FOR NO KEY UPDATE";
    Ok(sqlx::query_scalar::<_, bool>(sql).bind(plan_id).bind(seq).fetch_optional(tx).await?.is_some())
}

/// Holds the plan's job as it must be for anything to be written: in this worker's hands, and nobody wants it to stop. Who
/// asks for a stop waits for the item in hand, and none begins after that.
pub(super) async fn fence(tx: &mut PgConnection, lease: &Lease) -> Result<(), StoreError> {
    let held = sqlx::query(
        "SELECT FROM background_jobs WHERE id = $1 AND status = 'running' AND lease_epoch = $2 AND locked_by = $3 \
         AND cancel_requested_at IS NULL FOR SHARE",
    )
    .bind(lease.job_id)
    .bind(lease.epoch)
    .bind(lease.worker_id)
    .fetch_optional(tx)
    .await?;
    fault_point!("bulk.fenced");
    held.map(drop).ok_or(StoreError::LeaseLost { job_id: lease.job_id })
}

pub(super) async fn end(
    tx: &mut PgConnection,
    plan_id: Uuid,
    seq: i32,
    state: &str,
    code: &str,
    words: &str,
) -> Result<(), StoreError> {
    let written = sqlx::query(
        "UPDATE bulk_items SET state = $3, result_code = $4, result = $5, ended_at = now() \
         WHERE plan_id = $1 AND seq = $2 AND state = 'waiting'",
    )
    .bind(plan_id)
    .bind(seq)
    .bind(state)
    .bind(code)
    .bind(cut(words, 500))
    .execute(tx)
    .await?
    .rows_affected();
    let gone = || StoreError::BadRow { table: "bulk_items", id: plan_id.to_string(), problem: format!("item {seq}") };
    if written == 1 { Ok(()) } else { Err(gone()) }
}

/// What an item fails with by itself, as a word and a sentence. `None`: the trouble is not the item's.
fn failure(error: &StoreError) -> Option<(&'static str, String)> {
    match error {
        StoreError::NotFound { what } => Some(("gone", format!("There is no such {what} any more."))),
        StoreError::VersionConflict { .. } | StoreError::CaseMoved => {
            Some(("moved", "It has changed since it was planned. Nothing was changed.".into()))
        }
        StoreError::Illegal(illegal) => Some(("refused", illegal.reason.clone())),
        StoreError::BadRow { .. } | StoreError::Database(_) | StoreError::KeyReused => {
            Some(("fault", "A fault of ours: the change was refused by the database. Nothing was changed.".into()))
        }
        StoreError::LeaseLost { .. } | StoreError::Unavailable(_) => None,
    }
}
