//! The facts of many cases at once: one statement, every row by its key.

use super::surroundings::Surroundings;
use crate::{ReadError, history::History, row::At};
use contract::{
    jobs::ExpectedDuration,
    state_machine::{
        DemoMode, ErrorClass, JobStatus, JobType,
        triage::{CaseFacts, CaseJob, HolderFacts, PlainWords, UserFacts, Usual},
    },
};
use sqlx::{FromRow, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// Ages and distances are floored towards the past, so that what is due is never said to be ahead. `date_part` and not `extract`,
/// which would reckon ten ages a row in decimal digits.
const CASES: &str = "SELECT u.id AS user_id, u.email AS user_email, u.demo_mode_version AS user_version, u.demo_mode AS legacy_on, \
    u.demo_mode_status, u.demo_mode_failed_operation, u.demo_mode_error, u.demo_mode_job_id, u.demo_profile_id, \
    floor(date_part('epoch', now() - coalesce(u.demo_mode_changed_at, u.created_at AT TIME ZONE 'UTC')))::int8 AS changed_s, \
    j.id AS job_id, j.version AS job_version, j.job_type, j.queue, j.status AS job_status, j.attempt, j.max_attempts, \
    j.lease_epoch, j.progress, j.progress_step, left(j.error_message, 1000) AS error_message, j.error_class, \
    floor(date_part('epoch', now() - j.cancel_requested_at))::int8 AS stop_asked_s, \
    floor(date_part('epoch', now() - j.run_at))::int8 AS due_s, \
    floor(date_part('epoch', now() - j.created_at))::int8 AS created_s, \
    floor(date_part('epoch', now() - j.started_at))::int8 AS started_s, \
    floor(date_part('epoch', now() - j.lease_expires_at))::int8 AS lease_over_s, \
    floor(date_part('epoch', now() - j.deadline_at))::int8 AS deadline_over_s, \
    floor(date_part('epoch', now() - j.completed_at))::int8 AS ended_s, \
    floor(date_part('epoch', now() - e.at))::int8 AS last_event_s, \
    coalesce(b.status = 'cancelled' AND b.job_type = 'demo_enable' AND b.completed_at = j.created_at, false) AS compensates, \
    said.title AS said_title, said.customer_sees AS said_customer_sees, said.ticket_reply AS said_reply, \
    w.host, w.pid, w.stopped_at IS NOT NULL AS holder_stopped, floor(date_part('epoch', now() - w.last_seen_at))::int8 AS holder_s \
  FROM unnest($1::uuid[], $2::uuid[]) AS pair (user_id, job_id) \
  LEFT JOIN ops.users u ON u.id = pair.user_id \
  LEFT JOIN ops.jobs j ON j.id = pair.job_id \
  LEFT JOIN ops.workers w ON w.id = j.locked_by \
  LEFT JOIN ops.error_words said ON j.status <> 'completed' AND said.title IS NOT NULL \
    AND said.fingerprint = public.error_fingerprint(j.error_class, j.error_message) \
  LEFT JOIN LATERAL (SELECT at FROM ops.job_events WHERE job_id = j.id AND j.status IN ('pending', 'failed') \
    ORDER BY id DESC LIMIT 1) e ON true \
  LEFT JOIN LATERAL (SELECT status, job_type, completed_at FROM ops.jobs \
    WHERE user_id = j.user_id AND j.job_type = 'demo_disable' AND j.status IN ('pending', 'running') \
      AND (created_at, id) < (j.created_at, j.id) ORDER BY created_at DESC, id DESC LIMIT 1) b ON true";

/// Due jobs that are claimed before this one.
const AHEAD: &str = "SELECT count(*) FROM (SELECT FROM ops.jobs a JOIN ops.jobs j ON j.id = $1 \
  WHERE a.status = 'pending' AND a.queue = j.queue AND (a.priority, a.run_at, a.id) < (j.priority, j.run_at, j.id) \
    AND a.run_at <= now() LIMIT 1000) ahead";

/// In the place of a profile's id: the job of the id behind it may have made one.
const MADE_BY: &str = "made-by:";

/// Who is looked at together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, FromRow)]
pub(super) struct Pair {
    pub(super) user_id: Option<Uuid>,
    pub(super) job_id: Option<Uuid>,
}

/// A case with its facts.
pub(crate) struct Case {
    pub(crate) user_id: Option<Uuid>,
    pub(super) user_email: Option<String>,
    pub(crate) user_version: Option<u32>,
    pub(crate) job_id: Option<Uuid>,
    pub(crate) job_version: Option<u32>,
    pub(crate) facts: CaseFacts,
}

#[derive(FromRow)]
struct Stored {
    user_id: Option<Uuid>,
    user_email: Option<String>,
    user_version: Option<i32>,
    legacy_on: Option<bool>,
    demo_mode_status: Option<String>,
    demo_mode_failed_operation: Option<String>,
    demo_mode_error: Option<String>,
    demo_mode_job_id: Option<Uuid>,
    demo_profile_id: Option<String>,
    changed_s: Option<i64>,
    job_id: Option<Uuid>,
    #[sqlx(flatten)]
    job: StoredJob,
}

#[derive(FromRow)]
struct StoredJob {
    job_version: Option<i32>,
    job_type: Option<String>,
    queue: Option<String>,
    job_status: Option<String>,
    attempt: Option<i32>,
    max_attempts: Option<i32>,
    lease_epoch: Option<i64>,
    progress: Option<i16>,
    progress_step: Option<String>,
    error_message: Option<String>,
    error_class: Option<String>,
    said_title: Option<String>,
    said_customer_sees: Option<String>,
    said_reply: Option<String>,
    stop_asked_s: Option<i64>,
    due_s: Option<i64>,
    created_s: Option<i64>,
    started_s: Option<i64>,
    lease_over_s: Option<i64>,
    deadline_over_s: Option<i64>,
    ended_s: Option<i64>,
    last_event_s: Option<i64>,
    compensates: bool,
    host: Option<String>,
    pid: Option<i32>,
    holder_stopped: bool,
    holder_s: Option<i64>,
}

/// The cases of `pairs` that there are: one of whose user and job nothing is left is left out.
pub(super) async fn read(
    connection: &mut PgConnection,
    history: &History,
    around: &Surroundings,
    pairs: &[Pair],
) -> Result<Vec<Case>, ReadError> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let (users, jobs): (Vec<_>, Vec<_>) = pairs.iter().map(|pair| (pair.user_id, pair.job_id)).unzip();
    let rows: Vec<Stored> = sqlx::query_as(CASES).bind(users).bind(jobs).fetch_all(&mut *connection).await?;
    let mut usual: HashMap<String, Option<Usual>> = HashMap::new();
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        if row.user_id.is_none() && row.job_id.is_none() {
            continue;
        }
        let of_type = match &row.job.job_type {
            None => None,
            Some(word) => match usual.get(word) {
                Some(known) => *known,
                None => {
                    let read = history.expected(connection, word).await?.map(|expected| whole(&expected));
                    usual.insert(word.clone(), read);
                    read
                }
            },
        };
        cases.push(case(row, around, of_type)?);
    }
    Ok(cases)
}

