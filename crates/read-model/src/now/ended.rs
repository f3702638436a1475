//! What ended: the last day for the service levels, the last hour by minute.
//!
//! Rolled-up minutes plus the jobs that ended since. The rolled-up part changes only when the watermark moves, once a
//! minute, so it is kept for as long as the watermark stands.

use crate::{
    ReadError,
    history::{Histogram, History},
};
use chrono::{DateTime, Duration, DurationRound, Utc};
use contract::now::MinuteCount;
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;

/// Jobs of demo mode in the last day before the watermark, by status and bucket.
const DAY: &str = "SELECT s.status, b.k::int4 AS k, sum(b.n)::int8 AS n FROM ops.job_stats s, \
    unnest(s.buckets) WITH ORDINALITY AS b (n, k) \
  WHERE s.minute >= $1 - interval '1 day' AND s.minute < $1 AND b.n > 0 \
    AND s.job_type IN ('demo_enable', 'demo_disable') AND s.status IN ('completed', 'failed') GROUP BY 1, 2";

/// All jobs of the last hour before the watermark, by minute.
const HOUR: &str = "SELECT minute, coalesce(sum(n) FILTER (WHERE status = 'completed'), 0)::int8 AS completed, \
    coalesce(sum(n) FILTER (WHERE status = 'failed'), 0)::int8 AS failed \
  FROM ops.job_stats WHERE minute >= $1 - interval '1 hour' AND minute < $1 GROUP BY minute";

/// What ended since the watermark, by minute, kind and bucket (as the roll-up places them). When the roll-up has stood still for long, the newest
/// 50,000 stand for the rest.
const TAIL: &str = "SELECT date_trunc('minute', completed_at) AS minute, status, \
    job_type IN ('demo_enable', 'demo_disable') AS demo, count(*) AS n, \
    least(31, ceil(ln(greatest(0.1, extract(epoch FROM completed_at - scheduled_for)::float8) * 10) / ln(1.5)))::int4 AS bucket \
  FROM (SELECT completed_at, scheduled_for, status, job_type FROM ops.jobs \
    WHERE completed_at >= greatest($1, now() - interval '1 day') ORDER BY completed_at DESC, id DESC LIMIT 50000) ended \
  WHERE status IN ('completed', 'failed') GROUP BY 1, 2, 3, 5";

/// The rolled-up part.
#[derive(Clone, Debug)]
pub(crate) struct Levels {
    through: DateTime<Utc>,
    completed: u64,
    failed: u64,
    durations: Histogram,
    minutes: BTreeMap<DateTime<Utc>, (u64, u64)>,
}

/// The whole.
pub(super) struct Ended {
    completed: u64,
    failed: u64,
    pub(super) durations: Histogram,
    pub(super) minutes: Vec<MinuteCount>,
}

impl Ended {
    /// Completed of completed and failed demo jobs, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "counts of jobs stay far below 2^52")]
    pub(super) fn success_rate(&self) -> Option<f64> {
        let all = self.completed + self.failed;
        (all > 0).then(|| self.completed as f64 / all as f64)
    }

    pub(super) fn finished(&self) -> u32 {
        u32::try_from(self.completed + self.failed).unwrap_or(u32::MAX)
    }
}

#[derive(FromRow)]
struct TailRow {
    minute: DateTime<Utc>,
    status: String,
    demo: bool,
    n: i64,
    bucket: i32,
}

pub(super) async fn ended(
    connection: &mut PgConnection,
    history: &History,
    as_of: DateTime<Utc>,
) -> Result<Ended, ReadError> {
    let through: Option<DateTime<Utc>> =
        sqlx::query_scalar("SELECT through FROM ops.job_stats_watermark").fetch_optional(&mut *connection).await?;
    let through = through.unwrap_or(as_of - Duration::days(1));
    let mut sum = match history.levels(through) {
        Some(kept) => kept,
        None => {
            let read = rolled_up(connection, through).await?;
            history.keep_levels(read.clone());
            read
        }
    };
    let tail: Vec<TailRow> = sqlx::query_as(TAIL).bind(through).fetch_all(connection).await?;
    for row in tail {
        let n = u64::try_from(row.n).unwrap_or(0);
        let completed = row.status == "completed";
        let minute = sum.minutes.entry(row.minute).or_default();
        if completed {
            minute.0 += n;
        } else {
            minute.1 += n;
        }
        if row.demo && completed {
            sum.completed += n;
            sum.durations.add(row.bucket + 1, row.n);
        } else if row.demo {
            sum.failed += n;
        }
    }
    let minutes = without_gaps(&sum.minutes, as_of);
    Ok(Ended { completed: sum.completed, failed: sum.failed, durations: sum.durations, minutes })
}

async fn rolled_up(connection: &mut PgConnection, through: DateTime<Utc>) -> Result<Levels, ReadError> {
    let day: Vec<(String, i32, i64)> = sqlx::query_as(DAY).bind(through).fetch_all(&mut *connection).await?;
    let hour: Vec<(DateTime<Utc>, i64, i64)> = sqlx::query_as(HOUR).bind(through).fetch_all(connection).await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut levels = Levels {
        through,
        completed: 0,
        failed: 0,
        durations: Histogram::default(),
        minutes: hour
            .into_iter()
            .map(|(minute, completed, failed)| (minute, (count(completed), count(failed))))
            .collect(),
    };
    for (status, position, n) in day {
        if status == "completed" {
            levels.completed += count(n);
            levels.durations.add(position, n);
        } else {
            levels.failed += count(n);
        }
    }
    Ok(levels)
}

/// The last 60 minutes, the running one included, oldest first.
fn without_gaps(minutes: &BTreeMap<DateTime<Utc>, (u64, u64)>, as_of: DateTime<Utc>) -> Vec<MinuteCount> {
    let newest = as_of.duration_trunc(Duration::minutes(1)).unwrap_or(as_of);
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    (0..60)
        .rev()
        .map(|ago| {
            let minute = newest - Duration::minutes(ago);
            let (completed, failed) = minutes.get(&minute).copied().unwrap_or_default();
            MinuteCount { minute, completed: count(completed), failed: count(failed) }
        })
        .collect()
}

impl History {
    fn levels(&self, through: DateTime<Utc>) -> Option<Levels> {
        let kept = self.levels.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.as_ref().filter(|kept| kept.through == through).cloned()
    }

    fn keep_levels(&self, levels: Levels) {
        *self.levels.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(levels);
    }
}
