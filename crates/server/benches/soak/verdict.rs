//! What the samples say.

use crate::sample::Sample;
use serde::Serialize;

/// A statement may get slower by this share of what it took at first, or by this much, over the whole time.
const GROWTH_MAX: f64 = 0.25;
const GROWTH_MAX_MS: f64 = 0.5;
/// A job leaves two dead rows: it was made pending, then running. The rest is for heartbeats.
const DEAD_PER_JOB_MAX: f64 = 3.0;
/// Dead rows that autovacuum leaves alone by the table's own setting.
const DEAD_AT_REST: f64 = 5_000.0;
/// Autovacuum looks once a minute and takes its time; before that nothing can be said.
const AFTER_S: f64 = 150.0;

/// One question with its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    what: &'static str,
    measured: f64,
    bar: f64,
    unit: &'static str,
    /// `None`: the run was too short to tell.
    ok: Option<bool>,
}

impl Verdict {
    fn at_most(what: &'static str, measured: f64, bar: f64, unit: &'static str) -> Self {
        Self { what, measured, bar, unit, ok: Some(measured <= bar) }
    }

    pub fn line(&self) -> String {
        let verdict = self.ok.map_or("TOO SHORT TO TELL", |ok| if ok { "kept" } else { "MISSED" });
        format!("{verdict}: {}: {:.3} {} (bar {:.3})", self.what, self.measured, self.unit, self.bar)
    }
}

/// Judges the whole run.
pub fn judge(samples: &[Sample], per_s: u32) -> Vec<Verdict> {
    let pinned: Vec<&Sample> = samples.iter().filter(|sample| sample.horizon_age.is_some()).collect();
    let claims = growth(
        &pinned,
        |sample| sample.claim_ms,
        ["growth of a claim while the horizon is pinned", "slope of a claim"],
    );
    let ends = growth(
        &pinned,
        |sample| sample.finish_ms,
        ["growth of the end of a batch meanwhile", "slope of the end of a batch"],
    );

    let first_jobs = pinned.first().map_or(0, |sample| sample.jobs);
    let most = pinned
        .iter()
        .filter(|sample| sample.jobs > first_jobs + 1_000)
        .map(|sample| (sample.dead_jobs as f64 - DEAD_AT_REST).max(0.0) / (sample.jobs - first_jobs) as f64);
    let dead = Verdict::at_most(
        "dead rows for each job run while the horizon is pinned, at most",
        most.fold(0.0, f64::max),
        DEAD_PER_JOB_MAX,
        "rows",
    );

    let released_at = pinned.last().map_or(0.0, |sample| sample.at_s);
    let last = samples.last();
    let left = last.map_or(0.0, |sample| sample.dead_jobs as f64);
    let mut gone = Verdict::at_most(
        "dead rows at the end, after the reader has gone",
        left,
        2.0 * DEAD_AT_REST + f64::from(per_s) * 2.0 * 60.0,
        "rows",
    );
    if last.is_none_or(|sample| sample.at_s - released_at < AFTER_S) {
        gone.ok = None;
    }
    let waiting = samples.iter().skip(1).map(|sample| sample.waiting as f64).fold(0.0, f64::max);
    let backlog =
        Verdict::at_most("due jobs that wait, at most: the load is carried", waiting, f64::from(per_s), "jobs");
    claims.into_iter().chain(ends).chain([dead, gone, backlog]).collect()
}

/// Slope by Theil and Sen: over the whole time, and by the minute.
fn growth(
    pinned: &[&Sample],
    ms: impl Fn(&Sample) -> Option<f64>,
    [whole, by_minute]: [&'static str; 2],
) -> [Verdict; 2] {
    let latencies: Vec<(f64, f64)> = pinned.iter().skip(2).filter_map(|s| Some((s.at_s, ms(s)?))).collect();
    let span_s = latencies.last().zip(latencies.first()).map_or(0.0, |(last, first)| last.0 - first.0);
    let slope_ms_s = slope(&latencies);
    let at_first = median(latencies.iter().take((latencies.len() / 4).max(1)).map(|(_, ms)| *ms).collect());
    let mut growth = Verdict::at_most(whole, slope_ms_s * span_s, (at_first * GROWTH_MAX).max(GROWTH_MAX_MS), "ms");
    if latencies.len() < 8 {
        growth.ok = None;
    }
    let per_minute = Verdict {
        what: by_minute,
        measured: slope_ms_s * 60.0,
        bar: growth.bar / span_s.max(1.0) * 60.0,
        unit: "ms a minute",
        ok: growth.ok,
    };
    [growth, per_minute]
}

/// The median of the slopes between all pairs: a few odd samples (a checkpoint, a vacuum) do not turn it.
fn slope(points: &[(f64, f64)]) -> f64 {
    let pairs =
        points.iter().enumerate().flat_map(|(n, a)| points[n + 1..].iter().map(move |b| (b.1 - a.1) / (b.0 - a.0)));
    median(pairs.filter(|slope| slope.is_finite()).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
