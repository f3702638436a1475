//! The API is killed, at random and at every point of a command: what it has acknowledged is there, once, with its audit row.

use super::{
    Context,
    mixed::{self, Mixed},
};
use crate::{faults::Weights, judge::acks::Enough, load::Crowd, report::Finding, stage::Options};
use anyhow::Result;
use std::time::Duration;

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut options = Options::new("acks", context.settings);
    options.workers = 3;
    // Quick work: customers and staff command all the time.
    options.pace = 0.003;
    options.lost_replies = 0.0;
    let played = mixed::play(
        context,
        Mixed {
            options,
            crowd: Crowd { customers: 8, staff: 10, batch: (0, 0) },
            weights: Weights { kill_api: 12, arm_api: 8, swallow: 6, kill_postgres: 1, ..Weights::default() },
            every: Duration::from_millis(500),
            length: context.length(20, 0.05),
            enough: Enough { acks: context.bar(150, 1_500), kills: context.bar(10, 60), ..Enough::default() },
            snapshots: context.bar(40, 300),
        },
    )
    .await?;
    played.stage.down().await;
    Ok(played.findings)
}
