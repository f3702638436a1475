//! The items of a plan, in its order.

use crate::{
    ReadError, ReadModel,
    page::{clamp, cut, decode, encode},
    row::At,
    section::database_time,
};
use chrono::{DateTime, Utc};
use contract::{
    Page,
    bulk::{BulkItemRow, BulkItemState},
    state_machine::BulkForecast,
};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

const ITEMS: &str = "SELECT i.seq, i.target_id, i.job_id, j.job_type, i.user_id, u.email AS user_email, i.forecast, i.why, i.fix, \
    i.now_state, i.next_state, i.state, i.result_code, i.result, i.ended_at \
  FROM (SELECT * FROM ops.bulk_items WHERE plan_id = $1 AND seq > $2 AND ($3::text IS NULL OR state = $3) \
    AND ($4::text IS NULL OR forecast = $4) ORDER BY seq LIMIT $5) i \
  LEFT JOIN ops.jobs j ON j.id = i.job_id LEFT JOIN ops.users u ON u.id = i.user_id ORDER BY i.seq";

/// Which items.
#[derive(Clone, Copy, Default)]
pub(super) struct Which {
    state: Option<BulkItemState>,
    forecast: Option<BulkForecast>,
}

impl Which {
    pub(super) const fn forecast(forecast: BulkForecast) -> Self {
        Self { state: None, forecast: Some(forecast) }
    }
}

#[derive(FromRow)]
struct StoredItem {
    seq: i32,
    target_id: Uuid,
    job_id: Option<Uuid>,
    job_type: Option<String>,
    user_id: Option<Uuid>,
    user_email: Option<String>,
    forecast: String,
    why: Option<String>,
    fix: Option<String>,
    now_state: Option<String>,
    next_state: Option<String>,
    state: String,
    result_code: Option<String>,
    result: Option<String>,
    ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<StoredItem> for BulkItemRow {
    type Error = ReadError;
    fn try_from(row: StoredItem) -> Result<Self, ReadError> {
        let at = At { table: "ops.bulk_items", id: &row.target_id };
        let state = match row.state.as_str() {
            "left_out" => BulkItemState::LeftOut,
            "waiting" => BulkItemState::Waiting,
            "done" => BulkItemState::Done,
            "failed" => BulkItemState::Failed,
            other => return Err(at.bad("state", &other)),
        };
        Ok(Self {
            seq: at.count("seq", row.seq)?,
            forecast: at.word("forecast", &row.forecast)?,
            fix: at.word_or_none("fix", row.fix.as_deref())?,
            state,
            target_id: row.target_id,
            job_id: row.job_id,
            job_type: row.job_type,
            user_id: row.user_id,
            user_email: row.user_email,
            why: row.why,
            now: row.now_state,
            next: row.next_state,
            result_code: row.result_code,
            result: row.result,
            ended_at: row.ended_at,
        })
    }
}

/// The place after which a list goes on.
fn seq_of(cursor: &str) -> Result<i32, ReadError> {
    decode(cursor)?.parse().map_err(|_| ReadError::BadCursor)
}

/// The cursor of the same place, as this list writes it.
#[cfg(feature = "fuzzing")]
pub(crate) fn same_place(cursor: &str) -> Result<String, ReadError> {
    seq_of(cursor).map(|seq| encode(&seq.to_string()))
}

impl ReadModel {
    /// One page of a plan's items, in its order; `state` and `forecast` narrow it. `limit` is cut to 1 to 500.
    ///
    /// # Errors
    /// [`ReadError::BadCursor`]; otherwise as every read. Of a plan that there is not, there are no items.
    pub async fn bulk_items(
        &self,
        plan_id: Uuid,
        state: Option<BulkItemState>,
        forecast: Option<BulkForecast>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<BulkItemRow>, ReadError> {
        let after = cursor.map(seq_of).transpose()?;
        let limit = clamp(limit);
        self.section(move |connection| {
            Box::pin(async move {
                let as_of = database_time(connection).await?;
                let which = Which { state, forecast };
                let rows = read(connection, plan_id, which, after.unwrap_or(0), limit + 1).await?;
                Ok(cut(rows, limit, as_of, |row: &BulkItemRow| encode(&row.seq.to_string())))
            })
        })
        .await
    }
}

pub(super) async fn read(
    connection: &mut PgConnection,
    plan_id: Uuid,
    which: Which,
    after: i32,
    limit: usize,
) -> Result<Vec<BulkItemRow>, ReadError> {
    let rows: Vec<StoredItem> = sqlx::query_as(ITEMS)
        .bind(plan_id)
        .bind(after)
        .bind(which.state.map(word))
        .bind(which.forecast.map(BulkForecast::as_str))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(BulkItemRow::try_from).collect()
}

/// How many items are in `state`.
pub(super) async fn count(
    connection: &mut PgConnection,
    plan_id: Uuid,
    state: BulkItemState,
) -> Result<u32, ReadError> {
    let sql = "SELECT count(*) FROM ops.bulk_items WHERE plan_id = $1 AND state = $2";
    let counted: i64 = sqlx::query_scalar(sql).bind(plan_id).bind(word(state)).fetch_one(connection).await?;
    At { table: "ops.bulk_items", id: &plan_id }.count("count", counted)
}

const fn word(state: BulkItemState) -> &'static str {
    match state {
        BulkItemState::LeftOut => "left_out",
        BulkItemState::Waiting => "waiting",
        BulkItemState::Done => "done",
        BulkItemState::Failed => "failed",
    }
}
