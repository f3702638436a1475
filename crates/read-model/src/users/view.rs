//! One user's page.

use super::row::{StoredUser, by_ids};
use crate::{ReadError, ReadModel, history::History, jobs, row::At, section::database_time};
use chrono::NaiveDateTime;
use contract::state_machine::{JobFacts, JobType};
use contract::users::{CleanupCount, ConnectionRow, DemoModeView, UserRow, UserView};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

const CONNECTIONS: &str = "SELECT id, platform, platform_username, connection_status, connection_error, connected_at, \
    last_synced_at FROM ops.connections WHERE user_id = $1 ORDER BY platform, id LIMIT 100";

/// Looks at the newest 5,000 sessions that nobody has ended, and counts up to 1,000.
const ACTIVE_SESSIONS: &str = "SELECT count(*) FROM (SELECT 1 FROM \
    (SELECT expires_at FROM ops.sessions WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 5000) s \
    WHERE expires_at > now() LIMIT 1000) active";

/// Of the newest 200 jobs of the user, the last disable that completed.
const CLEANUP: &str = "SELECT result_data FROM (SELECT job_type, status, result_data, created_at, id FROM ops.jobs \
    WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 200) j \
  WHERE job_type = 'demo_disable' AND status = 'completed' AND result_data IS NOT NULL \
  ORDER BY created_at DESC, id DESC LIMIT 1";

#[derive(FromRow)]
struct StoredConnection {
    id: Uuid,
    platform: String,
    platform_username: Option<String>,
    connection_status: String,
    connection_error: Option<String>,
    connected_at: Option<NaiveDateTime>,
    last_synced_at: Option<NaiveDateTime>,
}

impl TryFrom<StoredConnection> for ConnectionRow {
    type Error = ReadError;
    fn try_from(row: StoredConnection) -> Result<Self, ReadError> {
        let at = At { table: "ops.connections", id: &row.id };
        Ok(Self {
            status: at.word("connection_status", &row.connection_status)?,
            id: row.id,
            platform: row.platform,
            username: row.platform_username,
            error: row.connection_error,
            connected_at: row.connected_at.map(|at| at.and_utc()),
            last_synced_at: row.last_synced_at.map(|at| at.and_utc()),
        })
    }
}

impl ReadModel {
    /// One user with demo mode, connections and what may be done; also the answer to every demo-mode command.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; otherwise as every read.
    pub async fn user(&self, id: Uuid) -> Result<UserView, ReadError> {
        let history = self.history.clone();
        self.snapshot(move |connection| Box::pin(async move { view(connection, &history, id).await })).await
    }
}

async fn view(connection: &mut PgConnection, history: &History, id: Uuid) -> Result<UserView, ReadError> {
    let as_of = database_time(connection).await?;
    let stored = by_ids(connection, &[id]).await?.pop().ok_or(ReadError::NotFound { what: "user" })?;
    let connections: Vec<StoredConnection> = sqlx::query_as(CONNECTIONS).bind(id).fetch_all(&mut *connection).await?;
    let active: i64 = sqlx::query_scalar(ACTIVE_SESSIONS).bind(id).fetch_one(&mut *connection).await?;
    let demo = demo_view(connection, history, &stored).await?;
    Ok(UserView {
        demo,
        user: UserRow::try_from(stored)?,
        connections: connections.into_iter().map(ConnectionRow::try_from).collect::<Result<_, _>>()?,
        active_sessions: At { table: "ops.sessions", id: &id }.count("count", active)?,
        as_of,
    })
}

async fn demo_view(
    connection: &mut PgConnection,
    history: &History,
    stored: &StoredUser,
) -> Result<DemoModeView, ReadError> {
    let demo = stored.demo_mode()?;
    let job = match stored.demo_mode_job_id {
        None => None,
        Some(job_id) => jobs::row::by_ids(connection, &[job_id]).await?.pop(),
    };
    let facts = job.as_ref().map(|job| JobFacts {
        status: job.status,
        job_type: job.job_type.parse().ok(),
        cancel_requested: job.cancel_requested,
        demo: Some(demo),
        is_current: true,
    });
    let result: Option<serde_json::Value> =
        sqlx::query_scalar(CLEANUP).bind(stored.id).fetch_optional(&mut *connection).await?;
    Ok(DemoModeView {
        status: demo.status,
        failed_operation: demo.failed_operation,
        error: stored.demo_mode_error.clone(),
        profile_id: stored.demo_profile_id.clone(),
        profile_type: stored.demo_mode_type.clone(),
        niche: stored.demo_profile_niche.clone(),
        preset: stored.demo_profile_preset.clone(),
        changed_at: stored.demo_mode_changed_at,
        cleanup: result.as_ref().and_then(cleanup),
        customer_sees: demo.customer_sees().into(),
        offers: demo.offers(facts),
        expected_enable: history.expected(connection, JobType::DemoEnable.as_str()).await?,
        expected_disable: history.expected(connection, JobType::DemoDisable.as_str()).await?,
        job,
    })
}

/// The counts in a disable's result, largest first: the numbers under `counts`, or at the top.
fn cleanup(result: &serde_json::Value) -> Option<Vec<CleanupCount>> {
    let numbers = result.get("counts").unwrap_or(result).as_object()?;
    let mut counts: Vec<CleanupCount> = numbers
        .iter()
        .filter_map(|(what, count)| Some((what, u32::try_from(count.as_u64()?).ok()?)))
        .map(|(what, count)| CleanupCount { what: what.clone(), count })
        .collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.what.cmp(&b.what)));
    (!counts.is_empty()).then_some(counts)
}

#[cfg(test)]
mod tests {
    use super::cleanup;
    use serde_json::json;

    #[test]
    fn clean_up_counts_are_listed_largest_first() {
        let counts = cleanup(&json!({"counts": {"posts": 85, "reviews": 1200, "note": "x"}})).expect("counts");
        assert_eq!(
            counts.iter().map(|c| (c.what.as_str(), c.count)).collect::<Vec<_>>(),
            [("reviews", 1200), ("posts", 85)]
        );
        assert_eq!(cleanup(&json!({"profile_id": "prof_1"})), None);
        assert_eq!(cleanup(&json!("nothing")), None);
    }
}
