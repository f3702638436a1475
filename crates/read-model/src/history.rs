//! How long jobs take, from the minutes that are rolled up.
//!
//! Every open page asks for it and seven days are some 60,000 rows, so an answer is kept for five minutes.

use crate::{ReadError, now::Levels};
use contract::jobs::ExpectedDuration;
use sqlx::PgConnection;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long an answer about seven days is repeated.
const KEPT_FOR: Duration = Duration::from_secs(300);
/// Fewer finished jobs say nothing.
const SAMPLE_MIN: u32 = 5;
/// Buckets of `job_stats`; see migration 0003.
const BUCKETS: usize = 32;

/// How many jobs of each type fell into each bucket.
const SUMS: &str = "SELECT s.job_type, b.k::int4, sum(b.n)::int8 FROM ops.job_stats s, \
    unnest(s.buckets) WITH ORDINALITY AS b (n, k) \
  WHERE s.status = 'completed' AND s.minute > now() - interval '7 days' AND b.n > 0 GROUP BY 1, 2";

/// What is known of recent history.
#[derive(Debug, Default)]
pub(crate) struct History {
    expected: Mutex<Option<(Instant, HashMap<String, ExpectedDuration>)>>,
    /// What the service levels rest on; see `now/ended.rs`.
    pub(crate) levels: Mutex<Option<Levels>>,
}

impl History {
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
        let rows: Vec<(String, i32, i64)> = sqlx::query_as(SUMS).fetch_all(connection).await?;
        let mut histograms: HashMap<String, Histogram> = HashMap::new();
        for (job_type, position, n) in rows {
            histograms.entry(job_type).or_default().add(position, n);
        }
        let by_type: HashMap<_, _> =
            histograms.into_iter().filter_map(|(job_type, of_type)| Some((job_type, of_type.expected()?))).collect();
        let found = by_type.get(job_type).cloned();
        *self.expected.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), by_type));
        Ok(found)
    }
}

/// Counts by duration; bucket k holds durations up to 100 ms · 1.5^k, the last one everything longer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Histogram([u64; BUCKETS]);

impl Histogram {
    /// Adds `n` jobs to the bucket at `position`, which PostgreSQL counts from 1.
    pub(crate) fn add(&mut self, position: i32, n: i64) {
        let bucket = usize::try_from(position).ok().and_then(|position| self.0.get_mut(position.checked_sub(1)?));
        if let (Some(bucket), Ok(n)) = (bucket, u64::try_from(n)) {
            *bucket += n;
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

    fn histogram(filled: &[(i32, i64)]) -> Histogram {
        let mut histogram = Histogram::default();
        for &(bucket, n) in filled {
            histogram.add(bucket + 1, n);
        }
        histogram
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
    fn what_fits_no_bucket_is_left_out() {
        assert_eq!(histogram(&[(-1, 3), (32, 3), (40, 3), (2, -1)]), Histogram::default());
        assert_eq!(histogram(&[(31, 3), (0, 2)]).total(), 5);
    }
}
