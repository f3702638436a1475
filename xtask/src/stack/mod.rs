//! The local workspace: PostgreSQL, the demo service's stand-in, the API server and its workers.

mod running;
mod up;
mod workspace;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Subcommand;

pub use running::Running;
pub use up::up;
pub use workspace::Workspace;

use crate::repo;

/// Bring the local workspace up or down, or see how it is: database, demo service, API server, workers.
#[derive(clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Bring everything up and leave it running; start only what is missing when it is up already.
    ///
    /// Builds the backend, starts PostgreSQL, migrates, seeds, and starts the simulator, the server and its workers
    /// on free ports. How to reach each of them is then in `stack.json`.
    Up(Up),
    /// End the processes that `up` started, and no others. The data stays.
    Down(Down),
    /// Tell what runs and where. Fails when something that should run does not.
    Status(Status),
}

/// What `up` brings up.
#[derive(clap::Args, Clone, Debug)]
pub struct Up {
    #[command(flatten)]
    place: Place,
    /// Print stack.json when done.
    #[arg(long)]
    json: bool,
    /// Run release builds.
    #[arg(long)]
    pub release: bool,
    /// How the demo service behaves: healthy, slow, flaky, down, hanging, nonsense, lossy.
    #[arg(long, value_name = "PRESET", default_value = "healthy")]
    simulator_preset: String,
    /// How long the demo service takes for a profile; 1.0 is the real 60 to 120 seconds.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pace: f64,
    /// Leave the database empty but for the staff person.
    #[arg(long)]
    no_seed: bool,
    /// Without the customers that switch their demo modes by themselves.
    #[arg(long)]
    quiet: bool,
    /// How many worker processes.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=32))]
    workers: u8,
    /// Run the programs as they were last built.
    #[arg(long)]
    no_build: bool,
    #[arg(skip)]
    serve_with: Vec<String>,
}

impl Up {
    /// The ordinary local workspace, as a person develops in it.
    pub fn local() -> Self {
        Self {
            place: Place { data: None },
            json: false,
            release: false,
            simulator_preset: "healthy".into(),
            pace: 1.0,
            no_seed: false,
            quiet: false,
            workers: 1,
            no_build: false,
            serve_with: Vec::new(),
        }
    }

    /// A workspace of its own in `data`, of programs that are built already, where everything takes `pace` of its
    /// real time and nobody acts but the caller.
    pub fn apart(data: PathBuf, pace: f64, release: bool) -> Self {
        Self { place: Place { data: Some(data) }, pace, release, quiet: true, no_build: true, ..Self::local() }
    }

    /// With more words for `repruv-server serve`.
    pub fn serving(self, words: &[&str]) -> Self {
        Self { serve_with: words.iter().map(|&word| word.to_owned()).collect(), ..self }
    }

    /// The workspace this is about.
    pub fn workspace(&self) -> Workspace {
        self.place.workspace()
    }
}

#[derive(clap::Args)]
struct Down {
    #[command(flatten)]
    place: Place,
    /// Delete the workspace's data as well.
    #[arg(long)]
    purge: bool,
}

#[derive(clap::Args)]
struct Status {
    #[command(flatten)]
    place: Place,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Clone, Debug)]
struct Place {
    /// The workspace's folder; several run side by side, each in its own [default: .stack/local].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Place {
    fn workspace(&self) -> Workspace {
        Workspace::at(self.data.clone().unwrap_or_else(|| repo::root().join(".stack").join("local")))
    }
}

/// `cargo xtask stack …`
pub fn run(args: &Args) -> Result<()> {
    match &args.verb {
        Verb::Up(options) => {
            let workspace = options.workspace();
            up(&workspace, options)?;
            if options.json { print_json(&workspace) } else { print_words(&workspace) }
        }
        Verb::Down(options) => {
            let workspace = options.place.workspace();
            down(&workspace)?;
            if options.purge {
                workspace.purge()?;
            }
            Ok(())
        }
        Verb::Status(options) => {
            let workspace = options.place.workspace();
            if options.json {
                print_json(&workspace)?
            } else {
                print_words(&workspace)?
            }
            match workspace.missing() {
                Some(missing) => bail!("{missing} — `cargo xtask stack up` starts what is missing"),
                None => Ok(()),
            }
        }
    }
}

/// Ends a workspace's processes, workers first, the database last.
pub fn down(workspace: &Workspace) -> Result<()> {
    if !workspace.exists() {
        return Ok(());
    }
    let _lock = workspace.lock()?;
    workspace.stop_processes()?;
    workspace.stop_postgres()?;
    workspace.forget_stack()
}

fn print_json(workspace: &Workspace) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(&workspace.status())?);
    Ok(())
}

fn print_words(workspace: &Workspace) -> Result<()> {
    for line in workspace.lines() {
        println!("{line}");
    }
    Ok(())
}
