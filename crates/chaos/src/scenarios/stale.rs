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

/// Longer than a lease, now and then, at each place where a worker writes.
const LINGER: [(&str, u64, u64); 9] = [
    ("heartbeat.before", 12, 3_200),
    ("progress.before", 6, 2_600),
    ("remember.begun", 10, 2_600),
    ("finish.begun", 25, 2_600),
    ("retry.begun", 25, 2_600),
    ("fail.begun", 50, 2_600),
    ("cancel.begun", 50, 2_600),
    ("hand_back.begun", 50, 2_600),
    ("rescue.found", 30, 1_200),
];

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut options = Options::new("stale", context.settings);
    let points: Vec<_> = LINGER.map(|(point, percent, ms)| format!("{point}={percent}%sleep({ms})")).into();
    options.environment.push(("FAILPOINTS".into(), points.join(";")));
    let played = mixed::play(
        context,
        Mixed {
            options,
            crowd: Crowd { customers: 6, staff: 5, batch: (5, 15) },
            weights: Weights { stop_worker: 1, ..Weights::default() },
            every: Duration::from_millis(1_500),
            length: context.length(22, 0.06),
            enough: Enough { jobs: context.bar(100, 500), ..Enough::default() },
            snapshots: context.bar(15, 60),
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
