//! Retention at once, instead of with the next hour.

use super::{acting::By, keep};
use crate::cli::{exit, say};
use contract::auth::StaffRole;
use serde_json::json;
use std::time::Duration;
use store::Store;

#[derive(Debug, clap::Args)]
pub(super) struct Prune {
    /// Keep what ended within this time, such as 30d; the workers' own is their --keep-finished
    #[arg(long, value_parser = keep)]
    keep: Duration,
    /// Only say how many jobs would go
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    by: By,
}

pub(super) async fn run(store: &Store, prune: Prune, json: bool) -> anyhow::Result<()> {
    if prune.dry_run {
        let found = store.count_prunable(prune.keep).await.map_err(exit::refused)?;
        if json {
            return say(&json!({ "dry_run": true, "jobs": found.jobs, "or_more": found.or_more }).to_string());
        }
        let more = if found.or_more { " or more" } else { "" };
        return say(&format!("{}{more} finished jobs would be removed", found.jobs));
    }
    let command = prune.by.command(store, StaffRole::Admin).await?;
    // What is not in the statistics yet is kept; no worker may be there to roll it up.
    store.roll_up_stats().await.map_err(exit::refused)?;
    let mut jobs = 0;
    loop {
        // One line in the trail for the whole of it, with the first rows that go.
        let told = (jobs == 0).then_some(&command);
        let removed = store.prune_finished(prune.keep, told).await.map_err(exit::refused)?;
        if removed == 0 {
            break;
        }
        jobs += removed;
        tracing::info!("{jobs} finished jobs removed");
    }
    let leftovers = store.remove_leftovers().await.map_err(exit::refused)?;
    if json {
        return say(&json!({ "dry_run": false, "jobs": jobs, "leftovers": leftovers }).to_string());
    }
    say(&format!("{jobs} finished jobs removed, with their history, and {leftovers} leftovers"))
}