fn case(row: Stored, around: &Surroundings, usual: Option<Usual>) -> Result<Case, ReadError> {
    let queue = row.job.queue.clone().unwrap_or_else(|| "default".into());
    let is_current = row.job_id.is_some() && row.demo_mode_job_id == row.job_id;
    let job_at = row.job_id.unwrap_or_default();
    let at = At { table: "ops.jobs", id: &job_at };
    let job_version = row.job.job_version.map(|version| at.count("version", version)).transpose()?;
    let workers = around.workers(&queue, row.job.job_type.as_deref());
    let job = row.job_id.map(|_| job(row.job, at, is_current)).transpose()?;
    let user_at = row.user_id.unwrap_or_default();
    let at = At { table: "ops.users", id: &user_at };
    let user = match &row.demo_mode_status {
        None => None,
        Some(status) => Some(UserFacts {
            demo: DemoMode {
                status: at.word("demo_mode_status", status)?,
                failed_operation: at
                    .word_or_none("demo_mode_failed_operation", row.demo_mode_failed_operation.as_deref())?,
                profile_exists: row.demo_profile_id.is_some(),
            },
            names_job: row.demo_mode_job_id.is_some(),
            legacy_on: row.legacy_on == Some(true),
            profile_presumed: row.demo_profile_id.is_some_and(|id| id.starts_with(MADE_BY)),
            changed_s: row.changed_s,
            error: row.demo_mode_error,
        }),
    };
    Ok(Case {
        user_version: row.user_version.map(|version| at.count("demo_mode_version", version)).transpose()?,
        user_id: row.user_id,
        user_email: row.user_email,
        job_id: row.job_id,
        job_version,
        facts: CaseFacts { user, job, queue: around.queue(&queue), workers, service: around.service.clone(), usual },
    })
}

