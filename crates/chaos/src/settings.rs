//! What `cargo xtask chaos` tells this program, as JSON in the file named by its only argument.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::PathBuf;

/// One run.
#[derive(Clone, Debug, Deserialize)]
pub struct Settings {
    /// Folder with `repruv-server` and `simulator`, built with the feature `fault-injection`.
    pub programs: PathBuf,
    /// Folder with `initdb` and `postgres`.
    pub postgres_bin: PathBuf,
    /// What stands before a PostgreSQL program so that it does not run as root; empty when we are not root.
    pub postgres_as: Vec<String>,
    /// User and group that own its data, when we are root.
    pub postgres_owner: Option<(u32, u32)>,
    /// A folder of this run, which the caller removes.
    pub work: PathBuf,
    /// Replays the decisions of a run.
    pub seed: u64,
    /// Which scenarios; empty: all.
    pub scenarios: Vec<String>,
    /// The size that CI runs.
    pub short: bool,
    /// The long size's length.
    pub minutes: f64,
    /// The planted bug, if the run is to fail.
    pub planted: Option<String>,
    /// Where the report goes as well.
    pub json: Option<PathBuf>,
    /// The commit that was built.
    pub commit: String,
    /// What it ran on.
    pub machine: serde_json::Value,
}

impl Settings {
    /// Reads them.
    pub fn read() -> Result<Self> {
        let path = std::env::args().nth(1).context("run `cargo xtask chaos`, which starts this program")?;
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        serde_json::from_str(&text).context("the settings do not fit this program")
    }
}
