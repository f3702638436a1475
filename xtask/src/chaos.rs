//! Breaking everything on purpose: builds the programs with failpoints and starts the harness of `crates/chaos`, which
//! needs an async runtime and a database client and therefore is no part of this program.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::machine::Machine;
use crate::postgres::{Account, Install};
use crate::programs::Selection;
use crate::repo::Profile;
use crate::run::{keep_going, output, say, status};
use crate::{programs, repo, secret};

/// Break running processes at random and check that every promise holds; fails when one does not.
///
/// Real processes: PostgreSQL with fsync in a PID namespace, two APIs, six workers, a demo service that loses a fifth of
/// its replies. Every random decision comes from the seed, which is printed. docs/RELIABILITY.md tells what was seen.
#[derive(clap::Args)]
pub struct Args {
    /// How long the long size may take.
    #[arg(long, default_value_t = 25.0)]
    minutes: f64,
    /// Plan the same faults as the run that printed this.
    #[arg(long)]
    seed: Option<u64>,
    /// Only this scenario; may be repeated: storm, stale, acks, crash, postgres, commands, access, poison, hints, clocks, disk, restore.
    #[arg(long, value_name = "NAME")]
    scenario: Vec<String>,
    /// The size that CI runs: under six minutes, with bars scaled by its length.
    #[arg(long)]
    short: bool,
    /// Write the report to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Run with a bug planted and succeed when a promise is missed; `all` runs every bug.
    #[arg(long, value_name = "BUG")]
    planted: Option<String>,
    /// Run the programs as they were last built.
    #[arg(long)]
    no_build: bool,
}

/// `cargo xtask chaos`
pub fn run(args: &Args) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("this needs Linux: signals, PID namespaces and /proc — run it there, CI does");
    }
    // What is small has to be built soon; what counts is counted on programs as fast as those that are shipped.
    let profile = if args.short || args.planted.is_some() { Profile::Dev } else { Profile::Faults };
    let programs = built(profile, args.no_build)?;
    match args.planted.as_deref() {
        Some("all") => each_planted(&programs, args),
        _ => one(&programs, args, args.planted.as_deref()),
    }
}

fn each_planted(programs: &Path, args: &Args) -> Result<()> {
    let list = output(Command::new(programs.join("chaos")).arg("--bugs"))?;
    let mut missed = vec![];
    for bug in list.split_whitespace() {
        say(format_args!("Planting {bug}"));
        if let Err(error) = one(programs, args, Some(bug)) {
            keep_going()?;
            eprintln!("  {error:#}");
            missed.push(bug);
        }
    }
    if missed.is_empty() { Ok(()) } else { bail!("not caught: {}", missed.join(", ")) }
}

fn one(programs: &Path, args: &Args, planted: Option<&str>) -> Result<()> {
    let install = Install::find()?;
    let account = Account::choose()?;
    let work = repo::target()?.join("chaos").join(format!("run-{}", secret::random()?));
    std::fs::create_dir_all(&work)?;
    let settings = json!({
        "programs": programs,
        "postgres_bin": install.bin,
        "postgres_as": account.words(),
        "postgres_owner": account.owner(),
        "work": work,
        "seed": args.seed.map_or_else(random_seed, Ok)?,
        "scenarios": args.scenario,
        // A planted bug is to be caught soon.
        "short": args.short || planted.is_some(),
        "minutes": args.minutes,
        "planted": planted,
        "json": args.json.as_deref().map(std::path::absolute).transpose()?,
        "commit": commit(),
        "machine": Machine::here(&install.version),
    });
    let file = work.join("settings.json");
    std::fs::write(&file, settings.to_string())?;
    let status = status(Command::new(programs.join("chaos")).arg(&file))?;
    keep_going()?;
    if !status.success() {
        bail!("the run failed; logs and data are in {}", work.display());
    }
    std::fs::remove_dir_all(&work).with_context(|| format!("{} is left behind", work.display()))
}

/// The commit, marked when the work tree differs from it.
fn commit() -> String {
    let git = |arguments: &[&str]| output(Command::new("git").args(arguments).current_dir(repo::root()));
    let head = git(&["rev-parse", "--short", "HEAD"]).map_or_else(|_| "unknown".into(), |text| text.trim().to_owned());
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_ok_and(|text| !text.trim().is_empty());
    if changed { format!("{head}, with changes") } else { head }
}

fn random_seed() -> Result<u64> {
    // 16 hex digits of the 32 are a seed; half of them are easier to type.
    Ok(u64::from_str_radix(&secret::random()?[..8], 16)?)
}

/// Builds what runs, and copies it where no other build replaces it while it is in use.
fn built(profile: Profile, no_build: bool) -> Result<PathBuf> {
    let folder = repo::target()?.join("chaos").join(profile.folder());
    std::fs::create_dir_all(&folder)?;
    if no_build {
        return Ok(folder);
    }
    programs::build(if profile == Profile::Dev { Selection::Workspace } else { Selection::Breaking }, profile)?;
    for name in ["repruv-server", "simulator", "chaos"] {
        let built = repo::binary(name, profile)?;
        // At once or not at all: another run may just start the old one.
        let fresh = folder.join(format!("{name}.new"));
        std::fs::copy(&built, &fresh).with_context(|| format!("cannot copy {}", built.display()))?;
        std::fs::rename(&fresh, folder.join(name))?;
    }
    Ok(folder)
}
