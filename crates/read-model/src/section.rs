//! Where every statement runs.
//!
//! sqlx 0.9 leaves `BEGIN` open on a pooled connection when the future that begins is dropped (launchbadge/sqlx#4393),
//! and callers do drop futures: timeouts, `select!`, a closed window. So each read runs in a task of its own, which
//! nothing drops, and the caller only waits for its answer.

use crate::{ReadError, ReadModel};
use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use std::{future::Future, pin::Pin, time::Duration};

/// Longer than the five seconds after which a reader's own statement timeout ends a statement: this one is for a
/// connection that has died without a word.
const SECTION_MAX: Duration = Duration::from_secs(8);

/// The work of one section.
pub(crate) type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, ReadError>> + Send + 'c>>;

impl ReadModel {
    /// Runs `work` on one connection in a task of its own.
    pub(crate) async fn section<T, F>(&self, work: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T> + Send + 'static,
    {
        let pool = self.pool.clone();
        let running = tokio::spawn(async move {
            let mut connection = pool.acquire().await?;
            let outcome = tokio::time::timeout(SECTION_MAX, work(&mut connection)).await;
            outcome.unwrap_or_else(|_| {
                // The work was cut short in an unknown place, so its connection must not go back to the pool.
                drop(connection.detach());
                Err(ReadError::Unavailable(format!("no answer within {} s", SECTION_MAX.as_secs())))
            })
        });
        running.await.unwrap_or_else(|ended| Err(ReadError::Unavailable(format!("the read was ended: {ended}"))))
    }

    /// As [`Self::section`], with one view of the database for all statements of `work`.
    pub(crate) async fn snapshot<T, F>(&self, work: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut PgConnection) -> Work<'c, T> + Send + 'static,
    {
        self.section(move |connection| {
            Box::pin(async move {
                let mut transaction = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                let read = work(&mut transaction).await?;
                transaction.commit().await?;
                Ok(read)
            })
        })
        .await
    }
}

/// The database's time; within a snapshot, the time of the snapshot.
pub(crate) async fn database_time(connection: &mut PgConnection) -> Result<DateTime<Utc>, ReadError> {
    Ok(sqlx::query_scalar("SELECT now()").fetch_one(connection).await?)
}
