//! Planning: what was chosen is fixed, with what it was seen as. Nothing else is changed.

use crate::{
    Command, Store, StoreError,
    audit::{self, AuditLine},
    events::cut,
    receipts::{self, Claimed},
};
use sqlx::PgConnection;
use state_machine::{BulkAction, BulkForecast, BulkOutlook};
use std::time::Duration;
use uuid::Uuid;

/// What is asked of people before a plan begins, and how fast it goes then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkGuards {
    /// Above so many changes the number is typed.
    pub typed_over: u32,
    /// Above so many changes a second person must approve, and what no one decides alone always; `None`: nobody is asked for.
    pub second_person_over: Option<u32>,
    /// Items a second at most, 1 to 1,000.
    pub rate_per_s: u32,
    /// It must have begun within this.
    pub life: Duration,
}

/// A plan to be written.
#[derive(Clone, Debug)]
pub struct NewBulkPlan {
    /// Its id.
    pub id: Uuid,
    /// What is done to each item.
    pub action: BulkAction,
    /// How the items were chosen, for people; at most 500 characters are kept.
    pub source: String,
    /// More matched than a plan may hold.
    pub or_more: bool,
    /// The plan of which this repeats what failed.
    pub retry_of: Option<Uuid>,
    /// 1 to 10,000, in the order of execution.
    pub items: Vec<NewBulkItem>,
    /// What is asked before it begins.
    pub guards: BulkGuards,
}

/// What was chosen, and as what it was seen.
#[derive(Clone, Debug)]
pub struct NewBulkItem {
    /// The job or the user.
    pub target_id: Uuid,
    /// The job and its version.
    pub job: Option<(Uuid, u32)>,
    /// The user, with the version where the action is bound to it.
    pub user: Option<(Uuid, Option<u32>)>,
    /// Its state.
    pub now: Option<String>,
    /// What is to be expected of it.
    pub outlook: BulkOutlook,
}

const ITEMS: &str = "INSERT INTO bulk_items (plan_id, seq, target_id, job_id, job_version, user_id, user_version, fix, \
    forecast, why, now_state, next_state, state) \
  SELECT $1, i.seq, i.target_id, i.job_id, i.job_version, i.user_id, i.user_version, i.fix, i.forecast, left(i.why, 300), \
    left(i.now_state, 40), left(i.next_state, 40), CASE WHEN i.forecast = 'will_change' THEN 'waiting' ELSE 'left_out' END \
  FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) \
    WITH ORDINALITY AS i (target_id, job_id, job_version, user_id, user_version, fix, forecast, why, now_state, next_state, \
    seq)";

const PLAN: &str = "INSERT INTO bulk_plans (id, action, reason, source, or_more, retry_of, items, will_change, already_there, \
    in_flight, not_allowed, digest, rate_per_s, typed_count, second_person, planned_by, planned_by_name, expires_at, \
    request_key) \
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, bulk_digest($1, $2, $3, $12), $12, $13, $14, $15, $16, \
    now() + make_interval(secs => $17), $18)";

const MADE_BY: &str = "SELECT id FROM bulk_plans WHERE planned_by = $1 AND request_key = $2";

impl Store {
    /// Writes a plan with its items. Answers its id and whether the same command had made it before.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`]; [`StoreError::NotFound`] when a repeated command's plan is no longer kept.
    pub async fn make_bulk_plan(&self, plan: NewBulkPlan, command: &Command) -> Result<(Uuid, bool), StoreError> {
        let command = command.clone();
        self.step("command", move |tx| {
            let (plan, command) = (plan.clone(), command.clone());
            Box::pin(async move { make(tx, &plan, &command).await })
        })
        .await
    }

