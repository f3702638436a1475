//! Idempotency: the same key with the same request is done once.

use crate::{Command, Store, StoreError, fault_point, faults::planted_sql};
use sqlx::PgConnection;
use uuid::Uuid;

/// In the place of a fingerprint: this key was given up before its command was done. No request hashes to it.
const GIVEN_UP: [u8; 32] = [0; 32];

const TAKE: &str =
    "INSERT INTO command_receipts (actor_id, key, request_hash) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING";

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
    let take = planted_sql!("idempotency-without-index", TAKE, TAKE => format!(
        "WITH seen AS MATERIALIZED (SELECT FROM command_receipts WHERE actor_id = $1 AND key = $2), kept AS ({TAKE}) \
         SELECT FROM seen HAVING count(*) = 0"));
    let made = sqlx::query(take)
        .bind(owner)
        .bind(&key.key)
        .bind(&key.request_hash[..])
        .execute(&mut *tx)
        .await?
        .rows_affected();
    fault_point!("command.receipted");
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

impl Store {
    /// Whether this very command has been done already, for those who must look at more than its row before they do it.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when the key belongs to another request; [`StoreError::Unavailable`].
    pub async fn was_done(&self, command: &Command) -> Result<bool, StoreError> {
        let (Some(key), Some(owner)) = (command.key.clone(), command.actor.key_owner()) else { return Ok(false) };
        self.section(move |store| async move {
            let known: Option<Vec<u8>> =
                sqlx::query_scalar("SELECT request_hash FROM command_receipts WHERE actor_id = $1 AND key = $2")
                    .bind(owner)
                    .bind(&key.key)
                    .fetch_optional(&store.pool)
                    .await?;
            match known {
                None => Ok(false),
                Some(hash) if hash == key.request_hash => Ok(true),
                Some(_) => Err(StoreError::KeyReused),
            }
        })
        .await
    }

    /// Whether the command of `actor_id` under `key` was done. One that was not, never will be: asking gives the key up, so
    /// that a request still on its way is refused. Waits for a command that is being done at this moment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`]; then nothing is known, and asking again is harmless.
    pub async fn settle_command(&self, actor_id: Uuid, key: &str) -> Result<bool, StoreError> {
        let key = key.to_owned();
        self.section(move |store| async move {
            sqlx::query(TAKE).bind(actor_id).bind(&key).bind(&GIVEN_UP[..]).execute(&store.pool).await?;
            let done =
                sqlx::query_scalar("SELECT request_hash <> $3 FROM command_receipts WHERE actor_id = $1 AND key = $2")
                    .bind(actor_id)
                    .bind(&key)
                    .bind(&GIVEN_UP[..])
                    .fetch_one(&store.pool)
                    .await?;
            Ok(done)
        })
        .await
    }
}
