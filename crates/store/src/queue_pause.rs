//! Pausing a queue, and letting workers claim from it again.

use crate::{
    Command, Done, Store, StoreError,
    audit::{self, AuditLine},
    demo_mode::check_version,
    receipts::{self, Claimed},
};
use sqlx::PgConnection;
use state_machine::IllegalTransition;

impl Store {
    /// Pauses a queue: from its commit on no claim begins to take a job of it. What is running goes on. The command's reason
    /// is shown to everybody who asks why nothing moves.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a queue that no job, worker or person ever named; [`StoreError::VersionConflict`],
    /// [`StoreError::Illegal`] when it is paused already, [`StoreError::KeyReused`].
    pub async fn pause_queue(&self, name: &str, command: &Command) -> Result<Done, StoreError> {
        self.turn_queue(name, command, true).await
    }

    /// Lets workers claim from it again.
    ///
    /// # Errors
    /// As [`Store::pause_queue`].
    pub async fn resume_queue(&self, name: &str, command: &Command) -> Result<Done, StoreError> {
        let done = self.turn_queue(name, command, false).await?;
        self.wake.jobs();
        Ok(done)
    }

    async fn turn_queue(&self, name: &str, command: &Command, pause: bool) -> Result<Done, StoreError> {
        let (name, command) = (name.to_owned(), command.clone());
        self.step("command", move |tx| {
            let (name, command) = (name.clone(), command.clone());
            Box::pin(async move {
                if receipts::claim(tx, &command).await? == Claimed::Replayed {
                    return Ok(Done { job_id: None, replayed: true });
                }
                turn(tx, &name, command.version, &command, pause).await?;
                let (was, is) = if pause { ("open", "paused") } else { ("paused", "open") };
                let (before, after) = (format!("{name}: {was}"), format!("{name}: {is}"));
                let action = if pause { "queue.pause" } else { "queue.resume" };
                let line = AuditLine { action, before: Some(&before), after: Some(&after), ..AuditLine::default() };
                audit::append(tx, &command, line).await?;
                Ok(Done { job_id: None, replayed: false })
            })
        })
        .await
    }
}

/// Pauses or opens a queue within the caller's transaction, bound to the version that was seen.
pub(crate) async fn turn(
    tx: &mut PgConnection,
    name: &str,
    seen: Option<u32>,
    command: &Command,
    pause: bool,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO queues (name) SELECT $1 WHERE EXISTS (SELECT FROM background_jobs WHERE status = 'pending' AND queue = $1) \
         OR EXISTS (SELECT FROM worker_sessions WHERE queue = $1) ON CONFLICT DO NOTHING",
    )
    .bind(name)
    .execute(&mut *tx)
    .await?;
    let row: Option<(bool, i32)> =
        sqlx::query_as("SELECT paused_at IS NOT NULL, version FROM queues WHERE name = $1 FOR UPDATE")
            .bind(name)
            .fetch_optional(&mut *tx)
            .await?;
    let (paused, version) = row.ok_or(StoreError::NotFound { what: "queue" })?;
    check_version(&Command { version: seen, ..command.clone() }, version.unsigned_abs())?;
    if paused == pause {
        let (from, event) = if paused { ("paused", "pause") } else { ("open", "resume") };
        return Err(IllegalTransition { from, event, reason: format!("The queue “{name}” is {from} already.") }.into());
    }
    sqlx::query(
        "UPDATE queues SET paused_at = CASE WHEN $2 THEN now() END, paused_by = CASE WHEN $2 THEN $3 END, \
         reason = CASE WHEN $2 THEN $4 END, version = version + 1 WHERE name = $1",
    )
    .bind(name)
    .bind(pause)
    .bind(command.actor.label())
    .bind(command.reason.as_deref().unwrap_or("No reason was given."))
    .execute(tx)
    .await?;
    Ok(())
}
