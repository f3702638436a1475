//! `job_events`: the history of every job, and the live feed.

use crate::StoreError;
use sqlx::PgConnection;
use state_machine::JobStatus;
use uuid::Uuid;

/// One line of history.
pub(crate) struct Event<'a> {
    pub job_id: Uuid,
    pub user_id: Option<Uuid>,
    pub event: &'a str,
    pub from: Option<JobStatus>,
    pub to: JobStatus,
    pub attempt: i32,
    pub actor: &'a str,
    pub detail: Option<&'a str>,
}

pub(crate) async fn append(tx: &mut PgConnection, event: Event<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO job_events (job_id, user_id, event, from_status, to_status, attempt, actor, detail) \
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
    )
    .bind(event.job_id)
    .bind(event.user_id)
    .bind(event.event)
    .bind(event.from.map(JobStatus::as_str))
    .bind(event.to.as_str())
    .bind(event.attempt)
    .bind(event.actor)
    .bind(event.detail)
    .execute(tx)
    .await?;
    Ok(())
}

/// At most `max` characters, cut at a character.
pub(crate) fn cut(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(end, _)| &text[..end])
}
