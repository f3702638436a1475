//! Every test there is.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::headless::Headless;
use crate::postgres::Throwaway;
use crate::programs::{Selection, TESTED};
use crate::repo::Profile;
use crate::run::{exists, keep_going, run as run_program, say};
use crate::stack::{Running, Up};
use crate::{programs, repo, setup};

/// Crates whose tests need no database.
const WITHOUT_DATABASE: [&str; 5] = ["state-machine", "contract", "simulator", "fuzz", "xtask"];

/// How much of its real time the demo service takes in the end-to-end tests.
const PACE: f64 = 0.02;

/// Run every test there is, or only the parts named.
///
/// Starts what the tests need and removes it afterwards: a throw-away PostgreSQL with one database a test, and for the
/// real window a workspace of its own, a screen nobody sees and a keychain.
#[derive(clap::Args)]
pub struct Args {
    /// Which parts, in this order; all of them when none is named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Only tests whose name contains this (Rust parts), or the end-to-end tests' own filter.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Drive the window and the backend as they were last built (end-to-end tests).
    #[arg(long)]
    no_build: bool,
    /// Only the Rust tests of these crates.
    #[arg(long, short, value_name = "CRATE")]
    package: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Rust crates that need no database.
    Unit,
    /// Rust crates on a real PostgreSQL, with steps cut half-way on purpose.
    Db,
    /// The page's tests.
    Ui,
    /// The real window with a real server, worker and keychain.
    E2e,
}

/// `cargo xtask test`
pub fn run(args: &Args) -> Result<()> {
    let named = !args.parts.is_empty();
    let wanted = |part| match part {
        Part::Db if !args.package.is_empty() => true,
        _ if !args.package.is_empty() => false,
        part => !named || args.parts.contains(&part),
    };
    if args.package.is_empty() {
        setup::page()?;
    }
    let mut failed = Vec::new();
    let mut part = |title: &'static str, test: &dyn Fn() -> Result<()>| -> Result<()> {
        say(format_args!("Testing: {title}"));
        let started = Instant::now();
        let outcome = test();
        keep_going()?;
        let seconds = started.elapsed().as_secs();
        match outcome {
            Ok(()) => say(format_args!("Passed: {title} ({seconds} s)")),
            Err(error) => {
                say(format_args!("FAILED: {title} ({seconds} s): {error:#}"));
                failed.push(title);
            }
        }
        Ok(())
    };
    let filter = args.filter.as_deref();
    if wanted(Part::Unit) || wanted(Part::Db) {
        let crates = crates(args, wanted(Part::Unit), wanted(Part::Db));
        part("Rust", &|| rust(&crates, wanted(Part::Db), filter))?;
    }
    if wanted(Part::Ui) {
        part("the page", &|| run_program(repo::npm().args(["test"])))?;
    }
    if wanted(Part::E2e) {
        part("the real window, end to end", &|| end_to_end(!args.no_build, filter))?;
    }
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

/// The crates to test, as cargo's arguments.
fn crates(args: &Args, unit: bool, db: bool) -> Vec<String> {
    let each = |flag: &str, names: &[String]| -> Vec<String> {
        names.iter().flat_map(|name| [flag.to_owned(), name.clone()]).collect()
    };
    let without_database = WITHOUT_DATABASE.map(str::to_owned);
    let any_of = |names: &[String]| names.iter().map(|name| format!("package({name})")).collect::<Vec<_>>().join(" + ");
    let only = |wanted: &str| ["--workspace", "--filterset", wanted].map(str::to_owned).into();
    match (unit, db) {
        // Built as the whole is, so that nothing is compiled twice; the others are only left out of the run.
        _ if !args.package.is_empty() && with_nextest() => only(&any_of(&args.package)),
        (false, true) if with_nextest() => only(&format!("not ({})", any_of(&without_database))),
        _ if !args.package.is_empty() => each("--package", &args.package),
        (true, false) => each("--package", &without_database),
        (false, true) => [vec!["--workspace".to_owned()], each("--exclude", &without_database)].concat(),
        _ => vec!["--workspace".to_owned()],
    }
}

/// It runs each test in a process of its own and tells slow ones; it is optional.
fn with_nextest() -> bool {
    exists("cargo-nextest", "--version")
}

fn rust(crates: &[String], database: bool, filter: Option<&str>) -> Result<()> {
    let postgres = if database { Some(Throwaway::for_tests()?) } else { None };
    let mut command = repo::cargo();
    if with_nextest() {
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests=pass"]);
    } else {
        command.args(["test", "--no-fail-fast"]);
        if !crates.iter().any(|word| word == "--test") {
            command.args(["--lib", "--bins", "--tests"]);
        }
    }
    command.args(crates);
    if crates.iter().any(|word| word == "--workspace" || word == "repruv-ops") {
        programs::build_page()?;
        command.args(TESTED);
    }
    if let Some(text) = filter {
        command.arg(text);
    }
    // Snapshots are changed on purpose (`cargo xtask codegen`), never by a test run.
    command.env("INSTA_UPDATE", "no");
    // Snapshots belong to this tree, also when another clone with the same target directory compiled the tests.
    command.env("INSTA_WORKSPACE_ROOT", repo::root());
    if let Some(postgres) = &postgres {
        command.env("TEST_DATABASE_URL", postgres.owner.url());
    }
    run_program(&mut command)
}

fn end_to_end(build: bool, filter: Option<&str>) -> Result<()> {
    if build {
        // What the Rust tests were built from is used again.
        programs::build(Selection::Workspace, Profile::Dev)?;
    }
    let program = programs::window(Profile::Dev)?;
    let stack = Running::apart("e2e", |data| Up::apart(data, PACE, false))?;
    let screen = Headless::open()?;
    let mut node = screen.command("node");
    node.arg(repo::ui().join("e2e/run.mjs")).args(filter);
    node.env("REPRUV_E2E_BIN", program).env("REPRUV_E2E_STACK", stack.file());
    run_program(&mut node).context("the end-to-end tests failed")
}
