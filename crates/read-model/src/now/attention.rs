//! What does not mend itself, or may not. Each kind is one bounded look through a partial index of what is not at rest.

use crate::{ReadError, history::History};
use chrono::{DateTime, Duration, Utc};
use contract::{
    jobs::JobCounts,
    now::{Attention, AttentionKind},
};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Shown at most.
const SHOWN: usize = 50;
/// Even a fast type is not worth a look before this.
const RUNNING_LONG_MIN_S: f64 = 120.0;

const NO_WORKER_SINCE: &str =
    "SELECT coalesce((SELECT max(coalesce(stopped_at, last_seen_at)) FROM ops.workers), now())";

/// Enabling or disabling, and no live job that demo mode names.
const USER_WITHOUT_JOB: &str = "SELECT u.id AS user_id, u.email AS user_email, u.demo_mode_job_id AS job_id, \
    u.demo_mode_status AS word, coalesce(u.demo_mode_changed_at, u.created_at AT TIME ZONE 'UTC') AS since \
  FROM (SELECT id, email, demo_mode_job_id, demo_mode_status, demo_mode_changed_at, created_at FROM ops.users \
    WHERE demo_mode_status IN ('enabling', 'disabling') LIMIT 20000) u \
  WHERE NOT EXISTS (SELECT FROM ops.jobs j WHERE j.id = u.demo_mode_job_id AND j.status IN ('pending', 'running')) \
  ORDER BY since LIMIT 51";

const LEASE_EXPIRED: &str = "SELECT j.user_id, u.email AS user_email, j.id AS job_id, j.job_type AS word, \
    j.lease_expires_at AS since \
  FROM ops.jobs j LEFT JOIN ops.users u ON u.id = j.user_id \
  WHERE j.status = 'running' AND j.lease_expires_at < now() ORDER BY j.lease_expires_at LIMIT 51";

const WAITING_LONG: &str = "SELECT j.user_id, u.email AS user_email, j.id AS job_id, j.job_type AS word, j.run_at AS since \
  FROM (SELECT id, user_id, job_type, run_at FROM ops.jobs \
    WHERE status = 'pending' AND run_at < now() - interval '1 minute' ORDER BY run_at, id LIMIT 51) j \
  LEFT JOIN ops.users u ON u.id = j.user_id ORDER BY j.run_at, j.id";

const RUNNING: &str = "SELECT j.user_id, u.email AS user_email, j.id AS job_id, j.job_type AS word, j.started_at AS since \
  FROM (SELECT id, user_id, job_type, started_at, lease_expires_at FROM ops.jobs \
    WHERE status = 'running' AND started_at < now() - interval '2 minutes' AND lease_expires_at >= now() \
    ORDER BY started_at LIMIT 500) j \
  LEFT JOIN ops.users u ON u.id = j.user_id ORDER BY j.started_at";

const DEMO_MODE_FAILED: &str = "SELECT u.id AS user_id, u.email AS user_email, u.demo_mode_job_id AS job_id, \
    coalesce(u.demo_mode_error, 'No error was recorded') AS word, \
    coalesce(u.demo_mode_changed_at, u.created_at AT TIME ZONE 'UTC') AS since \
  FROM (SELECT id, email, demo_mode_job_id, demo_mode_error, demo_mode_changed_at, created_at FROM ops.users \
    WHERE demo_mode_status = 'failed' LIMIT 20000) u \
  ORDER BY since DESC LIMIT 51";

#[derive(FromRow)]
struct Found {
    user_id: Option<Uuid>,
    user_email: Option<String>,
    job_id: Option<Uuid>,
    /// Job type, status or error: what the title names.
    word: String,
    since: DateTime<Utc>,
}

impl Found {
    fn entry(self, kind: AttentionKind, title: String, advice: &str) -> Attention {
        Attention {
            kind,
            title,
            advice: advice.into(),
            user_id: self.user_id,
            user_email: self.user_email,
            job_id: self.job_id,
            since: self.since,
        }
    }
}

/// The list, worst first, and whether there is more than it shows.
pub(super) async fn attention(
    connection: &mut PgConnection,
    history: &History,
    counts: &JobCounts,
    workers_alive: usize,
    as_of: DateTime<Utc>,
) -> Result<(Vec<Attention>, bool), ReadError> {
    let mut list = Vec::new();
    if workers_alive == 0 && counts.waiting + counts.running > 0 {
        let since = sqlx::query_scalar(NO_WORKER_SINCE).fetch_one(&mut *connection).await?;
        let found = Found { user_id: None, user_email: None, job_id: None, word: String::new(), since };
        let title = format!("No worker is running, and {} jobs wait", counts.waiting + counts.running);
        list.push(found.entry(
            AttentionKind::NoWorker,
            title,
            "Nothing is carried out until a worker starts. Start one; the jobs are kept and go on by themselves.",
        ));
    }
    for found in read(connection, USER_WITHOUT_JOB).await? {
        let title = format!("Demo mode says {}, but no job carries it out", found.word);
        list.push(found.entry(
            AttentionKind::UserWithoutJob,
            title,
            "The customer sees a progress bar that will not end. This should be impossible: pass it to engineering.",
        ));
    }
    for found in read(connection, LEASE_EXPIRED).await? {
        let title = format!("The worker of this {} job has gone silent", found.word);
        list.push(found.entry(
            AttentionKind::LeaseExpired,
            title,
            "Another worker takes the job over within seconds. If it stays here, no healthy worker is running.",
        ));
    }
    for found in read(connection, WAITING_LONG).await? {
        let title = format!("A {} job is due and has not been started", found.word);
        list.push(found.entry(
            AttentionKind::WaitingLong,
            title,
            "All workers are busy, or none can run this type. More workers shorten the wait; nothing is lost meanwhile.",
        ));
    }
    for found in read(connection, RUNNING).await? {
        let usual_s = history.p95_s(connection, &found.word).await?.unwrap_or(0.0).max(RUNNING_LONG_MIN_S);
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a percentile, at most some hours")]
        if as_of - found.since > Duration::milliseconds((usual_s * 1000.0) as i64) {
            let title = format!("A {} job runs longer than almost all of its kind", found.word);
            list.push(found.entry(
                AttentionKind::RunningLong,
                title,
                "Its worker is alive. Wait for its deadline, or cancel it and try again.",
            ));
        }
    }
    for found in read(connection, DEMO_MODE_FAILED).await? {
        let title = format!("Demo mode failed: {}", found.word);
        list.push(found.entry(
            AttentionKind::DemoModeFailed,
            title,
            "The customer sees an error. Open the user to retry, to remove what was left, or to dismiss it.",
        ));
    }
    let more = list.len() > SHOWN;
    list.truncate(SHOWN);
    Ok((list, more))
}

async fn read(connection: &mut PgConnection, sql: &'static str) -> Result<Vec<Found>, ReadError> {
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}
