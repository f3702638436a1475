//! `repruv-server queues`: which queues there are; pausing one and opening it again, as the API does it.

use super::{database::Database, exit, jobs::acting::By, say};
use contract::{access::Permission, queues::QueueRow};
use read_model::ReadModel;
use std::time::Duration;
use store::{Command, PoolSettings, Store};

#[derive(Debug, clap::Args)]
pub(super) struct Queues {
    #[command(flatten)]
    database: Database,
    /// Print JSON for programs instead of text for people
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Lists the queues that a job, a worker or a person has named
    List,
    /// Lets no worker claim from a queue; what is running goes on
    Pause(Turn),
    /// Lets workers claim from it again
    Resume(Turn),
}

#[derive(Debug, clap::Args)]
struct Turn {
    /// Its name, such as default
    name: String,
    /// Only when the queue is still at this version, which `list` prints; without it, the version of this moment
    #[arg(long)]
    version: Option<u32>,
    #[command(flatten)]
    by: By,
}

pub(super) async fn run(command: Queues) -> anyhow::Result<()> {
    let settings = PoolSettings { max: 2, acquire_timeout: Duration::from_secs(10), ..PoolSettings::default() };
    let store = command.database.open(settings).await?;
    let read = ReadModel::new(store.pool().clone());
    match command.action {
        Action::List => {
            let queues = read.queues().await.map_err(exit::unread)?;
            if command.json {
                return say(&serde_json::to_string(&queues)?);
            }
            say(&format!("{:<24} {:<7} {:>7} {:>7}  PAUSED", "QUEUE", "VERSION", "WAITING", "WORKERS"))?;
            queues.iter().try_for_each(|queue| say(&line(queue)))
        }
        Action::Pause(turn) => {
            let bound = bound(&store, &read, &turn, Permission::QueuePause).await?;
            store.pause_queue(&turn.name, &bound).await.map_err(exit::refused)?;
            tell(&read, &turn.name, command.json).await
        }
        Action::Resume(turn) => {
            let bound = bound(&store, &read, &turn, Permission::QueueResume).await?;
            store.resume_queue(&turn.name, &bound).await.map_err(exit::refused)?;
            tell(&read, &turn.name, command.json).await
        }
    }
}

async fn bound(store: &Store, read: &ReadModel, turn: &Turn, needs: Permission) -> anyhow::Result<Command> {
    let command = turn.by.command(store, needs.least_role()).await?;
    let version = match turn.version {
        Some(version) => version,
        None => read.queue(&turn.name).await.map_err(exit::unread)?.version,
    };
    Ok(Command { version: Some(version), ..command })
}

async fn tell(read: &ReadModel, name: &str, json: bool) -> anyhow::Result<()> {
    let queue = read.queue(name).await.map_err(exit::unread)?;
    if json { say(&serde_json::to_string(&queue)?) } else { say(&line(&queue)) }
}

fn line(queue: &QueueRow) -> String {
    let waiting = if queue.waiting >= 1_000 { "1000+".into() } else { queue.waiting.to_string() };
    let by = queue.paused_by.as_deref().unwrap_or("somebody");
    let why = queue.reason.as_deref().unwrap_or("no reason was given");
    let paused = queue
        .paused_at
        .map_or_else(|| "no".to_owned(), |at| format!("since {} by {by}: {why}", at.format("%Y-%m-%d %H:%M:%S UTC")));
    format!("{:<24} {:<7} {waiting:>7} {:>7}  {paused}", queue.name, queue.version, queue.workers)
}
