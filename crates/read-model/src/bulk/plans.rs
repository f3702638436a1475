//! The list of plans, and one of them.

use super::items::{self, Which};
use crate::{
    ReadError, ReadModel,
    page::{Key, clamp, cut, probe},
    row::At,
    section::database_time,
};
use chrono::{DateTime, Utc};
use contract::{
    Page,
    bulk::{BulkApprovals, BulkFailure, BulkItemState, BulkPlanRow, BulkPlanView, BulkReason},
    state_machine::{BulkFacts, BulkForecast, BulkStatus, BulkStep},
};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

pub(crate) const LIST: &str = "bulk";
/// Plans that wait for a second person are told up to so many.
const APPROVALS: i64 = 100;
/// Items shown with a plan.
const SAMPLE: u32 = 8;

/// Counts of a plan at work are counted, the others are kept with it.
macro_rules! plans {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.action, p.status, p.version, p.reason, p.source, p.or_more, p.retry_of, p.items, p.will_change, \
             p.already_there, p.in_flight, p.not_allowed, p.rate_per_s, p.typed_count, p.second_person, p.planned_by, \
             p.planned_by_name, p.planned_at, p.expires_at, now() >= p.expires_at AS expired, p.confirmed_by, \
             p.confirmed_by_name, p.confirmed_at, p.approved_by_name, p.approved_at, p.job_id, p.note, p.ended_at, \
             CASE WHEN p.status IN ('running', 'pausing', 'aborting') THEN \
               (SELECT count(*) FROM ops.bulk_items i WHERE i.plan_id = p.id AND i.state = 'done')::int ELSE p.done END AS done, \
             CASE WHEN p.status IN ('running', 'pausing', 'aborting') THEN \
               (SELECT count(*) FROM ops.bulk_items i WHERE i.plan_id = p.id AND i.state = 'failed')::int ELSE p.failed END AS failed \
             FROM ops.bulk_plans p ",
            $tail
        )
    };
}

const REASONS: &str = "SELECT forecast, why, count(*) AS n FROM ops.bulk_items \
  WHERE plan_id = $1 AND state = 'left_out' GROUP BY forecast, why ORDER BY n DESC, why LIMIT 20";
const FAILURES: &str = "SELECT result_code, result, count(*) AS n FROM ops.bulk_items \
  WHERE plan_id = $1 AND state = 'failed' GROUP BY result_code, result ORDER BY n DESC, result LIMIT 20";

#[derive(FromRow)]
struct StoredPlan {
    id: Uuid,
    action: String,
    status: String,
    version: i32,
    reason: String,
    source: String,
    or_more: bool,
    retry_of: Option<Uuid>,
    items: i32,
    will_change: i32,
    already_there: i32,
    in_flight: i32,
    not_allowed: i32,
    rate_per_s: i32,
    typed_count: bool,
    second_person: bool,
    planned_by: Uuid,
    planned_by_name: String,
    planned_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    expired: bool,
    confirmed_by: Option<Uuid>,
    confirmed_by_name: Option<String>,
    confirmed_at: Option<DateTime<Utc>>,
    approved_by_name: Option<String>,
    approved_at: Option<DateTime<Utc>>,
    job_id: Option<Uuid>,
    note: Option<String>,
    ended_at: Option<DateTime<Utc>>,
    done: i32,
    failed: i32,
}

impl StoredPlan {
    /// Whether `viewer` has planned or confirmed it; nobody in particular is nobody else either.
    fn is_of(&self, viewer: Option<Uuid>) -> bool {
        viewer.is_none_or(|viewer| viewer == self.planned_by || Some(viewer) == self.confirmed_by)
    }
}

impl TryFrom<StoredPlan> for BulkPlanRow {
    type Error = ReadError;
    fn try_from(row: StoredPlan) -> Result<Self, ReadError> {
        let at = At { table: "ops.bulk_plans", id: &row.id };
        let status: BulkStatus = at.word("status", &row.status)?;
        let rate_per_s = at.count("rate_per_s", row.rate_per_s)?.max(1);
        let will_change = at.count("will_change", row.will_change)?;
        Ok(Self {
            action: at.word("action", &row.action)?,
            expired: row.expired && matches!(status, BulkStatus::Planned | BulkStatus::AwaitingApproval),
            status,
            version: at.count("version", row.version)?,
            items: at.count("items", row.items)?,
            will_change,
            already_there: at.count("already_there", row.already_there)?,
            in_flight: at.count("in_flight", row.in_flight)?,
            not_allowed: at.count("not_allowed", row.not_allowed)?,
            done: at.count("done", row.done)?,
            failed: at.count("failed", row.failed)?,
            estimate_s: will_change.div_ceil(rate_per_s),
            rate_per_s,
            id: row.id,
            reason: row.reason,
            source: row.source,
            or_more: row.or_more,
            retry_of: row.retry_of,
            typed_count: row.typed_count,
            second_person: row.second_person,
            planned_by: row.planned_by_name,
            planned_at: row.planned_at,
            expires_at: row.expires_at,
            confirmed_by: row.confirmed_by_name,
            confirmed_at: row.confirmed_at,
            approved_by: row.approved_by_name,
            approved_at: row.approved_at,
            job_id: row.job_id,
            note: row.note,
            ended_at: row.ended_at,
        })
    }
}