    /// The plan that a command has made, if it has.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn bulk_plan_made_by(&self, command: &Command) -> Result<Option<Uuid>, StoreError> {
        let (person, key) = (command.actor.staff_id(), command.key.as_ref().map(|key| key.key.clone()));
        self.section(move |store| async move {
            Ok(sqlx::query_scalar(MADE_BY).bind(person).bind(key).fetch_optional(&store.pool).await?)
        })
        .await
    }

    /// The items of a plan that failed, in its order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn failed_bulk_targets(&self, plan_id: Uuid) -> Result<Vec<Uuid>, StoreError> {
        self.section(move |store| async move {
            let sql = "SELECT target_id FROM bulk_items WHERE plan_id = $1 AND state = 'failed' ORDER BY seq";
            Ok(sqlx::query_scalar(sql).bind(plan_id).fetch_all(&store.pool).await?)
        })
        .await
    }
}

async fn make(tx: &mut PgConnection, plan: &NewBulkPlan, command: &Command) -> Result<(Uuid, bool), StoreError> {
    if receipts::claim(tx, command).await? == Claimed::Replayed {
        let key = command.key.as_ref().map(|key| &key.key);
        let made = sqlx::query_scalar(MADE_BY).bind(command.actor.staff_id()).bind(key).fetch_optional(tx).await?;
        return Ok((made.ok_or(StoreError::NotFound { what: "bulk plan" })?, true));
    }
    write_items(tx, plan).await?;
    let of = |wanted| count(plan.items.iter().filter(|item| item.outlook.forecast == wanted).count());
    let will_change = of(BulkForecast::WillChange);
    let BulkGuards { typed_over, second_person_over, rate_per_s, life } = plan.guards;
    sqlx::query(PLAN)
        .bind(plan.id)
        .bind(plan.action.as_str())
        .bind(command.reason.as_deref())
        .bind(cut(&plan.source, 500))
        .bind(plan.or_more)
        .bind(plan.retry_of)
        .bind(count(plan.items.len()))
        .bind(will_change)
        .bind(of(BulkForecast::AlreadyThere))
        .bind(of(BulkForecast::InFlight))
        .bind(of(BulkForecast::NotAllowed))
        .bind(signed(rate_per_s))
        .bind(will_change.unsigned_abs() > typed_over)
        .bind(plan.action.needs_second_person(will_change.unsigned_abs(), second_person_over))
        .bind(command.actor.staff_id())
        .bind(command.actor.label())
        .bind(life.as_secs_f64())
        .bind(command.key.as_ref().map(|key| &key.key))
        .execute(&mut *tx)
        .await?;
    let after = format!("plan {}: {}, {will_change} of {} will change", plan.id, plan.action, plan.items.len());
    audit::append(tx, command, AuditLine { action: "bulk.plan", after: Some(&after), ..AuditLine::default() }).await?;
    Ok((plan.id, false))
}

async fn write_items(tx: &mut PgConnection, plan: &NewBulkPlan) -> Result<(), StoreError> {
    let column = |of: fn(&NewBulkItem) -> Option<String>| plan.items.iter().map(of).collect::<Vec<_>>();
    let (jobs, job_versions): (Vec<_>, Vec<_>) =
        plan.items.iter().map(|item| (item.job.map(|job| job.0), item.job.map(|job| signed(job.1)))).unzip();
    let (users, user_versions): (Vec<_>, Vec<_>) = plan
        .items
        .iter()
        .map(|item| (item.user.map(|user| user.0), item.user.and_then(|user| user.1).map(signed)))
        .unzip();
    sqlx::query(ITEMS)
        .bind(plan.id)
        .bind(plan.items.iter().map(|item| item.target_id).collect::<Vec<_>>())
        .bind(jobs)
        .bind(job_versions)
        .bind(users)
        .bind(user_versions)
        .bind(column(|item| item.outlook.fix.map(|fix| fix.to_string())))
        .bind(plan.items.iter().map(|item| item.outlook.forecast.as_str()).collect::<Vec<_>>())
        .bind(column(|item| item.outlook.why.clone()))
        .bind(column(|item| item.now.clone()))
        .bind(column(|item| item.outlook.next.clone()))
        .execute(tx)
        .await?;
    Ok(())
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
