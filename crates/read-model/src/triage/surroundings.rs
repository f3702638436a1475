//! What all cases have in common: queues, workers, the demo service. Three small reads, whatever the number of cases.

use crate::{ReadError, workers::ALIVE_SECONDS};
use contract::state_machine::{
    ErrorClass,
    triage::{QueueFacts, ServiceFacts, WorkerFacts},
};
use sqlx::{FromRow, PgConnection};

const QUEUES: &str = "SELECT name, floor(extract(epoch FROM now() - paused_at))::int8 AS paused_s, paused_by, reason, version \
  FROM ops.queues ORDER BY (paused_at IS NULL), name LIMIT 1000";

const WORKERS: &str = "SELECT queue, job_types, slots, in_hand, floor(extract(epoch FROM now() - last_seen_at))::int8 AS seen_s, \
    stopped_at IS NULL AND last_seen_at > now() - make_interval(secs => $1) AS alive \
  FROM ops.workers WHERE last_seen_at > now() - interval '1 hour' ORDER BY last_seen_at DESC LIMIT 500";

/// What a worker that is gone saw of the service is still true of the service; its share of good answers is not.
const SERVICE: &str = "SELECT floor(extract(epoch FROM now() - last_ok_at))::int8 AS ok_s, \
    floor(extract(epoch FROM now() - last_error_at))::int8 AS error_s, last_error_class AS error_class, \
    left(last_error, 500) AS error, recent_ok, recent_errors, latency_ms, updated_at > now() - interval '1 minute' AS fresh \
  FROM ops.demo_service_health WHERE updated_at > now() - interval '10 minutes' ORDER BY updated_at DESC LIMIT 500";

#[derive(FromRow)]
struct Queue {
    name: String,
    paused_s: Option<i64>,
    paused_by: Option<String>,
    reason: Option<String>,
    version: i32,
}

#[derive(FromRow)]
struct Worker {
    queue: Option<String>,
    job_types: Option<Vec<String>>,
    slots: Option<i32>,
    in_hand: Option<i32>,
    seen_s: i64,
    alive: bool,
}

#[derive(FromRow)]
struct Health {
    ok_s: Option<i64>,
    error_s: Option<i64>,
    error_class: Option<String>,
    error: Option<String>,
    recent_ok: i32,
    recent_errors: i32,
    latency_ms: Option<f64>,
    fresh: bool,
}

/// As it is at the time of the snapshot.
pub(super) struct Surroundings {
    queues: Vec<Queue>,
    workers: Vec<Worker>,
    pub(super) service: ServiceFacts,
}

impl Surroundings {
    pub(super) async fn read(connection: &mut PgConnection) -> Result<Self, ReadError> {
        let queues = sqlx::query_as(QUEUES).fetch_all(&mut *connection).await?;
        let alive_s = f64::from(ALIVE_SECONDS);
        let workers = sqlx::query_as(WORKERS).bind(alive_s).fetch_all(&mut *connection).await?;
        let health: Vec<Health> = sqlx::query_as(SERVICE).fetch_all(connection).await?;
        Ok(Self { queues, workers, service: service(health) })
    }

    pub(super) fn queue(&self, name: &str) -> QueueFacts {
        let known = self.queues.iter().find(|queue| queue.name == name);
        QueueFacts {
            name: name.to_owned(),
            paused_s: known.and_then(|queue| queue.paused_s),
            paused_by: known.and_then(|queue| queue.paused_by.clone()),
            reason: known.and_then(|queue| queue.reason.clone()),
            ahead: 0,
        }
    }

    pub(super) fn queue_version(&self, name: &str) -> Option<u32> {
        let known = self.queues.iter().find(|queue| queue.name == name)?;
        u32::try_from(known.version).ok()
    }

    /// The workers for a job of this queue and type. One that does not tell its queue or types may serve any.
    pub(super) fn workers(&self, queue: &str, job_type: Option<&str>) -> WorkerFacts {
        let serving = || self.workers.iter().filter(|worker| worker.queue.as_deref().is_none_or(|name| name == queue));
        let alive = || serving().filter(|worker| worker.alive);
        let knowing = || alive().filter(|worker| worker.knows(job_type));
        WorkerFacts {
            alive: count(alive().count()),
            knowing: count(knowing().count()),
            slots: knowing().map(|worker| worker.slots.map(i32::unsigned_abs)).sum(),
            in_hand: knowing().map(|worker| worker.in_hand.map_or(0, i32::unsigned_abs)).sum(),
            seen_s: serving().map(|worker| worker.seen_s).min(),
        }
    }

    /// Nobody has met an error of the demo service in the last minutes, and it answers fast.
    pub(super) fn service_is_well(&self) -> bool {
        self.service.is_well()
    }

    /// Somebody has met nothing but errors of it: what is at work waits for it.
    pub(super) fn service_is_away(&self) -> bool {
        !self.service.can_be_asked()
    }

    /// Queues from which nothing is claimed at this moment.
    pub(super) fn paused(&self) -> Vec<String> {
        self.queues.iter().filter(|queue| queue.paused_s.is_some()).map(|queue| queue.name.clone()).collect()
    }

    /// The queues that a live worker serves; `None`: one of them may serve any.
    pub(super) fn served(&self) -> Option<Vec<String>> {
        self.workers.iter().filter(|worker| worker.alive).map(|worker| worker.queue.clone()).collect()
    }

    /// The types that a live worker knows; `None`: one of them may know any.
    pub(super) fn known_types(&self) -> Option<Vec<String>> {
        let told: Option<Vec<&Vec<String>>> =
            self.workers.iter().filter(|worker| worker.alive).map(|worker| worker.job_types.as_ref()).collect();
        Some(told?.into_iter().flatten().cloned().collect())
    }
}

impl Worker {
    fn knows(&self, job_type: Option<&str>) -> bool {
        match (&self.job_types, job_type) {
            (Some(types), Some(job_type)) => types.iter().any(|known| known == job_type),
            _ => true,
        }
    }
}

/// The newest of what all saw; the shares of those that look now.
fn service(health: Vec<Health>) -> ServiceFacts {
    let mut facts = ServiceFacts::default();
    let (mut sum_ms, mut answered) = (0.0, 0_u32);
    for one in health {
        facts.ok_s = facts.ok_s.into_iter().chain(one.ok_s).min();
        if one.error_s.is_some_and(|error_s| facts.error_s.is_none_or(|newest| error_s < newest)) {
            facts.error_s = one.error_s;
            facts.error_class = one.error_class.and_then(|word| word.parse::<ErrorClass>().ok());
            facts.error = one.error;
        }
        if one.fresh {
            facts.recent_ok = facts.recent_ok.saturating_add(one.recent_ok.unsigned_abs());
            facts.recent_errors = facts.recent_errors.saturating_add(one.recent_errors.unsigned_abs());
            if let Some(ms) = one.latency_ms {
                sum_ms += ms;
                answered += 1;
            }
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds of an HTTP answer")]
    let mean_ms = (answered > 0).then(|| (sum_ms / f64::from(answered)).round() as u32);
    facts.latency_ms = mean_ms;
    facts
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
