//! `repruv-server audit`: whether the trail is whole, and where it ends. As the API's login or the owner of the database.

use super::{database::Database, say};
use anyhow::Context;
use std::{path::PathBuf, time::Duration};
use store::{PoolSettings, audit_chain::TrailHead};

#[derive(Debug, clap::Args)]
pub(super) struct Audit {
    #[command(flatten)]
    database: Database,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Prints where the trail ends, as JSON: keep it where the database's owner cannot write
    Head,
    /// Computes every seal anew; says the first line that is wrong, and fails then
    Verify {
        /// A file that `audit head` printed earlier: the trail must still begin with what it was taken of
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
}

pub(super) async fn run(command: Audit) -> anyhow::Result<()> {
    let settings = PoolSettings {
        max: 1,
        notify: false,
        // The whole trail takes its time.
        statement_timeout: Duration::from_secs(24 * 3_600),
        ..PoolSettings::default()
    };
    let store = command.database.open(settings).await?;
    match command.action {
        Action::Head => say(&serde_json::to_string(&store.audit_head().await?)?),
        Action::Verify { against } => {
            let earlier = against.as_ref().map(read).transpose()?;
            match store.verify_audit(earlier).await? {
                Ok(head) => say(&format!("the trail is whole: {} lines, head {}", head.entries, head.head)),
                Err(broken) => anyhow::bail!("THE TRAIL IS BROKEN. {broken}"),
            }
        }
    }
}

fn read(path: &PathBuf) -> anyhow::Result<TrailHead> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what `audit head` prints", path.display()))
}
