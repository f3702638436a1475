//! Who is signed in to what: one account, one database, one environment.

use crate::{account::Account, database::Database};
use contract::ipc::Environment;
use std::sync::Arc;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A signed-in person on an environment. Dropping the last handle ends its background work.
pub struct Session {
    /// Where.
    pub environment: Environment,
    /// Who; sends commands.
    pub account: Arc<Account>,
    /// Reads.
    pub database: Database,
    _stop: DropGuard,
}

impl Session {
    /// Starts renewing the database login.
    pub fn start(environment: Environment, account: Arc<Account>, database: Database) -> Arc<Self> {
        let stop = CancellationToken::new();
        tokio::spawn(database.clone().keep_renewed(Arc::clone(&account), stop.clone()));
        Arc::new(Self { environment, account, database, _stop: stop.drop_guard() })
    }
}
