//! Workers that linger before every write, and whose heartbeats linger too: their leases end, others take over, and then
//! they write. Nothing of it may arrive.

use super::{
    Context,
    mixed::{self, Mixed},
};
use crate::{
    faults::Weights,
    judge::{acks::Enough, number},
    load::Crowd,
    report::Finding,
    stage::Options,
};
use anyhow::Result;
use std::time::Duration;

/// How often and how long, at each place where a worker writes. A lease outlives one heartbeat that lingers, not three.
const LINGER: [(&str, u64, u64); 9] = [
    ("heartbeat.before", 60, 4_000),
    ("progress.before", 6, 3_000),
    ("remember.begun", 10, 3_800),
    ("finish.begun", 30, 3_800),
    ("retry.begun", 50, 3_800),
    ("fail.begun", 50, 3_800),
    ("cancel.begun", 50, 3_800),
    ("hand_back.begun", 50, 3_800),
    ("rescue.found", 30, 1_500),
];

/// Every point that is armed here.
#[cfg(test)]
pub fn points() -> impl Iterator<Item = &'static str> {
    LINGER.into_iter().map(|(point, ..)| point)
}

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut options = Options::new("stale", context.settings);
    let points: Vec<_> = LINGER.map(|(point, percent, ms)| format!("{point}={percent}%sleep({ms})")).into();
    options.environment.push(("FAILPOINTS".into(), points.join(";")));
    // A stale write that finds its job in another's hands is rare: a planted one gets more time to show.
    let length = if context.settings.planted.is_some() { Duration::from_secs(40) } else { context.length(16, 0.04) };
    let played = mixed::play(
        context,
        Mixed {
            options,
            crowd: Crowd { customers: 6, staff: 5, batch: (5, 15) },
            weights: Weights { stop_worker: 1, ..Weights::default() },
            every: Duration::from_millis(1_500),
            length,
            enough: Enough { jobs: context.bar(100, 500), ..Enough::default() },
            snapshots: context.bar(30, 300),
        },
    )
    .await?;
    let mut findings = played.findings;
    let stolen = number(
        &played.stage,
        "SELECT count(*) FROM chaos.ends WHERE expired AND app IS DISTINCT FROM claimed_by AND from_status = 'running'",
    )
    .await?;
    let wanted = i64::try_from(context.bar(20, 100)).unwrap_or(i64::MAX);
    let figure = format!("{stolen} leases taken over from workers that went on afterwards");
    findings.push(Finding::new("R9", stolen >= wanted, figure, format!("at least {wanted}, so that the zero counts")));
    played.stage.down().await;
    Ok(findings)
}
