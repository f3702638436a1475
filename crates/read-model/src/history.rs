//! How long jobs take, from the minutes that are rolled up.
//!
//! The rolled-up minutes change once a minute, and every open page asks for them: what they say is kept for a minute.

use crate::{ReadError, now::Levels};
use contract::jobs::ExpectedDuration;
use sqlx::PgConnection;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long an answer is repeated.
const KEPT_FOR: Duration = Duration::from_secs(60);
/// Fewer finished jobs say nothing.
const SAMPLE_MIN: u32 = 5;
/// Buckets of `job_stats`; see migration 0003.
pub(crate) const BUCKETS: usize = 32;

/// One row a type: 32 sums. Written out, because taking the arrays apart and grouping by position takes five times as long.
const SUMS: &str = "SELECT job_type, ARRAY[sum(buckets[1]), sum(buckets[2]), sum(buckets[3]), sum(buckets[4]), \
    sum(buckets[5]), sum(buckets[6]), sum(buckets[7]), sum(buckets[8]), sum(buckets[9]), sum(buckets[10]), \
    sum(buckets[11]), sum(buckets[12]), sum(buckets[13]), sum(buckets[14]), sum(buckets[15]), sum(buckets[16]), \
    sum(buckets[17]), sum(buckets[18]), sum(buckets[19]), sum(buckets[20]), sum(buckets[21]), sum(buckets[22]), \
    sum(buckets[23]), sum(buckets[24]), sum(buckets[25]), sum(buckets[26]), sum(buckets[27]), sum(buckets[28]), \
    sum(buckets[29]), sum(buckets[30]), sum(buckets[31]), sum(buckets[32])] \
  FROM ops.job_stats WHERE status = 'completed' AND minute > now() - interval '7 days' GROUP BY job_type";

/// What is known of recent history.
#[derive(Debug, Default)]
pub(crate) struct History {
    expected: Mutex<Option<(Instant, HashMap<String, ExpectedDuration>)>>,
    /// What the service levels rest on; see `now/ended.rs`.
    pub(crate) levels: Mutex<Option<Levels>>,
}

impl History {
    /// The duration that 95 of 100 jobs of this type stay under, seconds, where enough is known.
    pub(crate) async fn p95_s(&self, connection: &mut PgConnection, job_type: &str) -> Result<Option<f64>, ReadError> {
        Ok(self.expected(connection, job_type).await?.map(|expected| expected.p95_s))
    }

    /// How long jobs of this type take; `None` below five that completed within seven days.
    pub(crate) async fn expected(
        &self,
        connection: &mut PgConnection,
        job_type: &str,
    ) -> Result<Option<ExpectedDuration>, ReadError> {
        {
            let kept = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, by_type)) = kept.as_ref().filter(|(read_at, _)| read_at.elapsed() < KEPT_FOR) {
                return Ok(by_type.get(job_type).cloned());
            }
        }
        let rows: Vec<(String, Vec<Option<i64>>)> = sqlx::query_as(SUMS).fetch_all(connection).await?;
        let by_type: HashMap<_, _> = rows
            .into_iter()
            .filter_map(|(job_type, sums)| Some((job_type, Histogram::of(&sums).expected()?)))
            .collect();
        let found = by_type.get(job_type).cloned();
        *self.expected.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), by_type));
        Ok(found)
    }
}

/// Counts by duration; bucket k holds durations up to 100 ms · 1.5^k, the last one everything longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Histogram([u64; BUCKETS]);

impl Histogram {
    pub(crate) fn of(counts: &[Option<i64>]) -> Self {
        let mut buckets = [0; BUCKETS];
        for (bucket, count) in buckets.iter_mut().zip(counts) {
            *bucket = count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        }
        Self(buckets)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (bucket, count) in self.0.iter_mut().zip(other.0) {
            *bucket += count;
        }
    }

    pub(crate) const fn add_to(&mut self, bucket: usize, count: u64) {
        if bucket < BUCKETS {
            self.0[bucket] += count;
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The duration, seconds, within which `share` (0 to 1) of the jobs were done; evenly spread within a bucket.
    #[expect(clippy::cast_precision_loss, reason = "counts of jobs stay far below 2^52")]
    pub(crate) fn percentile(&self, share: f64) -> Option<f64> {
        let wanted = self.total() as f64 * share;
        let (mut below, mut upper) = (0.0, 0.1);
        let mut lower = 0.0;
        for count in self.0 {
            let here = count as f64;
            if here > 0.0 && below + here >= wanted {
                return Some(lower + (upper - lower) * ((wanted - below) / here).clamp(0.0, 1.0));
            }
            below += here;
            lower = upper;
            upper *= 1.5;
        }
        None
    }

    fn expected(&self) -> Option<ExpectedDuration> {
        let sample = u32::try_from(self.total()).unwrap_or(u32::MAX);
        if sample < SAMPLE_MIN {
            return None;
        }
        Some(ExpectedDuration { p50_s: self.percentile(0.5)?, p95_s: self.percentile(0.95)?, sample })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(filled: &[(usize, i64)]) -> Histogram {
        let mut counts = vec![Some(0); BUCKETS];
        for &(bucket, n) in filled {
            counts[bucket] = Some(n);
        }
        Histogram::of(&counts)
    }

    #[test]
    fn percentiles_stand_within_their_bucket() {
        // Bucket 1 holds 0.1 s to 0.15 s, bucket 4 holds 0.3375 s to 0.50625 s.
        let both = histogram(&[(1, 90), (4, 10)]);
        let p50 = both.percentile(0.5).expect("some");
        assert!((0.1..=0.15).contains(&p50), "{p50}");
        let p95 = both.percentile(0.95).expect("some");
        assert!((0.3375..=0.50625).contains(&p95), "{p95}");
    }

    #[test]
    fn too_few_jobs_say_nothing() {
        assert_eq!(histogram(&[(3, 4)]).expected(), None);
        assert_eq!(histogram(&[]).percentile(0.5), None);
        assert_eq!(histogram(&[(3, 5)]).expected().map(|e| e.sample), Some(5));
    }

    #[test]
    fn merging_adds_up() {
        let mut sum = histogram(&[(1, 3)]);
        sum.add(&histogram(&[(1, 4), (9, 2)]));
        assert_eq!(sum, histogram(&[(1, 7), (9, 2)]));
    }
}
