//! Everything about the code that a machine can judge without running it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::programs::{TESTED, WITH_PAGE};
use crate::run::{exists, keep_going, run as run_program, say};
use crate::{codegen, repo, setup, tidy};

/// Check formatting, lints, licences, types, generated files and the rules of the architecture.
///
/// All of them run, and all problems are told at once, each as `path:line: what — what to do`.
#[derive(clap::Args)]
pub struct Args {
    /// Only the rules of the architecture, which take a second.
    #[arg(long)]
    tidy: bool,
}

/// `cargo xtask check`
pub fn run(args: &Args) -> Result<()> {
    if args.tidy {
        return architecture();
    }
    setup::page()?;
    let mut failed = Vec::new();
    for (title, check) in checks() {
        say(format_args!("Checking: {title}"));
        let outcome = check();
        keep_going()?;
        if let Err(error) = outcome {
            eprintln!("  {error:#}");
            failed.push(title);
        }
    }
    if failed.is_empty() {
        say("Everything is in order");
        return Ok(());
    }
    bail!("not in order: {}", failed.join(", "))
}

type Check = fn() -> Result<()>;

fn checks() -> [(&'static str, Check); 10] {
    [
        ("the rules of the architecture", architecture),
        ("formatting", || run_program(repo::cargo().args(["fmt", "--all", "--check"]))),
        ("Rust lints", || run_program(&mut clippy(&WITH_PAGE))),
        ("Rust lints with faults on purpose", || run_program(&mut clippy(&TESTED))),
        ("licences and sources of crates", deny),
        ("unused crates", machete),
        ("types of the page", || page_script("typecheck")),
        ("lints of the page", || page_script("lint")),
        ("unused code of the page", || page_script("knip")),
        ("generated files", || codegen::run(&codegen::Args { check: true })),
    ]
}

/// Warnings count as errors; all crates are told of, not only the first. Always all targets: what they are built on is then
/// looked at once.
fn clippy(features: &[&str]) -> Command {
    let mut command = repo::cargo();
    command
        .args(["clippy", "--quiet", "--workspace", "--all-targets", "--keep-going"])
        .args(features)
        .args(["--", "--deny", "warnings"]);
    command
}

fn architecture() -> Result<()> {
    let problems = tidy::problems()?;
    for problem in &problems {
        eprintln!("{problem}");
    }
    match problems.len() {
        0 => Ok(()),
        count => bail!("{count} places break a rule"),
    }
}

/// A script of ui/package.json.
fn page_script(name: &str) -> Result<()> {
    run_program(repo::npm().args(["run", "--silent", name]))
}

/// Advisories need the network and change by the day: they are a scheduled job's, not a commit's.
fn deny() -> Result<()> {
    optional("cargo-deny", &["deny", "--workspace", "check", "bans", "licenses", "sources"])
}

fn machete() -> Result<()> {
    optional("cargo-machete", &["machete"])
}

/// A cargo command that takes minutes to compile and is not needed to work here.
fn optional(program: &str, words: &[&str]) -> Result<()> {
    if exists(program, "--version") {
        return run_program(repo::cargo().args(words));
    }
    say(format_args!("NOT CHECKED: {program} is not installed — `cargo install {program} --locked` brings it"));
    Ok(())
}
