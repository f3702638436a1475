//! How the demo service answers, as one worker sees it: for people and verdicts; the engine decides nothing by it.

use crate::{Store, StoreError, events::cut};
use state_machine::ErrorClass;
use std::time::Duration;
use uuid::Uuid;

/// What one worker has seen of the demo service. Ages count from the moment of writing: the database has the one clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceHealth {
    /// How long ago it last answered well.
    pub last_ok: Option<Duration>,
    /// How long ago it last did not, of which class that was, and its words.
    pub last_error: Option<(Duration, ErrorClass, String)>,
    /// Good answers among the recent requests.
    pub recent_ok: u32,
    /// The others.
    pub recent_errors: u32,
    /// Mean of what an answer takes, the recent ones counting most, milliseconds.
    pub latency_ms: Option<f64>,
}

impl Store {
    /// Writes what a worker has seen of the demo service over what it wrote before. `false`: the worker is not registered
    /// yet; write again later.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn service_seen(&self, worker_id: Uuid, health: ServiceHealth) -> Result<bool, StoreError> {
        self.section(move |store| async move {
            let ago = |past: Duration| past.as_secs_f64();
            let count = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
            let error = health.last_error.as_ref();
            let rows = sqlx::query(
                "INSERT INTO demo_service_health (worker_id, last_ok_at, last_error_at, last_error_class, last_error, \
                   recent_ok, recent_errors, latency_ms) \
                 SELECT id, now() - make_interval(secs => $2), now() - make_interval(secs => $3), $4, $5, $6, $7, $8 \
                 FROM worker_sessions WHERE id = $1 \
                 ON CONFLICT (worker_id) DO UPDATE SET updated_at = now(), last_ok_at = excluded.last_ok_at, \
                   last_error_at = excluded.last_error_at, last_error_class = excluded.last_error_class, \
                   last_error = excluded.last_error, recent_ok = excluded.recent_ok, \
                   recent_errors = excluded.recent_errors, latency_ms = excluded.latency_ms",
            )
            .bind(worker_id)
            .bind(health.last_ok.map(ago))
            .bind(error.map(|error| ago(error.0)))
            .bind(error.map(|error| error.1.as_str()))
            .bind(error.map(|error| cut(&error.2, 500)))
            .bind(count(health.recent_ok))
            .bind(count(health.recent_errors))
            .bind(health.latency_ms)
            .execute(&store.pool)
            .await?
            .rows_affected();
            Ok(rows == 1)
        })
        .await
    }
}
