//! Who may disagree or be overdue: bounded looks through partial indexes of what is not at rest.
//!
//! Each look finds a little more than the rules would call wrong, and never less within its bound; the verdict sorts out.
//! A look that meets its bound says so, and the count becomes "or more".

use super::{case::Pair, surroundings::Surroundings};
use crate::ReadError;
use sqlx::PgConnection;
use std::collections::HashSet;

/// The most pairs of one look, for a list that people read.
pub(super) const LISTED_MAX: i64 = 500;

/// In progress, and no live job of that operation that demo mode names. Looks at 5,000 users in progress.
const WITHOUT_JOB: &str = "SELECT u.id AS user_id, u.demo_mode_job_id AS job_id, u.seen FROM ( \
    SELECT id, demo_mode_job_id, demo_mode_status, count(*) OVER () AS seen FROM ( \
      SELECT id, demo_mode_job_id, demo_mode_status FROM ops.users \
      WHERE demo_mode_status IN ('enabling', 'disabling') LIMIT 5000) looked) u \
  WHERE NOT EXISTS (SELECT FROM ops.jobs j WHERE j.id = u.demo_mode_job_id AND j.status IN ('pending', 'running') \
    AND j.job_type = CASE u.demo_mode_status WHEN 'enabling' THEN 'demo_enable' ELSE 'demo_disable' END) LIMIT $1";
const WITHOUT_JOB_SEEN: i64 = 5_000;

/// The newest failures.
const FAILED: &str = "SELECT id AS user_id, demo_mode_job_id AS job_id, 0::int8 AS seen FROM ops.users \
  WHERE demo_mode_status = 'failed' ORDER BY demo_mode_changed_at DESC, id LIMIT $1";

/// Two claims of one truth; the predicate of the index `users_contradictory`, letter for letter.
const CONTRADICTORY: &str = "SELECT id AS user_id, demo_mode_job_id AS job_id, 0::int8 AS seen FROM ops.users \
  WHERE (demo_mode IS DISTINCT FROM (demo_mode_status IN ('enabled', 'disabling'))) \
    OR (demo_mode_status = 'disabled' AND demo_profile_id IS NOT NULL) ORDER BY id LIMIT $1";

/// Running, and past a limit, or held by somebody silent, or for a user who does not wait for it, or for a service that is away.
/// Looks at 5,000.
const RUNNING: &str = "SELECT j.user_id, j.id AS job_id, j.seen FROM ( \
    SELECT *, count(*) OVER () AS seen FROM ( \
      SELECT id, user_id, job_type, lease_expires_at, deadline_at, cancel_requested_at, started_at, locked_by FROM ops.jobs \
      WHERE status = 'running' LIMIT 5000) looked) j \
  LEFT JOIN ops.workers w ON w.id = j.locked_by \
  WHERE j.lease_expires_at < now() OR j.deadline_at < now() OR j.cancel_requested_at < now() - interval '30 seconds' \
    OR j.started_at < now() - interval '2 minutes' OR w.stopped_at IS NOT NULL OR w.last_seen_at < now() - interval '10 seconds' \
    OR (j.job_type IN ('demo_enable', 'demo_disable') AND ($2 OR (j.user_id IS NOT NULL AND NOT EXISTS ( \
      SELECT FROM ops.users u WHERE u.id = j.user_id AND u.demo_mode_job_id = j.id \
        AND u.demo_mode_status = CASE j.job_type WHEN 'demo_enable' THEN 'enabling' ELSE 'disabling' END)))) \
  ORDER BY j.started_at, j.id LIMIT $1";
const RUNNING_SEEN: i64 = 5_000;

/// Waiting, and nobody takes it, or not soon. Looks at the first 2,000 of each of 20 queues, in the order of claiming.
const WAITING: &str = "WITH RECURSIVE queue (name) AS ( \
    (SELECT queue FROM ops.jobs WHERE status = 'pending' ORDER BY queue LIMIT 1) \
    UNION ALL \
    SELECT (SELECT j.queue FROM ops.jobs j WHERE j.status = 'pending' AND j.queue > q.name ORDER BY j.queue LIMIT 1) \
    FROM queue q WHERE q.name IS NOT NULL \
  ), named AS (SELECT name FROM queue WHERE name IS NOT NULL LIMIT 20) \
  SELECT j.user_id, j.id AS job_id, j.seen FROM named CROSS JOIN LATERAL ( \
    SELECT *, count(*) OVER () AS seen FROM ( \
      SELECT id, user_id, queue, job_type, run_at, attempt, max_attempts, error_class FROM ops.jobs \
      WHERE status = 'pending' AND queue = named.name ORDER BY queue, priority, run_at, id LIMIT 2000) looked) j \
  WHERE j.attempt >= j.max_attempts OR j.run_at < now() - interval '1 minute' \
    OR (j.run_at <= now() AND (j.queue = ANY($2) OR j.queue <> ALL($3) OR j.job_type <> ALL($4))) \
    OR (j.run_at > now() AND j.attempt > 0 AND $5 AND j.error_class IN ('unreachable', 'timeout', 'refused', 'nonsense')) \
  ORDER BY j.run_at, j.id LIMIT $1";
const WAITING_SEEN: i64 = 2_000;

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    pair: Pair,
    /// How many rows the look went through, where that has a bound of its own.
    seen: i64,
}

/// Every pair once, `found_max` of each look at most, and whether there may be more than were found.
pub(super) async fn pairs(
    connection: &mut PgConnection,
    around: &Surroundings,
    found_max: i64,
) -> Result<(Vec<Pair>, bool), ReadError> {
    let mut all = All { found_max, ..All::default() };
    let probe = found_max + 1;
    let (disturbed, away) = (!around.service_is_well(), around.service_is_away());
    all.take(sqlx::query_as(WITHOUT_JOB).bind(probe).fetch_all(&mut *connection).await?, WITHOUT_JOB_SEEN);
    all.take(sqlx::query_as(CONTRADICTORY).bind(probe).fetch_all(&mut *connection).await?, i64::MAX);
    all.take(sqlx::query_as(RUNNING).bind(probe).bind(away).fetch_all(&mut *connection).await?, RUNNING_SEEN);
    let waiting = sqlx::query_as(WAITING)
        .bind(probe)
        .bind(around.paused())
        .bind(around.served())
        .bind(around.known_types())
        .bind(disturbed);
    all.take(waiting.fetch_all(&mut *connection).await?, WAITING_SEEN);
    all.take(sqlx::query_as(FAILED).bind(probe).fetch_all(connection).await?, i64::MAX);
    Ok((all.pairs, all.or_more))
}

#[derive(Default)]
struct All {
    found_max: i64,
    pairs: Vec<Pair>,
    known: HashSet<Pair>,
    or_more: bool,
}

impl All {
    fn take(&mut self, found: Vec<Found>, seen_max: i64) {
        self.or_more |= found.iter().any(|one| one.seen >= seen_max);
        for (number, one) in (1..).zip(found) {
            if number > self.found_max {
                self.or_more = true;
            } else if self.known.insert(one.pair) {
                self.pairs.push(one.pair);
            }
        }
    }
}