impl ReadModel {
    /// One page of plans, newest first. `limit` is cut to 1 to 500.
    ///
    /// # Errors
    /// [`ReadError::BadCursor`]; otherwise as every read.
    pub async fn bulk_plans(&self, cursor: Option<&str>, limit: u32) -> Result<Page<BulkPlanRow>, ReadError> {
        let after = cursor.map(|cursor| Key::decode(LIST, cursor)).transpose()?;
        let limit = clamp(limit);
        self.section(move |connection| {
            Box::pin(async move {
                let as_of = database_time(connection).await?;
                let sql = plans!("WHERE $1::uuid IS NULL OR p.id < $1 ORDER BY p.id DESC LIMIT $2");
                let rows: Vec<StoredPlan> =
                    sqlx::query_as(sql).bind(after.map(|key| key.id)).bind(probe(limit)).fetch_all(connection).await?;
                let rows = rows.into_iter().map(BulkPlanRow::try_from).collect::<Result<_, _>>()?;
                Ok(cut(rows, limit, as_of, |row: &BulkPlanRow| Key { at: row.planned_at, id: row.id }.encode(LIST)))
            })
        })
        .await
    }

    /// The plans that wait for a second person and can still begin: those that `viewer` may approve by the rules, and those that
    /// `viewer` stands for already. What else approving needs of a person is not asked here.
    ///
    /// # Errors
    /// As every read.
    pub async fn bulk_approvals(&self, viewer: Uuid) -> Result<BulkApprovals, ReadError> {
        self.section(move |connection| {
            Box::pin(async move {
                let as_of = database_time(connection).await?;
                let sql =
                    plans!("WHERE p.status = 'awaiting_approval' AND p.expires_at > now() ORDER BY p.id LIMIT $1");
                let rows: Vec<StoredPlan> = sqlx::query_as(sql).bind(APPROVALS).fetch_all(connection).await?;
                let (mut yours, mut own) = (vec![], vec![]);
                for row in rows {
                    let is_own = row.is_of(Some(viewer));
                    let plan = BulkPlanRow::try_from(row)?;
                    if facts(&plan, is_own).offer(BulkStep::Approve).allowed {
                        yours.push(plan);
                    } else if is_own {
                        own.push(plan);
                    }
                }
                Ok(BulkApprovals { yours, own, as_of })
            })
        })
        .await
    }

    /// One plan, with the steps that are open to `viewer`, a person of the staff.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; otherwise as every read.
    pub async fn bulk_plan(&self, id: Uuid, viewer: Option<Uuid>) -> Result<BulkPlanView, ReadError> {
        self.snapshot(move |connection| Box::pin(async move { view(connection, id, viewer).await })).await
    }
}

async fn view(connection: &mut PgConnection, id: Uuid, viewer: Option<Uuid>) -> Result<BulkPlanView, ReadError> {
    let as_of = database_time(connection).await?;
    let stored: Option<StoredPlan> =
        sqlx::query_as(plans!("WHERE p.id = $1")).bind(id).fetch_optional(&mut *connection).await?;
    let stored = stored.ok_or(ReadError::NotFound { what: "bulk plan" })?;
    let is_own = stored.is_of(viewer);
    let plan = BulkPlanRow::try_from(stored)?;
    let sample = items::read(connection, id, Which::forecast(BulkForecast::WillChange), 0, SAMPLE as usize).await?;
    let waiting = items::count(connection, id, BulkItemState::Waiting).await?;
    Ok(BulkPlanView {
        reasons: reasons(connection, id).await?,
        failures: failures(connection, id).await?,
        sample,
        waiting,
        undo: plan.action.undo().into(),
        offers: facts(&plan, is_own).offers(),
        as_of,
        plan,
    })
}

const fn facts(plan: &BulkPlanRow, is_own: bool) -> BulkFacts {
    BulkFacts {
        status: plan.status,
        expired: plan.expired,
        changes_something: plan.will_change > 0,
        second_person: plan.second_person,
        is_own,
    }
}

async fn reasons(connection: &mut PgConnection, id: Uuid) -> Result<Vec<BulkReason>, ReadError> {
    let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(REASONS).bind(id).fetch_all(connection).await?;
    let at = At { table: "ops.bulk_items", id: &id };
    let reason = |(forecast, why, n): (String, Option<String>, i64)| {
        let (forecast, count) = (at.word("forecast", &forecast)?, at.count("count", n)?);
        Ok(BulkReason { forecast, why: why.unwrap_or_default(), count })
    };
    rows.into_iter().map(reason).collect()
}

async fn failures(connection: &mut PgConnection, id: Uuid) -> Result<Vec<BulkFailure>, ReadError> {
    let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(FAILURES).bind(id).fetch_all(connection).await?;
    let at = At { table: "ops.bulk_items", id: &id };
    let failure = |(code, result, n): (String, Option<String>, i64)| {
        Ok(BulkFailure { code, result: result.unwrap_or_default(), count: at.count("count", n)? })
    };
    rows.into_iter().map(failure).collect()
}
