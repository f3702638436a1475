//! Migrations: run, show where the database stands, show what was done when.

use crate::{StoreError, silence::heard};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Row, migrate::Migrator};
use std::{sync::LazyLock, time::Duration};

static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("../../migrations");
    migrator.set_locking(false);
    migrator
});

/// One migrator at a time; the number is arbitrary and belongs to this purpose.
const RUN_LOCK: i64 = 0x006d_6967_7261_7465;

/// To say where the database stands takes milliseconds.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// One migration, as the program knows it and the database has it.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// Its title.
    pub title: String,
    /// When it was applied here; `None`: not yet.
    pub applied_at: Option<DateTime<Utc>>,
    /// How long it took.
    pub took: Option<Duration>,
    /// Applied here with another text than this program has, or unknown to this program.
    pub differs: bool,
}

/// Applies what is missing; harmless when nothing is. Only one process does it at a time.
///
/// # Errors
/// [`StoreError::Database`] with the failing step's error; steps before it stay applied.
pub async fn run(pool: &PgPool) -> Result<(), StoreError> {
    let pool = pool.clone();
    let task = tokio::spawn(async move {
        let mut connection = pool.acquire().await?.detach();
        // Asked for again and again, never waited for: whoever waits inside a statement holds a snapshot that
        // CREATE INDEX CONCURRENTLY waits for in turn, which is a deadlock. sqlx's own lock waits, so it is off.
        while !take_lock(&mut connection).await? {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let done = apply(&mut connection).await;
        connection.close().await?; // which gives the lock back
        done
    });
    match task.await {
        Ok(done) => done,
        Err(broken) => Err(StoreError::Unavailable(broken.to_string())),
    }
}

async fn take_lock(connection: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(RUN_LOCK).fetch_one(connection).await?)
}

async fn apply(connection: &mut PgConnection) -> Result<(), StoreError> {
    let invalid: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid \
         WHERE NOT indisvalid AND relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&mut *connection)
    .await?;
    for name in invalid {
        // Cut short while it was built; IF NOT EXISTS would take it for done. Indexes of others are left alone.
        let word = format!(" {name} ");
        if MIGRATOR.iter().any(|step| step.no_tx && step.sql.as_str().contains(&word)) {
            sqlx::query(AssertSqlSafe(format!("DROP INDEX public.{name}"))).execute(&mut *connection).await?;
        }
    }
    // An index over a million rows takes longer than a request may.
    sqlx::query("SET statement_timeout = 0").execute(&mut *connection).await?;
    MIGRATOR.run_direct(None, connection, false).await.map_err(|error| StoreError::from(sqlx::Error::from(error)))
}

/// Every step this program knows, and any other that the database has, in order.
///
/// # Errors
/// [`StoreError::Database`] when the database refuses.
pub async fn status(pool: &PgPool) -> Result<Vec<Step>, StoreError> {
    // Readiness is asked of this: it must say so when the database has fallen silent.
    let applied = heard(SILENCE_MAX, applied(pool)).await.map_err(sqlx::Error::from)??;
    let mut steps: Vec<Step> = MIGRATOR
        .iter()
        .map(|known| {
            let here = applied.iter().find(|a| a.version == known.version);
            Step {
                version: known.version,
                title: known.description.to_string(),
                applied_at: here.map(|a| a.at),
                took: here.map(|a| a.took),
                differs: here.is_some_and(|a| a.checksum != *known.checksum),
            }
        })
        .collect();
    for a in applied.iter().filter(|a| MIGRATOR.iter().all(|known| known.version != a.version)) {
        let (title, at, took) = (a.title.clone(), Some(a.at), Some(a.took));
        steps.push(Step { version: a.version, title, applied_at: at, took, differs: true });
    }
    steps.sort_by_key(|step| step.version);
    Ok(steps)
}

/// What was applied here, oldest first.
///
/// # Errors
/// [`StoreError::Database`] when the database refuses.
pub async fn history(pool: &PgPool) -> Result<Vec<Step>, StoreError> {
    let mut steps: Vec<Step> = status(pool).await?.into_iter().filter(|step| step.applied_at.is_some()).collect();
    steps.sort_by_key(|step| (step.applied_at, step.version));
    Ok(steps)
}

struct Applied {
    version: i64,
    title: String,
    at: DateTime<Utc>,
    took: Duration,
    checksum: Vec<u8>,
}

async fn applied(pool: &PgPool) -> Result<Vec<Applied>, StoreError> {
    let known: bool =
        sqlx::query_scalar("SELECT to_regclass('public._sqlx_migrations') IS NOT NULL").fetch_one(pool).await?;
    if !known {
        return Ok(vec![]);
    }
    let rows = sqlx::query(
        "SELECT version, description, installed_on, execution_time, checksum FROM public._sqlx_migrations \
         WHERE success ORDER BY version",
    )
    .fetch_all(pool)
    .await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<Applied, sqlx::Error> {
        let nanos: i64 = row.try_get("execution_time")?;
        Ok(Applied {
            version: row.try_get("version")?,
            title: row.try_get("description")?,
            at: row.try_get("installed_on")?,
            took: Duration::from_nanos(nanos.unsigned_abs()),
            checksum: row.try_get("checksum")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}
