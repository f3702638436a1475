//! The command line: what to run, and how it logs.

mod audit;
mod database;
mod exit;
mod jobs;
mod logging;
mod migrate;
mod queues;
mod staff;

pub use exit::report;
pub use migrate::DEMO_PASSWORD;

use crate::{api, life, serve, worker};
use anyhow::Context;
use std::io::{ErrorKind, Read, Write};

/// The backend of Repruv: API server, worker, migrations.
#[derive(Debug, clap::Parser)]
#[command(name = "repruv-server", version)]
pub struct Arguments {
    /// How the log on stderr is written; RUST_LOG says what of it
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value = "text", global = true)]
    log_format: logging::Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Serves the API
    Serve(serve::ServeSettings),
    /// Runs jobs
    Work(worker::WorkerSettings),
    /// Looks after the database's schema, its logins and demonstration data, as the owner of the database
    Migrate(migrate::Migrate),
    /// Looks after the people who operate
    Staff(staff::Staff),
    /// Looks at jobs and acts on them when no window is at hand
    Jobs(jobs::Jobs),
    /// Looks at queues, pauses them and opens them again
    Queues(queues::Queues),
    /// Checks the audit trail, and tells where it ends
    Audit(audit::Audit),
    /// Prints the description of the API
    Openapi,
    /// Plays customers on a local stack, so that its jobs move
    #[command(hide = true)]
    Life(life::LifeSettings),
}

/// Runs what was asked for.
///
/// # Errors
/// What the command answers, with words on what to do.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    logging::start(arguments.log_format);
    #[cfg(feature = "fault-injection")]
    store::faults::start().map_err(anyhow::Error::msg)?;
    // One TLS provider for the whole process; refused only when it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match arguments.command {
        Command::Serve(settings) => serve::run(settings).await,
        Command::Work(settings) => worker::run(settings).await,
        Command::Migrate(command) => migrate::run(command).await,
        Command::Staff(command) => staff::run(command).await,
        Command::Jobs(command) => jobs::run(command).await,
        Command::Queues(command) => queues::run(command).await,
        Command::Audit(command) => audit::run(command).await,
        Command::Openapi => say(api::document()?.trim_end()),
        Command::Life(settings) => life::run(settings).await,
    }
}

/// Prints one line for programs or people on stdout; logs go to stderr.
///
/// # Errors
/// When it cannot be written. When nobody reads any more, the command ends without a complaint.
pub(crate) fn say(line: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(exit::NobodyReads.into()),
        written => written.context("cannot write to stdout"),
    }
}

/// A password from stdin: never an argument or a variable, which others on the machine can see.
fn password_from_stdin() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().take(10_000).read_to_string(&mut text).context("cannot read the password from stdin")?;
    let password = text.trim_end_matches(['\r', '\n']).to_owned();
    anyhow::ensure!(password.chars().count() >= 8, "the password on stdin is shorter than 8 characters");
    anyhow::ensure!(password.chars().count() <= 1_024, "the password on stdin is longer than 1,024 characters");
    anyhow::ensure!(!password.contains(char::is_control), "the password on stdin contains a control character");
    Ok(password)
}
