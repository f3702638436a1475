//! Connections: how many, how long, and what a connection must be like before it is used again.

use crate::{
    StoreError,
    connections::{Connections, Waiting},
    error::is_lost,
    silence::heard,
};
use sqlx::{
    Connection, Executor, PgConnection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A connection that rested for longer is asked whether it is still there before it is used. Under load none rests so long.
const REST_MAX: Duration = Duration::from_millis(500);
/// An answer to that takes a millisecond.
const PING_MAX: Duration = Duration::from_secs(1);
/// A connection that comes back may have an answer under way still.
const CHECK_MAX: Duration = Duration::from_secs(5);
/// How long after the server's own limit on a statement a connection counts as silent.
const BEYOND_STATEMENT: Duration = Duration::from_secs(1);

tokio::task_local! {
    /// Within it a connection goes back to the pool of which it is known that it is outside a transaction.
    pub(crate) static OUTSIDE: ();
}

/// Size and limits of a pool.
#[derive(Clone, Copy, Debug)]
pub struct PoolSettings {
    /// Connections at most.
    pub max: u32,
    /// Wait for a free one at most this long, then `Unavailable`.
    pub acquire_timeout: Duration,
    /// The server ends a statement of ours after this. A connection that has been silent for a second longer is closed.
    pub statement_timeout: Duration,
    /// Send wake-ups after commits. Off: everything still happens, by polling.
    pub notify: bool,
    /// While all are in use, hand a connection from one to the next without the pool's own question to the server. More gets
    /// done (the workers' way), but some wait longer: at fifty concurrent requests p99 was 124 ms with it, 82 ms without.
    pub hand_on: bool,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            max: 10,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(8),
            notify: true,
            hand_on: true,
        }
    }
}

impl PoolSettings {
    fn waiting(&self) -> Option<Waiting> {
        self.hand_on.then(Waiting::default)
    }

    fn silence_max(&self) -> Duration {
        self.statement_timeout + BEYOND_STATEMENT
    }
}

/// When a connection was last found dead. The others that rested meanwhile may be dead too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Losses(Arc<Mutex<Option<Instant>>>);

impl Losses {
    /// Remembers a dead connection.
    pub fn note(&self, error: &sqlx::Error) {
        if is_lost(error) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    fn since(&self, rested: Duration) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| at.elapsed() <= rested)
    }
}

pub(crate) async fn connect(url: &str, settings: PoolSettings) -> Result<Connections, StoreError> {
    let losses = Losses::default();
    let pool = options(settings, &losses).connect_with(parse(url, settings)?).await?;
    Ok(Connections { pool, silence_max: settings.silence_max(), losses, waiting: settings.waiting() })
}

pub(crate) fn connect_lazy(url: &str, settings: PoolSettings) -> Result<Connections, StoreError> {
    let losses = Losses::default();
    let pool = options(settings, &losses).connect_lazy_with(parse(url, settings)?);
    Ok(Connections { pool, silence_max: settings.silence_max(), losses, waiting: settings.waiting() })
}

/// Over a pool that somebody else made.
pub(crate) fn over(pool: PgPool) -> Connections {
    Connections {
        pool,
        silence_max: PoolSettings::default().silence_max(),
        losses: Losses::default(),
        waiting: PoolSettings::default().waiting(),
    }
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
        // The server's side of the same: a client that vanished without a word is noticed within half a minute.
        ("tcp_keepalives_idle", "10".to_owned()),
        ("tcp_keepalives_interval", "5".to_owned()),
        ("tcp_keepalives_count", "3".to_owned()),
        ("tcp_user_timeout", "20s".to_owned()),
        ("client_min_messages", "warning".to_owned()),
        // Compiling a statement takes longer than any of ours runs (measured: 2 s for a roll-up of an hour).
        ("jit", "off".to_owned()),
    ]))
}

fn options(settings: PoolSettings, losses: &Losses) -> PgPoolOptions {
    let losses = losses.clone();
    PgPoolOptions::new()
        .max_connections(settings.max)
        .acquire_timeout(settings.acquire_timeout)
        .idle_timeout(Duration::from_secs(300))
        .test_before_acquire(false) // `is_alive` asks, and only where it is in doubt
        .before_acquire(move |connection, meta| {
            let in_doubt = meta.idle_for > REST_MAX || losses.since(meta.idle_for);
            Box::pin(async move { if in_doubt { is_alive(connection).await } else { Ok(true) } })
        })
        .after_release(|connection, _| Box::pin(is_clean(connection)))
}

/// Whether the other side is still there. Without it every request after a restart of the database would meet a dead
/// connection, once for each connection of the pool.
async fn is_alive(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    heard(PING_MAX, connection.ping()).await.unwrap_or_else(|silent| Err(silent.into()))?;
    Ok(true)
}

/// The safety net for those who use the pool past `section.rs`: a connection that comes back inside a transaction is closed,
/// not used again, and so is one that does not answer.
///
/// The server is asked, because sqlx counts only the transactions that it saw begin. Outside a transaction the two
/// timestamps are one; but only in a simple query: in an extended one the first belongs to its last message.
async fn is_clean(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    if OUTSIDE.try_with(|()| ()).is_ok() {
        return Ok(true);
    }
    let asked = connection.fetch_one(sqlx::raw_sql("SELECT statement_timestamp() <> transaction_timestamp()"));
    let row = heard(CHECK_MAX, asked).await.unwrap_or_else(|silent| Err(silent.into()))?;
    let inside: bool = row.try_get(0)?;
    if inside {
        tracing::error!("A connection came back inside a transaction; it is closed");
    }
    Ok(!inside)
}
