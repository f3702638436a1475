//! System jobs that do nothing, made in batches as the backend makes them: they measure the engine itself.

use super::{Load, ack_log::Ack};
use crate::dice::Dice;
use anyhow::Result;
use sqlx::PgPool;
use uuid::Uuid;

const MAKE: &str = "WITH made AS (INSERT INTO background_jobs (id, job_type, queue, max_attempts) \
    SELECT id, $2, $3, $4 FROM unnest($1::uuid[]) id RETURNING id) \
    INSERT INTO job_events (job_id, event, to_status, attempt, actor) SELECT id, 'enqueue', 'pending', 0, 'system' FROM made";

/// Commits a batch and answers its ids. Their attempts do not run out: kills must not fail them.
pub async fn make(pool: &PgPool, count: u64) -> sqlx::Result<Vec<Uuid>> {
    make_in(pool, count, "default", 100).await
}

/// As [`make`], in this queue and with so many attempts.
pub async fn make_in(pool: &PgPool, count: u64, queue: &str, attempts: i32) -> sqlx::Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = (0..count).map(|_| testkit::new_id()).collect();
    sqlx::query(MAKE).bind(&ids).bind("noop").bind(queue).bind(attempts).execute(pool).await?;
    Ok(ids)
}

/// Makes batches until the load ends. A batch whose commit was not answered is not promised to anybody.
pub async fn play(load: Load, mut dice: Dice) -> Result<()> {
    while !load.ended() {
        load.pause(dice.between(100, 300)).await;
        let (low, high) = load.batch;
        if let Ok(ids) = make(&load.owner, dice.between(low, high)).await {
            load.log.write(&Ack::Jobs { ids }).await?;
        }
    }
    Ok(())
}
