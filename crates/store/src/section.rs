//! Database work that nobody can drop half-way.
//!
//! In sqlx 0.9.0 a future dropped during `begin()` leaves `BEGIN` open on a connection that returns to the pool. Timeouts,
//! `select!` and disconnecting HTTP clients all drop futures. So every section runs in a task of its own: the caller may
//! go away, the section goes on to its commit or rollback, or until its connection has been silent for too long.

use crate::{Store, StoreError, error::is_transient, fault_point, planted, silence::heard};
use rand::Rng;
use sqlx::PgConnection;
use std::{future::Future, pin::Pin, time::Duration};

/// A future on one connection.
pub type OnConnection<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

/// Whole transactions are tried this often when they meet a deadlock.
const TRIES_MAX: u32 = 5;

impl Store {
    /// Runs `work` to its end in a task of its own, whether or not the caller waits for it.
    ///
    /// # Errors
    /// What `work` answers; [`StoreError::Unavailable`] when the process is shutting down.
    pub async fn section<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(Self) -> F,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        match tokio::spawn(work(self.clone())).await {
            Ok(answer) => answer,
            Err(broken) => Err(StoreError::Unavailable(format!("the database task ended: {broken}"))),
        }
    }

    /// Runs `work` in one transaction: committed when it answers `Ok`, rolled back otherwise, tried again after a deadlock.
    ///
    /// # Errors
    /// What `work` answers. When the commit's own answer is lost, [`StoreError::Unavailable`]: it may have happened.
    pub async fn transaction<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: for<'c> Fn(&'c mut PgConnection) -> OnConnection<'c, T> + Send + Sync + 'static,
    {
        self.step("transaction", work).await
    }

    /// As [`Store::transaction`]; `step` names its failpoints.
    pub(crate) async fn step<T, W>(&self, step: &'static str, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: for<'c> Fn(&'c mut PgConnection) -> OnConnection<'c, T> + Send + Sync + 'static,
    {
        self.section(move |store| async move {
            let mut tries = 1;
            loop {
                let mut held = store.pool.begin().await?;
                fault_point!(step, "begun");
                let worked = match heard(store.pool.silence_max, work(held.connection()?)).await {
                    Ok(worked) => worked,
                    // Its connection is closed by dropping it, which rolls back.
                    Err(silent) => return Err(sqlx::Error::from(silent).into()),
                };
                match worked {
                    Ok(answer) if planted!("ack-before-commit") => {
                        tokio::spawn(async move {
                            tokio::time::sleep(Duration::from_millis(50)).await;
                            held.end("COMMIT").await
                        });
                        return Ok(answer);
                    }
                    Ok(answer) => {
                        fault_point!(step, "before_commit");
                        held.end("COMMIT").await?;
                        fault_point!(step, "after_commit");
                        return Ok(answer);
                    }
                    Err(error) => {
                        // A rollback that fails closes the connection, which rolls back as well.
                        let _ = held.end("ROLLBACK").await;
                        if !is_transient(&error) || tries >= TRIES_MAX {
                            return Err(error);
                        }
                    }
                }
                let pause_ms = rand::rng().random_range(1..=20 * u64::from(tries));
                tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                tries += 1;
            }
        })
        .await
    }
}
