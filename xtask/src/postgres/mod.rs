//! PostgreSQL on this machine, for the local workspace, the tests and the benches. Never shipped with the window.

mod account;
mod cluster;
mod install;
mod owner;
mod throwaway;

use std::path::Path;

use anyhow::{Context, Result, bail};

pub use account::Account;
pub use cluster::Cluster;
pub use install::Install;
pub use owner::Owner;
pub use throwaway::Throwaway;

/// Where a command finds its database.
pub enum Source {
    /// The person set `DATABASE_URL`: that server is used as it is, and never stopped.
    Given(Owner),
    /// Programs on this machine, with which a cluster of our own is made.
    Ours(Install),
}

impl Source {
    /// One resolver for all commands: `DATABASE_URL`, the system's programs, the npm package, or a clear message.
    pub fn resolve() -> Result<Self> {
        match given("DATABASE_URL")? {
            Some(owner) => Ok(Self::Given(owner)),
            None => Install::find().map(Self::Ours),
        }
    }

    /// The server's version, as people say it.
    pub fn version(&self) -> String {
        match self {
            Self::Given(_) => "given by DATABASE_URL".into(),
            Self::Ours(install) => install.version.clone(),
        }
    }

    /// A server that holds its promises, in `dir`; started when it is not running.
    pub fn durable(self, dir: &Path) -> Result<(Owner, Option<Cluster>)> {
        match self {
            Self::Given(owner) => Ok((owner, None)),
            Self::Ours(install) => {
                let cluster = Cluster::durable(install, dir);
                Ok((cluster.up()?, Some(cluster)))
            }
        }
    }
}

/// The server that an environment variable names, if it is set. These commands create databases and seed them, so it
/// has to be on this machine.
fn given(variable: &str) -> Result<Option<Owner>> {
    let url = std::env::var(variable).unwrap_or_default();
    if url.is_empty() {
        return Ok(None);
    }
    let owner = Owner::parse(&url).with_context(|| variable.to_owned())?;
    match owner.host() {
        "localhost" | "127.0.0.1" | "[::1]" => Ok(Some(owner)),
        host => bail!(
            "{variable} names the server {host}, and this command creates and seeds databases, so it only works on \
             this machine — unset {variable} to let it start its own PostgreSQL"
        ),
    }
}
