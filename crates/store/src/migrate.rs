//! Migrations: run, show where the database stands, show what was done when.

use crate::StoreError;
use chrono::{DateTime, Utc};
use sqlx::{PgPool, Row, migrate::Migrator};
use std::time::Duration;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

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
    let task = tokio::spawn(async move { MIGRATOR.run(&pool).await });
    match task.await {
        Ok(done) => done.map_err(|error| StoreError::from(sqlx::Error::from(error))),
        Err(broken) => Err(StoreError::Unavailable(broken.to_string())),
    }
}

/// Every step this program knows, and any other that the database has, in order.
///
/// # Errors
/// [`StoreError::Database`] when the database refuses.
pub async fn status(pool: &PgPool) -> Result<Vec<Step>, StoreError> {
    let applied = applied(pool).await?;
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
