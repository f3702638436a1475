//! Enqueue: a job is made in the transaction of the change that wants it.

use crate::{
    Store, StoreError,
    events::{self, Event},
    fault_point, new_id,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::{IllegalTransition, JobStatus, JobType};
use uuid::Uuid;

/// A job to be made.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What it does.
    pub job_type: JobType,
    /// Whose.
    pub user_id: Option<Uuid>,
    /// Which workers serve it.
    pub queue: String,
    /// The smaller the sooner.
    pub priority: i16,
    /// How often it may be claimed.
    pub max_attempts: i32,
    /// Not before this time; `None`: at once, by database time.
    pub run_at: Option<DateTime<Utc>>,
    /// At most one live job has this key.
    pub dedupe_key: Option<String>,
    /// What the handler must know; under 64 KiB, never a credential.
    pub payload: serde_json::Value,
}

impl NewJob {
    /// A job in queue `default` with five attempts.
    pub fn new(job_type: JobType) -> Self {
        Self {
            job_type,
            user_id: None,
            queue: "default".into(),
            priority: 100,
            max_attempts: 5,
            run_at: None,
            dedupe_key: None,
            payload: serde_json::json!({}),
        }
    }

    /// A demo job: enable and disable share one key, so that a user has at most one live demo operation.
    pub fn for_demo_mode(job_type: JobType, user_id: Uuid) -> Self {
        Self { user_id: Some(user_id), dedupe_key: Some(format!("demo:{user_id}")), ..Self::new(job_type) }
    }
}

/// What became of an enqueue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// A new job.
    Made(Uuid),
    /// A live job with the same key was there already.
    Joined(Uuid),
}

impl Store {
    /// Makes a job of its own, not part of another change; joins a live one with the same key.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn enqueue(&self, job: NewJob) -> Result<Enqueued, StoreError> {
        let made = self
            .step("enqueue", move |tx| {
                let job = job.clone();
                Box::pin(async move { insert(tx, &job, "system").await })
            })
            .await?;
        self.wake.jobs();
        Ok(made)
    }
}

/// Makes a job within the caller's transaction.
///
/// # Errors
/// [`StoreError::Illegal`] when a live job has the same key: the caller's change must not happen.
pub(crate) async fn enqueue_in(tx: &mut PgConnection, job: &NewJob, actor: &str) -> Result<Uuid, StoreError> {
    match insert(tx, job, actor).await? {
        Enqueued::Made(id) => Ok(id),
        Enqueued::Joined(id) => Err(IllegalTransition {
            from: "pending",
            event: "enqueue",
            reason: format!("Job {id} is already in flight for this. Wait for it to end, or cancel it."),
        }
        .into()),
    }
}

async fn insert(tx: &mut PgConnection, job: &NewJob, actor: &str) -> Result<Enqueued, StoreError> {
    let id = new_id();
    let made = sqlx::query(
        "INSERT INTO background_jobs (id, job_type, queue, user_id, priority, max_attempts, dedupe_key, payload, run_at, \
         scheduled_for) VALUES ($1,$2,$3,$4,$5,$6,$7,$8, coalesce($9, now()), coalesce($9, now())) \
         ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'running') DO NOTHING",
    )
    .bind(id)
    .bind(job.job_type.as_str())
    .bind(&job.queue)
    .bind(job.user_id)
    .bind(job.priority)
    .bind(job.max_attempts)
    .bind(&job.dedupe_key)
    .bind(&job.payload)
    .bind(job.run_at)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if made == 0 {
        let live: Option<Uuid> = sqlx::query_scalar(
            "SELECT id FROM background_jobs WHERE dedupe_key = $1 AND status IN ('pending', 'running')",
        )
        .bind(&job.dedupe_key)
        .fetch_optional(tx)
        .await?;
        // Gone between the two statements: it has just ended, and whoever asks again gets a new one.
        return live
            .map(Enqueued::Joined)
            .ok_or_else(|| StoreError::Unavailable("a job of the same kind is just ending".into()));
    }
    fault_point!("enqueue.inserted");
    let event = Event {
        job_id: id,
        user_id: job.user_id,
        event: "enqueue",
        from: None,
        to: JobStatus::Pending,
        attempt: 0,
        actor,
        detail: None,
    };
    events::append(tx, event).await?;
    Ok(Enqueued::Made(id))
}
