//! Workers whose clocks are two hours ahead or behind: only the database's time counts.

use super::{
    Context,
    mixed::{self, Mixed},
};
use crate::{faults::Weights, judge::acks::Enough, load::Crowd, report::Finding, stage::Options};
use anyhow::Result;
use std::{path::PathBuf, time::Duration};

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let Some(library) = library() else {
        return Ok(vec![Finding::not_run(
            "R16",
            "the package faketime is not installed (Debian: apt install faketime)",
        )]);
    };
    let mut options = Options::new("clocks", context.settings);
    let clock = |shift: &str| {
        let set = [
            ("LD_PRELOAD", library.to_string_lossy().into_owned()),
            ("FAKETIME", shift.to_owned()),
            // A clock that was set wrong still ticks evenly.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        set.map(|(name, value)| (name.to_owned(), value)).to_vec()
    };
    options.worker_environments = vec![clock("+2h"), clock("-2h"), vec![]];
    let played = mixed::play(
        context,
        Mixed {
            options,
            crowd: Crowd { customers: 4, staff: 2, batch: (5, 15) },
            weights: Weights { kill_worker: 1, stop_worker: 2, ..Weights::default() },
            every: Duration::from_millis(800),
            length: context.length(18, 0.03),
            enough: Enough { jobs: context.bar(100, 500), faults: context.bar(10, 30), ..Enough::default() },
            snapshots: context.bar(40, 200),
        },
    )
    .await?;
    played.stage.down().await;
    Ok(played.findings)
}

/// Debian's faketime keeps it beside the machine's other libraries.
fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path().join("faketime"));
    let mut files = folders.map(|folder| folder.join("libfaketimeMT.so.1"));
    files.find(|file| file.is_file())
}
