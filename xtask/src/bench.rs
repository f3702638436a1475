//! The figures. Each run says on what machine.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::headless::Headless;
use crate::machine::Machine;
use crate::postgres::{Source, Throwaway};
use crate::programs::Selection;
use crate::repo::Profile;
use crate::run::{keep_going, say};
use crate::stack::{Running, Up};
use crate::{programs, repo};

/// Measure, with release builds on a durable PostgreSQL, and print the figures as JSON.
#[derive(clap::Args)]
pub struct Args {
    /// What to measure; everything but the soak when nothing is named.
    #[arg(value_enum)]
    names: Vec<Name>,
    /// How long the soak takes.
    #[arg(long, value_name = "N", default_value_t = 30)]
    minutes: u32,
    /// Finished jobs that are in the table before the engine, the soak or the scale begins; each has its own number otherwise.
    #[arg(long, value_name = "N")]
    finished: Option<u32>,
    /// Jobs a second during the soak.
    #[arg(long, value_name = "N", default_value_t = 200)]
    rate: u32,
    /// Write the figures to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// How fast the API accepts an intent under load.
    Api,
    /// What a good client feels among 2,000 dribbling sockets and 200 sign-ins at once, and what the clock tells a guesser.
    Abuse,
    /// How many jobs a worker gets through, and how soon it picks one up.
    Engine,
    /// How long after a commit it is painted in the real window.
    Live,
    /// How soon the window shows its content, and what it takes in memory and on disk.
    Start,
    /// How soon the window says that what it shows is old, and is live again; what it reads while the API is away.
    Trouble,
    /// How long a page of the read-model takes with a million users and two million jobs.
    Scale,
    /// Whether claims get slower and dead rows more over a long time of constant load, while a reader pins the horizon.
    Soak,
}

impl Name {
    fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn needs_window(self) -> bool {
        matches!(self, Self::Live | Self::Start | Self::Trouble)
    }
}

/// `cargo xtask bench`
pub fn run(args: &Args) -> Result<()> {
    let short = || Name::value_variants().iter().copied().filter(|name| *name != Name::Soak).collect();
    let names: Vec<Name> = if args.names.is_empty() { short() } else { args.names.clone() };
    let machine = Machine::here(&Source::resolve()?.version());
    if names.iter().any(|name| name.needs_window()) {
        programs::build(Selection::Programs, Profile::Release)?;
    }
    let mut figures = Map::new();
    let mut failed = Vec::new();
    for name in &names {
        say(format_args!("Measuring: {}", name.word()));
        let outcome = if name.needs_window() { in_window(*name) } else { on_database(*name, args) };
        keep_going()?;
        match outcome {
            Ok(figure) => drop(figures.insert(name.word(), figure)),
            Err(error) => {
                eprintln!("  {error:#}");
                failed.push(name.word());
            }
        }
    }
    let report = serde_json::to_string_pretty(&json!({ "machine": machine, "figures": figures }))?;
    println!("{report}");
    if let Some(path) = &args.json {
        std::fs::write(path, report + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    if failed.is_empty() { Ok(()) } else { bail!("not measured: {}", failed.join(", ")) }
}

fn on_database(name: Name, args: &Args) -> Result<Value> {
    let postgres = Throwaway::for_benches()?;
    let mut command = repo::cargo();
    command.args(["bench", "--quiet", "--package", "repruv-server", "--bench", &name.word()]);
    command.env("BENCH_DATABASE_URL", postgres.owner.url());
    command.env("BENCH_MINUTES", args.minutes.to_string()).env("BENCH_RATE", args.rate.to_string());
    if let Some(finished) = args.finished {
        command.env("BENCH_FINISHED", finished.to_string());
    }
    figures(&mut command)
}

fn in_window(name: Name) -> Result<Value> {
    let program = programs::window(Profile::Release)?;
    let stack = Running::apart("bench", |data| Up::apart(data, 0.02, true))?;
    let screen = Headless::open()?;
    let mut node = screen.command("node");
    node.arg(repo::ui().join("e2e/bench.mjs")).arg(name.word());
    node.env("REPRUV_E2E_BIN", program).env("REPRUV_E2E_STACK", stack.file());
    figures(&mut node)
}

/// A bench prints its figures as the last thing on stdout; what it says meanwhile goes to stderr.
fn figures(command: &mut std::process::Command) -> Result<Value> {
    let file = repo::target()?.join("bench-figures.json");
    command.stdout(Stdio::from(std::fs::File::create(&file)?));
    crate::run::run(command)?;
    parse(&file)
}

fn parse(file: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(file)?;
    let json = text.find('{').map(|at| &text[at..]).context("the bench printed no figures")?;
    serde_json::from_str(json).with_context(|| format!("the bench printed something else than JSON: {text}"))
}
