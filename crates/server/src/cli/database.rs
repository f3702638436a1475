//! Which database a command works on.

use super::exit::{Ended, Exit};
use store::{PoolSettings, Store};

#[derive(Debug, clap::Args)]
pub(super) struct Database {
    /// PostgreSQL, with a login that may do what is asked for
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true, default_value = "")]
    database_url: String,
}

impl Database {
    /// Connects.
    ///
    /// # Errors
    /// When none is named (an argument that holds for all sub-commands cannot be demanded by clap), or when it is not reached.
    pub(super) async fn open(&self, settings: PoolSettings) -> anyhow::Result<Store> {
        anyhow::ensure!(!self.database_url.is_empty(), "say which database: --database-url or DATABASE_URL");
        Store::connect(&self.database_url, settings).await.map_err(|error| {
            Ended::with(
                Exit::Unavailable,
                format!("The database was not reached: {error}. Check DATABASE_URL and that it runs."),
            )
        })
    }
}
