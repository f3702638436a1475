//! What a revoke of a user's sessions would end.

use crate::{ReadError, ReadModel, device::device, page::within_calendar, section::database_time};
use chrono::{DateTime, Utc};
use contract::sessions::{DeviceSessions, RevokePreview};
use sqlx::{FromRow, PgConnection};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// By `user_sessions_active`: reads the user's sessions that nobody has ended, and no others.
const BY_AGENT: &str = "SELECT user_agent, count(*) AS active, count(*) FILTER (WHERE meant) AS meant, \
    max(expires_at) AS last, max(expires_at) FILTER (WHERE NOT meant) AS last_staying \
  FROM (SELECT user_agent, expires_at, \
      id IS DISTINCT FROM $2 AND ($3::timestamptz IS NULL OR last_seen_at < $3) AS meant \
    FROM ops.sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() \
      AND last_seen_at > now() - interval '14 days') s \
  GROUP BY user_agent";

/// By `user_sessions_active`, as well.
const ACTIVE: &str = "SELECT user_id, count(*) FROM ops.sessions WHERE user_id = ANY($1) AND revoked_at IS NULL \
  AND expires_at > now() AND last_seen_at > now() - interval '14 days' GROUP BY user_id";

#[derive(FromRow)]
struct Agent {
    user_agent: Option<String>,
    active: i64,
    meant: i64,
    last: Option<DateTime<Utc>>,
    last_staying: Option<DateTime<Utc>>,
}

impl ReadModel {
    /// Counts what a revoke with these conditions would end, and what it would leave.
    ///
    /// # Errors
    /// As every read. An unknown user has no session.
    pub async fn revoke_preview(
        &self,
        user_id: Uuid,
        except: Option<Uuid>,
        on_device: Option<String>,
        unused_since: Option<DateTime<Utc>>,
    ) -> Result<RevokePreview, ReadError> {
        let unused_since = unused_since.map(within_calendar);
        self.snapshot(move |connection| {
            Box::pin(async move { preview(connection, user_id, except, on_device.as_deref(), unused_since).await })
        })
        .await
    }
}

/// How many active sessions these users have; who has none is left out.
pub(crate) async fn active_of(
    connection: &mut PgConnection,
    user_ids: &[Uuid],
) -> Result<HashMap<Uuid, u32>, ReadError> {
    let rows: Vec<(Uuid, i64)> = sqlx::query_as(ACTIVE).bind(user_ids).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(user_id, active)| (user_id, count(active))).collect())
}

async fn preview(
    connection: &mut PgConnection,
    user_id: Uuid,
    except: Option<Uuid>,
    on_device: Option<&str>,
    unused_since: Option<DateTime<Utc>>,
) -> Result<RevokePreview, ReadError> {
    let as_of = database_time(connection).await?;
    let agents: Vec<Agent> =
        sqlx::query_as(BY_AGENT).bind(user_id).bind(except).bind(unused_since).fetch_all(connection).await?;
    let mut devices: BTreeMap<String, DeviceSessions> = BTreeMap::new();
    let mut stays_until = None;
    for agent in agents {
        let name = device(agent.user_agent.as_deref());
        let meant = on_device.is_none_or(|wanted| wanted == name);
        stays_until = stays_until.max(if meant { agent.last_staying } else { agent.last });
        let entry = devices.entry(name.clone()).or_insert(DeviceSessions { device: name, active: 0, ends: 0 });
        entry.active += count(agent.active);
        entry.ends += if meant { count(agent.meant) } else { 0 };
    }
    let mut devices: Vec<DeviceSessions> = devices.into_values().collect();
    devices.sort_by_key(|device| std::cmp::Reverse(device.active));
    let (active, ends) = devices.iter().fold((0, 0), |(active, ends), one| (active + one.active, ends + one.ends));
    Ok(RevokePreview { ends, stays: active - ends, stays_until, devices, as_of })
}

fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
