//! The verdicts, from what the database holds once everything is healed and drained.

pub mod acks;
pub mod jobs;
pub mod outside;

use crate::{report::Finding, stage::Stage};
use anyhow::Result;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

const WAITING: &str = "SELECT count(*) FROM background_jobs WHERE status IN ('pending', 'running') AND queue = 'default' \
    AND run_at < now() + interval '1 min'";

/// A drain that takes longer than this has not happened.
const DRAIN_MAX: Duration = Duration::from_secs(90);

/// Waits until nothing is left to do. Answers how many jobs are left, and how long it took.
pub async fn drain(stage: &Stage) -> Result<(i64, Duration)> {
    let begun = Instant::now();
    loop {
        let left: i64 = sqlx::query_scalar(WAITING).fetch_one(&stage.owner).await?;
        if left == 0 || begun.elapsed() > DRAIN_MAX {
            return Ok((left, begun.elapsed()));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Lines of text that a statement answers.
pub async fn lines(stage: &Stage, sql: &'static str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(sql).fetch_all(&stage.owner).await?)
}

/// A number that a statement answers.
pub async fn number(stage: &Stage, sql: &'static str) -> Result<i64> {
    Ok(sqlx::query_scalar(sql).fetch_one(&stage.owner).await?)
}

/// Of all scenarios together.
static SNAPSHOTS: AtomicU64 = AtomicU64::new(0);

/// Whether all scenarios together looked often enough. What they saw is their own findings.
pub fn snapshots_in_all(at_least: u64) -> Finding {
    let looked = SNAPSHOTS.load(Ordering::Relaxed);
    let mut finding =
        Finding::new("R4", looked >= at_least, format!("{looked} snapshots"), format!("at least {at_least}"));
    "all".clone_into(&mut finding.scenario);
    finding
}

/// What the checker saw, as findings.
pub fn snapshots(seen: crate::checker::Seen, last: Vec<String>, at_least: u64) -> Vec<Finding> {
    SNAPSHOTS.fetch_add(seen.snapshots, Ordering::Relaxed);
    let mut broken = seen.broken;
    broken.extend(last);
    let enough = seen.snapshots >= at_least;
    let figure =
        format!("{} violations in {} snapshots, {} of them of everything", broken.len(), seen.snapshots, seen.whole);
    let mut held = Finding::none_of("R4", broken, figure, format!("0 in at least {at_least}"));
    if !enough {
        held.verdict = crate::report::Verdict::Missed;
    }
    let figure = format!("{} idle for more than 5 s, looked {} times", seen.idle.len(), seen.snapshots);
    vec![held, Finding::none_of("R23", seen.idle, figure, "0")]
}
