//! One job's page.

use super::row::{JOINS, SELECT_ROW, StoredJob};
use crate::{ReadError, ReadModel, history::History, row::At, section::database_time};
use chrono::{DateTime, Utc};
use contract::jobs::{JobDetail, JobEventRow, JobRow};
use contract::state_machine::{DemoMode, JobFacts};
use sqlx::{FromRow, PgConnection, QueryBuilder};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The newest 200, oldest first.
const EVENTS: &str = "SELECT * FROM (SELECT id, at, from_status, to_status, event, attempt, actor, detail \
  FROM ops.job_events WHERE job_id = $1 ORDER BY id DESC LIMIT 200) newest ORDER BY id";

/// Types that history of the last day or live jobs know of.
const JOB_TYPES: &str = "SELECT DISTINCT job_type FROM ops.job_stats WHERE minute > now() - interval '1 day' \
  UNION SELECT DISTINCT job_type FROM (SELECT job_type FROM ops.jobs WHERE status = 'pending' LIMIT 5000) waiting \
  UNION SELECT DISTINCT job_type FROM (SELECT job_type FROM ops.jobs WHERE status = 'running' LIMIT 5000) running";

#[derive(FromRow)]
struct StoredDetail {
    #[sqlx(flatten)]
    job: StoredJob,
    payload: serde_json::Value,
    result_data: Option<serde_json::Value>,
    deadline_at: Option<DateTime<Utc>>,
    demo_mode_status: Option<String>,
    demo_mode_failed_operation: Option<String>,
    demo_profile_id: Option<String>,
    demo_mode_job_id: Option<Uuid>,
}

#[derive(FromRow)]
struct StoredEvent {
    id: i64,
    at: DateTime<Utc>,
    from_status: Option<String>,
    to_status: String,
    event: String,
    attempt: i32,
    actor: String,
    detail: Option<String>,
}

impl TryFrom<StoredEvent> for JobEventRow {
    type Error = ReadError;
    fn try_from(row: StoredEvent) -> Result<Self, ReadError> {
        let at = At { table: "ops.job_events", id: &row.id };
        Ok(Self {
            from_status: at.word_or_none("from_status", row.from_status.as_deref())?,
            to_status: at.word("to_status", &row.to_status)?,
            attempt: at.count("attempt", row.attempt)?,
            id: row.id.to_string(),
            at: row.at,
            event: row.event,
            actor: row.actor,
            detail: row.detail,
        })
    }
}

impl ReadModel {
    /// One job with its history and what may be done with it.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; otherwise as every read.
    pub async fn job(&self, id: Uuid) -> Result<JobDetail, ReadError> {
        let history = self.history.clone();
        self.snapshot(move |connection| Box::pin(async move { detail(connection, &history, id).await })).await
    }

    /// The types to offer in a filter, sorted: those of this build and those met lately.
    ///
    /// # Errors
    /// As every read.
    pub async fn job_types(&self) -> Result<Vec<String>, ReadError> {
        self.section(|connection| {
            Box::pin(async move {
                let met: Vec<String> = sqlx::query_scalar(JOB_TYPES).fetch_all(connection).await?;
                let known = contract::state_machine::JobType::ALL.iter().map(ToString::to_string);
                Ok(known.chain(met).collect::<BTreeSet<_>>().into_iter().collect())
            })
        })
        .await
    }
}

async fn detail(connection: &mut PgConnection, history: &History, id: Uuid) -> Result<JobDetail, ReadError> {
    let as_of = database_time(connection).await?;
    let mut query = QueryBuilder::new(SELECT_ROW);
    query
        .push(", j.payload, j.result_data, j.deadline_at, u.demo_mode_status, u.demo_mode_failed_operation")
        .push(", u.demo_profile_id, u.demo_mode_job_id FROM ops.jobs j")
        .push(JOINS)
        .push(" WHERE j.id = ")
        .push_bind(id);
    let stored: Option<StoredDetail> = query.build_query_as().fetch_optional(&mut *connection).await?;
    let stored = stored.ok_or(ReadError::NotFound { what: "job" })?;
    let events: Vec<StoredEvent> = sqlx::query_as(EVENTS).bind(id).fetch_all(&mut *connection).await?;
    let expected = history.expected(connection, &stored.job.job_type).await?;

    let demo = match &stored.demo_mode_status {
        None => None,
        Some(status) => {
            let at = At { table: "ops.users", id: &id };
            let failed_operation = stored.demo_mode_failed_operation.as_deref();
            Some(DemoMode {
                status: at.word("demo_mode_status", status)?,
                failed_operation: at.word_or_none("demo_mode_failed_operation", failed_operation)?,
                profile_exists: stored.demo_profile_id.is_some(),
            })
        }
    };
    let is_current = stored.demo_mode_job_id == Some(id);
    let job = JobRow::try_from(stored.job)?;
    let facts = JobFacts {
        status: job.status,
        job_type: job.job_type.parse().ok(),
        cancel_requested: job.cancel_requested,
        demo,
        is_current,
    };
    Ok(JobDetail {
        events: events.into_iter().map(JobEventRow::try_from).collect::<Result<_, _>>()?,
        payload: pretty(&stored.payload),
        result: stored.result_data.as_ref().map(pretty),
        deadline_at: stored.deadline_at,
        user_demo_mode: demo.map(|demo| demo.status),
        is_current,
        offers: facts.offers(),
        expected,
        as_of,
        job,
    })
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}")
}
