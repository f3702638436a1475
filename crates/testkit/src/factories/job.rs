//! Jobs, with the history that led to their state.

use crate::{TestDb, new_id};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

/// A job under construction; `noop`, pending and due when nothing else is said.
#[derive(Debug, Clone)]
pub struct JobFactory {
    job_type: String,
    queue: String,
    user_id: Option<Uuid>,
    dedupe_key: Option<String>,
    attempt: i32,
    attempts_max: i32,
    payload: Value,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Pending { run_in_s: f64 },
    Running { worker: Option<Uuid>, lease_s: f64, deadline_s: f64, cancel_asked: bool },
    Completed,
    Failed,
    Cancelled,
}

/// A job in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestJob {
    /// Its id.
    pub id: Uuid,
    /// The worker session that holds it, while running.
    pub locked_by: Option<Uuid>,
    /// Its fence.
    pub lease_epoch: i64,
}

/// A job to insert.
pub fn job() -> JobFactory {
    JobFactory {
        job_type: "noop".into(),
        queue: "default".into(),
        user_id: None,
        dedupe_key: None,
        attempt: 0,
        attempts_max: 5,
        payload: json!({}),
        state: State::Pending { run_in_s: 0.0 },
    }
}

impl JobFactory {
    /// The type's word, for example `demo_enable`.
    pub fn job_type(self, job_type: &str) -> Self {
        Self { job_type: job_type.into(), ..self }
    }

    /// The queue; `default` otherwise.
    pub fn queue(self, queue: &str) -> Self {
        Self { queue: queue.into(), ..self }
    }

    /// Whose job it is. The user's own state does not change; see [`crate::factories::user`].
    pub fn of(self, user_id: Uuid) -> Self {
        Self { user_id: Some(user_id), ..self }
    }

    /// A demo job of this user, with the key that keeps a second one out.
    pub fn demo(self, job_type: &str, user_id: Uuid) -> Self {
        Self { dedupe_key: Some(format!("demo:{user_id}")), ..self.job_type(job_type).of(user_id) }
    }

    /// What the worker is given.
    pub fn payload(self, payload: Value) -> Self {
        Self { payload, ..self }
    }

    /// Attempts used, and the budget.
    pub fn attempts(self, used: i32, max: i32) -> Self {
        Self { attempt: used, attempts_max: max, ..self }
    }

    fn state(self, state: State) -> Self {
        // Whatever has run was claimed at least once.
        let claimed = !matches!(state, State::Pending { .. } | State::Cancelled);
        let attempt = if claimed { self.attempt.max(1) } else { self.attempt };
        Self { state, attempt, ..self }
    }

    /// Pending, not before `run_in_s` seconds.
    pub fn scheduled(self, run_in_s: f64) -> Self {
        self.state(State::Pending { run_in_s })
    }

    /// Running, with a lease of a minute and a deadline of ten.
    pub fn running(self) -> Self {
        self.leased(None, 60.0, 600.0)
    }

    /// Running on this worker session.
    pub fn running_on(self, worker: Uuid) -> Self {
        self.leased(Some(worker), 60.0, 600.0)
    }

    /// Running, but its worker was last heard of before the lease ran out.
    pub fn orphaned(self) -> Self {
        self.leased(None, -30.0, 600.0)
    }

    /// Running with a live lease, past its deadline.
    pub fn overdue(self) -> Self {
        self.leased(None, 60.0, -30.0)
    }

    fn leased(self, worker: Option<Uuid>, lease_s: f64, deadline_s: f64) -> Self {
        self.state(State::Running { worker, lease_s, deadline_s, cancel_asked: false })
    }

    /// Running (see [`JobFactory::running`]), and a person has asked to stop it.
    pub fn cancel_asked(self) -> Self {
        let running = match self.state {
            State::Running { worker, lease_s, deadline_s, .. } => (worker, lease_s, deadline_s),
            _ => (None, 60.0, 600.0),
        };
        let (worker, lease_s, deadline_s) = running;
        self.state(State::Running { worker, lease_s, deadline_s, cancel_asked: true })
    }

    /// Done.
    pub fn completed(self) -> Self {
        self.state(State::Completed)
    }

    /// Failed, with no attempt left.
    pub fn failed(self) -> Self {
        let used = self.attempts_max;
        self.state(State::Failed).attempts(used, used)
    }

