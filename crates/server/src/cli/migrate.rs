//! `repruv-server migrate`: the schema, the backend's logins, demonstration data. As the owner of the database.

use super::{database::Database, password_from_stdin, say};
use crate::auth::passwords;
use anyhow::Context;
use std::time::Duration;
use store::{PoolSettings, SeedSettings, migrate};

/// The password of every customer that `migrate seed` makes.
pub const DEMO_PASSWORD: &str = "customer-demo-password";

#[derive(Debug, clap::Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    database: Database,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Applies what is missing; harmless when nothing is
    Run,
    /// Shows every step and whether it is applied here
    Status,
    /// Shows what was applied here, oldest first
    History,
    /// Lets one of the backend's roles log in
    Login {
        /// repruv_api or repruv_worker
        #[arg(value_parser = ["repruv_api", "repruv_worker"])]
        role: String,
        /// Read the password from stdin
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Fills an empty database for trying things; does nothing when that was done before
    Seed {
        /// Make customers with demo modes, jobs and sessions in every state
        #[arg(long)]
        demo_data: bool,
        /// How many customers
        #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(40..=20_000))]
        users: u32,
    },
}

pub(super) async fn run(command: Migrate) -> anyhow::Result<()> {
    let settings = PoolSettings {
        max: 2,
        acquire_timeout: Duration::from_secs(10),
        // An index over a large table takes its time.
        statement_timeout: Duration::from_secs(3_600),
        notify: false,
        ..PoolSettings::default()
    };
    let store = command.database.open(settings).await?;
    let pool = store.pool();
    match command.action {
        Action::Run => {
            let before = missing(&migrate::status(pool).await?);
            migrate::run(pool).await.context("a step failed; the steps before it stay applied")?;
            say(&format!("{before} step(s) applied, the schema is up to date"))
        }
        Action::Status => show(&migrate::status(pool).await?),
        Action::History => show(&migrate::history(pool).await?),
        Action::Login { role, password_stdin: _ } => {
            let password = password_from_stdin()?;
            anyhow::ensure!(password.is_ascii(), "a database password is of ASCII characters");
            store::set_backend_password(pool, &role, &password).await?;
            say(&format!("{role} may log in"))
        }
        Action::Seed { demo_data: false, .. } => {
            say("nothing to do: without --demo-data there is nothing to seed, presets are part of the program")
        }
        Action::Seed { demo_data: true, users } => {
            let password_hash = passwords::hash(DEMO_PASSWORD).map_err(anyhow::Error::msg)?;
            match store.seed(SeedSettings { users, password_hash }).await?.users {
                0 => say("nothing to do: the demonstration data is there"),
                made => say(&format!("made {made} customers, each with the password {DEMO_PASSWORD}")),
            }
        }
    }
}

fn missing(steps: &[migrate::Step]) -> usize {
    steps.iter().filter(|step| step.applied_at.is_none()).count()
}

fn show(steps: &[migrate::Step]) -> anyhow::Result<()> {
    for step in steps {
        let when =
            step.applied_at.map_or("not applied".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string());
        let took = step.took.map_or(String::new(), |took| format!(" in {} ms", took.as_millis()));
        let differs = if step.differs { "  DIFFERS from this program's step" } else { "" };
        say(&format!("{:04}  {:<32} {when}{took}{differs}", step.version, step.title))?;
    }
    say(&format!("{} of {} applied", steps.len() - missing(steps), steps.len()))
}
