//! Requests that nobody thought of: a generator reads the API's description and asks a real server what it allows and forbids.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::programs::{self, Selection};
use crate::repo::{self, Profile};
use crate::run::{exists, output, run as run_program, run_within, say};
use crate::secret;
use crate::stack::{Running, Up};

/// How much of its real time the demo service takes: jobs end while the probe goes on.
const PACE: f64 = 0.02;

/// Limits that are there for people would hide the server behind 429.
const UNHURRIED: [&str; 4] = ["--staff-requests-per-minute", "1000000", "--failures-per-address", "1000000"];

/// Ask a real server thousands of things that its description allows or forbids, and judge each answer by it.
///
/// Fails on an answer of 500 or more, on one that the description does not have, and where what it forbids is accepted or
/// what it allows is refused as malformed. Brings up a workspace of its own; Schemathesis, which needs Python 3.10 or newer,
/// makes the requests and is installed under the target directory the first time.
#[derive(clap::Args)]
pub struct Args {
    /// Generated requests of each operation; those at the edges of what the description allows come on top.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    examples: u32,
    /// Draws the requests of a former run again; each run says its seed.
    #[arg(long, value_name = "S")]
    seed: Option<u32>,
    /// Only operations whose method and address match this regular expression.
    #[arg(long, value_name = "REGEX")]
    only: Option<String>,
    /// A run that takes longer is ended and has failed.
    #[arg(long, value_name = "N", default_value_t = 90)]
    minutes: u64,
    /// Ask the server as it was last built.
    #[arg(long)]
    no_build: bool,
}

/// `cargo xtask probe`
pub fn run(args: &Args) -> Result<()> {
    let home = repo::target()?.join("probe");
    std::fs::create_dir_all(&home)?;
    let generator = installed(&home)?;
    if !args.no_build {
        programs::build(Selection::Backend, Profile::Dev)?;
    }
    let stack = Running::apart("probe", |data| Up::apart(data, PACE, false).serving(&UNHURRIED))?;
    let document = home.join("openapi.json");
    let server = repo::binary("repruv-server", Profile::Dev)?;
    std::fs::write(&document, output(Command::new(server).arg("openapi"))?)?;
    let seed = args.seed.map_or_else(draw, Ok)?;
    say(format_args!("Asking with seed {seed}"));
    let figures = home.join("figures.json");
    let _ = std::fs::remove_file(&figures);
    let rules = repo::root().join("xtask/probe");
    let mut command = Command::new(generator);
    command.arg("--config-file").arg(rules.join("schemathesis.toml")).arg("run").arg(&document);
    command.args(["--url", &stack.api_url()?]);
    command.args(["--seed", &seed.to_string(), "--max-examples", &args.examples.to_string()]);
    command.arg("--report-ndjson-path").arg(home.join("events.ndjson"));
    if let Some(only) = &args.only {
        command.args(["--include-name-regex", only]);
    }
    command.current_dir(&home).env("SCHEMATHESIS_HOOKS", rules.join("hooks.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("PROBE_STACK", stack.file()).env("PROBE_FIGURES", &figures).env("PROBE_SEED", seed.to_string());
    command.env("PROBE_EXAMPLES", args.examples.to_string());
    // It asks this machine and nobody else, whatever the environment says of a proxy.
    command.env("NO_PROXY", "*").env("no_proxy", "*");
    let outcome = run_within(&mut command, Duration::from_secs(args.minutes * 60));
    if let Ok(figures) = std::fs::read_to_string(&figures) {
        println!("{figures}");
    }
    outcome.with_context(|| format!("the probe failed; `cargo xtask probe --seed {seed}` asks the same again"))
}

fn draw() -> Result<u32> {
    Ok(u32::from_str_radix(&secret::random()?[..8], 16)?)
}

/// Schemathesis in an environment of its own, made anew when the list of what belongs into it changes.
fn installed(home: &Path) -> Result<PathBuf> {
    let wanted = repo::root().join("xtask/probe/requirements.txt");
    let list = std::fs::read_to_string(&wanted).with_context(|| format!("cannot read {}", wanted.display()))?;
    let environment = home.join("python");
    let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let done = environment.join("installed.txt");
    if std::fs::read_to_string(&done).is_ok_and(|made| made == list) {
        return Ok(programs.join("schemathesis"));
    }
    let python = ["python3", "python"].into_iter().find(|name| exists(name, "--version"));
    let Some(python) = python else {
        bail!("Python was not found: install version 3.10 or newer (on Debian: apt-get install python3-venv)");
    };
    say("Installing Schemathesis");
    let _ = std::fs::remove_dir_all(&environment);
    run_program(Command::new(python).args(["-m", "venv"]).arg(&environment))
        .context("Python cannot make an environment (on Debian: apt-get install python3-venv)")?;
    let mut install = Command::new(programs.join("python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&wanted);
    run_program(&mut install).context("Schemathesis was not installed")?;
    std::fs::write(&done, list)?;
    Ok(programs.join("schemathesis"))
}