    /// Cancelled before it ran.
    pub fn cancelled(self) -> Self {
        self.state(State::Cancelled)
    }

    /// Writes it.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn insert(self, db: &TestDb) -> TestJob {
        let mut transaction = db.owner().begin().await.expect("begin");
        let job = self.insert_in(&mut transaction).await;
        transaction.commit().await.expect("commit");
        job
    }

    pub(super) async fn insert_in(self, transaction: &mut Transaction<'_, Postgres>) -> TestJob {
        let id = new_id();
        let mut row = Row::default();
        match self.state {
            State::Pending { run_in_s } => {
                row.status = "pending";
                row.run_in_s = run_in_s;
            }
            State::Running { worker, lease_s, deadline_s, cancel_asked } => {
                row.status = "running";
                row.locked_by = Some(worker.unwrap_or_else(new_id));
                row.lease_s = Some(lease_s);
                row.deadline_s = Some(deadline_s);
                row.cancel_asked = cancel_asked;
            }
            State::Completed => row.status = "completed",
            State::Failed => {
                row.status = "failed";
                row.error = Some("The demo service answered 503 Service Unavailable");
            }
            State::Cancelled => row.status = "cancelled",
        }
        let lease_epoch = i64::from(self.attempt);
        sqlx::query(
            "INSERT INTO background_jobs (id, job_type, queue, user_id, status, attempt, max_attempts,
               dedupe_key, payload, lease_epoch, locked_by, error_message, progress, run_at, started_at,
               lease_expires_at, deadline_at, cancel_requested_at, completed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
               CASE WHEN $5 = 'completed' THEN 100 ELSE 0 END,
               now() + make_interval(secs => $13),
               CASE WHEN $6 > 0 THEN now() END,
               now() + make_interval(secs => $14),
               now() + make_interval(secs => $15),
               CASE WHEN $16 THEN now() END,
               CASE WHEN $5 IN ('completed', 'failed', 'cancelled') THEN now() END)",
        )
        .bind(id)
        .bind(&self.job_type)
        .bind(&self.queue)
        .bind(self.user_id)
        .bind(row.status)
        .bind(self.attempt)
        .bind(self.attempts_max)
        .bind(&self.dedupe_key)
        .bind(&self.payload)
        .bind(lease_epoch)
        .bind(row.locked_by)
        .bind(row.error)
        .bind(row.run_in_s)
        .bind(row.lease_s)
        .bind(row.deadline_s)
        .bind(row.cancel_asked)
        .execute(&mut **transaction)
        .await
        .unwrap_or_else(|error| panic!("cannot insert {self:?}: {error}"));
        self.insert_history(id, transaction).await;
        TestJob { id, locked_by: row.locked_by, lease_epoch }
    }

    async fn insert_history(&self, id: Uuid, transaction: &mut Transaction<'_, Postgres>) {
        let mut history = vec![("enqueue", None, "pending", 0)];
        let started = ("start", Some("pending"), "running", self.attempt);
        match self.state {
            State::Pending { .. } => {}
            State::Running { .. } => history.push(started),
            State::Completed => {
                history.extend([started, ("succeed", Some("running"), "completed", self.attempt)]);
            }
            State::Failed => history.extend([started, ("fail", Some("running"), "failed", self.attempt)]),
            State::Cancelled => history.push(("request_cancel", Some("pending"), "cancelled", self.attempt)),
        }
        for (event, from, to, attempt) in history {
            sqlx::query(
                "INSERT INTO job_events (job_id, user_id, event, from_status, to_status, attempt, actor)
                 VALUES ($1, $2, $3, $4, $5, $6, 'testkit')",
            )
            .bind(id)
            .bind(self.user_id)
            .bind(event)
            .bind(from)
            .bind(to)
            .bind(attempt)
            .execute(&mut **transaction)
            .await
            .unwrap_or_else(|error| panic!("cannot insert the history of {self:?}: {error}"));
        }
    }
}

/// What depends on the state; seconds are from the database's now.
#[derive(Debug, Default)]
struct Row {
    status: &'static str,
    run_in_s: f64,
    locked_by: Option<Uuid>,
    lease_s: Option<f64>,
    deadline_s: Option<f64>,
    cancel_asked: bool,
    error: Option<&'static str>,
}
