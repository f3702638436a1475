//! Idempotency: the same key with the same request is done once.

use crate::{Command, StoreError};
use sqlx::PgConnection;

/// Whether a command is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Do it; the receipt commits with it.
    Fresh,
    /// It has been done; change nothing.
    Replayed,
}

/// Claims the command's key within its transaction. A second one with the same key waits here for the first to end.
///
/// # Errors
/// [`StoreError::KeyReused`] when the key belongs to another request.
pub async fn claim(tx: &mut PgConnection, command: &Command) -> Result<Claimed, StoreError> {
    let (Some(key), Some(owner)) = (&command.key, command.actor.key_owner()) else {
        return Ok(Claimed::Fresh);
    };
    let made = sqlx::query(
        "INSERT INTO command_receipts (actor_id, key, request_hash) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING",
    )
    .bind(owner)
    .bind(&key.key)
    .bind(&key.request_hash[..])
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if made == 1 {
        return Ok(Claimed::Fresh);
    }
    let known: Vec<u8> = sqlx::query_scalar("SELECT request_hash FROM command_receipts WHERE actor_id=$1 AND key=$2")
        .bind(owner)
        .bind(&key.key)
        .fetch_one(tx)
        .await?;
    if known == key.request_hash { Ok(Claimed::Replayed) } else { Err(StoreError::KeyReused) }
}
