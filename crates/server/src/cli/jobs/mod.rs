//! `repruv-server jobs`: what the window does for jobs, for when no window is at hand. The same statements, rules, fences
//! and audit lines as the staff API.

pub(super) mod acting;
mod print;
mod prune;

use super::{database::Database, exit, say};
use crate::worker::duration;
use contract::{
    jobs::{JobFilter, JobRow},
    state_machine::JobStatus,
};
use read_model::ReadModel;
use std::time::Duration;
use store::PoolSettings;
use uuid::Uuid;

/// One read may find little in much: it is repeated at most so often for one list.
const READS_MAX: u32 = 50;

const CODES: &str = "Login: the API's to look and act, the worker's to prune, the owner's for all of it\n\n\
    Exit codes: 0 done · 1 failed · 2 the command line makes no sense · 3 no such job · \
    4 refused by the rules or for this person, nothing was changed · 5 the database did not answer, look before you repeat";

#[derive(Debug, clap::Args)]
#[command(after_help = CODES)]
pub(super) struct Jobs {
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
    /// Lists jobs, newest first
    List(List),
    /// Shows one job with its attempts, its user and what may be done
    Show {
        /// The whole id
        id: Uuid,
    },
    /// Stops a job: a waiting one at once, a running one by its worker
    Cancel(acting::Act),
    /// Runs a failed or cancelled job again with a new budget of attempts
    Retry(acting::Act),
    /// Removes finished jobs past their time now, as the workers do every hour
    Prune(prune::Prune),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Any of these: pending, running, completed, failed, cancelled
    #[arg(long, value_delimiter = ',')]
    state: Vec<JobStatus>,
    /// Any of these types, such as demo_enable
    #[arg(long = "type", value_delimiter = ',')]
    job_type: Vec<String>,
    /// Part of the user's e-mail or name, or a whole user id
    #[arg(long)]
    user: Option<String>,
    /// Part of the last error
    #[arg(long)]
    error: Option<String>,
    /// The start of a job's id
    #[arg(long)]
    id: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Go on after the cursor that the last list ended with
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
}

pub(super) async fn run(command: Jobs) -> anyhow::Result<()> {
    let settings = PoolSettings {
        max: 2,
        acquire_timeout: Duration::from_secs(10),
        // Removing a batch of old rows, or counting them, may take its time.
        statement_timeout: Duration::from_secs(60),
        notify: true,
        ..PoolSettings::default()
    };
    let store = command.database.open(settings).await?;
    let read = ReadModel::new(store.pool().clone());
    match command.action {
        Action::List(list) => show_list(&read, list, command.json).await,
        Action::Show { id } => {
            let job = read.job(id).await.map_err(exit::unread)?;
            if command.json { say(&serde_json::to_string(&job)?) } else { say(&print::detail(&job)) }
        }
        Action::Cancel(act) => acting::cancel(&store, &read, act, command.json).await,
        Action::Retry(act) => acting::retry(&store, &read, act, command.json).await,
        Action::Prune(prune) => prune::run(&store, prune, command.json).await,
    }
}

async fn show_list(read: &ReadModel, list: List, json: bool) -> anyhow::Result<()> {
    let filter = JobFilter {
        statuses: list.state,
        job_types: list.job_type,
        user: list.user,
        id: list.id,
        worker_id: None,
        error: list.error,
    };
    let limit = list.limit as usize;
    let (mut rows, mut next, mut as_of): (Vec<JobRow>, _, _) = (vec![], list.after, None);
    // A filter without an index of its own looks at a bounded part of the table in each read.
    for _ in 0..READS_MAX {
        let wanted = u32::try_from(limit - rows.len()).unwrap_or(list.limit);
        let page = read.jobs_page(&filter, next.as_deref(), wanted).await.map_err(exit::unread)?;
        rows.extend(page.rows);
        as_of = as_of.or(Some(page.as_of));
        next = page.next;
        if next.is_none() || rows.len() >= limit {
            break;
        }
    }
    if json {
        return say(&serde_json::to_string(&serde_json::json!({ "rows": rows, "next": next, "as_of": as_of }))?);
    }
    if rows.is_empty() {
        note("No job fits.");
    } else {
        say(print::HEAD)?;
    }
    for row in &rows {
        say(&print::row(row))?;
    }
    if let Some(next) = next {
        note(&format!("There is more: repeat this with --after {next}"));
    }
    Ok(())
}

/// For people, beside the output that a program may read.
fn note(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// `12h` and the like, at least an hour: what ended a moment ago is what people still want to look at and to retry.
fn keep(text: &str) -> Result<Duration, String> {
    let keep = duration(text)?;
    if keep < Duration::from_secs(3_600) { Err("finished jobs are kept for an hour at least".into()) } else { Ok(keep) }
}
