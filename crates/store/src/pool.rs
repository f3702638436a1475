//! Connections: how many, how long, and what a connection must be like before it is used again.

use crate::StoreError;
use sqlx::{
    Executor, PgConnection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};

/// Size and limits of a pool.
#[derive(Clone, Copy, Debug)]
pub struct PoolSettings {
    /// Connections at most.
    pub max: u32,
    /// Wait for a free one at most this long, then `Unavailable`.
    pub acquire_timeout: Duration,
    /// The server ends a statement of ours after this.
    pub statement_timeout: Duration,
    /// Send wake-ups after commits. Off: everything still happens, by polling.
    pub notify: bool,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            max: 10,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
            notify: true,
        }
    }
}

pub(crate) async fn connect(url: &str, settings: PoolSettings) -> Result<PgPool, StoreError> {
    Ok(options(settings).connect_with(parse(url, settings)?).await?)
}

pub(crate) fn connect_lazy(url: &str, settings: PoolSettings) -> Result<PgPool, StoreError> {
    Ok(options(settings).connect_lazy_with(parse(url, settings)?))
}

fn parse(url: &str, settings: PoolSettings) -> Result<PgConnectOptions, StoreError> {
    let millis = |d: Duration| format!("{}ms", d.as_millis());
    let mut connect = PgConnectOptions::from_str(url)?;
    // A name that was given (PGAPPNAME, or in the URL) tells one process from another in pg_stat_activity.
    if connect.get_application_name().is_none() {
        connect = connect.application_name("repruv");
    }
    Ok(connect.options([
        // Correctness rests on row locks, unique indexes and fences; SKIP LOCKED under SERIALIZABLE fails.
        ("default_transaction_isolation", "read committed".to_owned()),
        ("statement_timeout", millis(settings.statement_timeout)),
        ("lock_timeout", millis(settings.statement_timeout / 2)),
        ("idle_in_transaction_session_timeout", "5s".to_owned()),
        ("client_min_messages", "warning".to_owned()),
        // Compiling a statement takes longer than any of ours runs (measured: 2 s for a roll-up of an hour).
        ("jit", "off".to_owned()),
    ]))
}

fn options(settings: PoolSettings) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(settings.max)
        .acquire_timeout(settings.acquire_timeout)
        .idle_timeout(Duration::from_secs(300))
        .test_before_acquire(false) // a broken connection shows at its first statement, which is tried again
        .after_release(|connection, _| Box::pin(is_clean(connection)))
}

/// The safety net under `section.rs`: a connection that comes back inside a transaction is closed, not used again.
///
/// The server is asked, because sqlx counts only the transactions that it saw begin. Outside a transaction the two
/// timestamps are one; but only in a simple query: in an extended one the first belongs to its last message.
async fn is_clean(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let row = connection.fetch_one(sqlx::raw_sql("SELECT statement_timestamp() <> transaction_timestamp()")).await?;
    let inside: bool = row.try_get(0)?;
    if inside {
        tracing::error!("A connection came back inside a transaction; it is closed");
    }
    Ok(!inside)
}
