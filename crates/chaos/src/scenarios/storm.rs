//! Everything at once but PostgreSQL itself: kill -9 and SIGSTOP of workers one to one, kills of APIs, failpoints, lost
//! replies, cut and half-open connections, while retention removes what is finished.

use super::{
    Context,
    mixed::{self, Mixed},
};
use crate::{faults::Weights, judge::acks::Enough, load::Crowd, report::Finding, stage::Options};
use anyhow::Result;
use std::time::Duration;

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut options = Options::new("storm", context.settings);
    options.worker_arguments = vec![("--keep-finished", "1s".into())];
    let played = mixed::play(
        context,
        Mixed {
            options,
            crowd: Crowd { customers: 4, staff: 4, batch: (4, 22) },
            weights: Weights {
                kill_worker: 40,
                stop_worker: 40,
                kill_api: 6,
                arm_worker: 10,
                arm_api: 4,
                terminate: 3,
                network: 2,
                swallow: 10,
                ..Weights::default()
            },
            every: Duration::from_millis(200),
            length: context.length(34, 0.21),
            enough: Enough {
                acks: context.bar(150, 5_000),
                kills: context.bar(20, 300),
                jobs: context.bar(1_000, 20_000),
                faults: context.bar(50, 1_000),
            },
            snapshots: context.bar(60, 1_500),
        },
    )
    .await?;
    played.stage.down().await;
    let mut findings = played.findings;
    if !findings.iter().any(|finding| finding.promise == "R17") {
        findings.push(Finding::not_run("R17", "nothing was old enough to be removed in this time"));
    }
    Ok(findings)
}