fn job(row: StoredJob, at: At<'_>, is_current: bool) -> Result<CaseJob, ReadError> {
    let type_word = row.job_type.unwrap_or_default();
    let status: JobStatus = at.word("status", &row.job_status.unwrap_or_default())?;
    let ahead = |over_s: Option<i64>| over_s.map(|over_s| -over_s);
    let name = row.host.zip(row.pid).map(|(host, pid)| format!("{host}:{pid}"));
    Ok(CaseJob {
        job_type: type_word.parse::<JobType>().ok(),
        type_word,
        status,
        is_current,
        stop_asked_s: row.stop_asked_s.filter(|_| status.is_live()),
        attempt: at.count("attempt", row.attempt.unwrap_or_default())?,
        max_attempts: at.count("max_attempts", row.max_attempts.unwrap_or_default())?,
        claimed_before: row.lease_epoch.is_some_and(|epoch| epoch > 0),
        compensates: row.compensates,
        due_in_s: ahead(row.due_s).unwrap_or_default(),
        created_s: row.created_s.unwrap_or_default(),
        started_s: row.started_s,
        lease_in_s: ahead(row.lease_over_s),
        deadline_in_s: ahead(row.deadline_over_s),
        ended_s: row.ended_s,
        last_event_s: row.last_event_s,
        progress: at.count("progress", row.progress.unwrap_or_default())?,
        step: row.progress_step,
        error: row.error_message,
        // A newer build may have words that this one does not know.
        error_class: row.error_class.and_then(|word| word.parse::<ErrorClass>().ok()),
        words: row
            .said_title
            .zip(row.said_customer_sees)
            .zip(row.said_reply)
            .map(|((title, customer_sees), reply)| PlainWords { title, customer_sees, reply }),
        holder: name.zip(row.holder_s).map(|(name, seen_s)| HolderFacts { name, seen_s, stopped: row.holder_stopped }),
    })
}

impl Case {
    /// Counts the due jobs before this one, where it waits for its turn.
    pub(super) async fn count_ahead(&mut self, connection: &mut PgConnection) -> Result<(), ReadError> {
        let due = self.facts.job.as_ref().is_some_and(|job| job.status == JobStatus::Pending && job.due_in_s <= 0);
        if let (true, Some(job_id)) = (due, self.job_id) {
            let ahead: i64 = sqlx::query_scalar(AHEAD).bind(job_id).fetch_one(connection).await?;
            self.facts.queue.ahead = At { table: "ops.jobs", id: &job_id }.count("count", ahead)?;
        }
        Ok(())
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds of a percentile, at most some hours"
)]
fn whole(expected: &ExpectedDuration) -> Usual {
    Usual { p50_s: expected.p50_s.ceil() as u32, p95_s: expected.p95_s.ceil() as u32, count: expected.sample }
}
