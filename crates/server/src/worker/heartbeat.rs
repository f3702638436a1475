//! Heartbeats: one statement renews all leases of the process, from a thread and connections of its own, so that neither
//! a busy pool nor a blocked executor can fake a death.

use super::{Shared, measures};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};
use store::{PoolSettings, Store, engine::Lease};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What the heartbeat must know of a job in hand.
#[derive(Clone)]
struct Held {
    epoch: i64,
    renewed: Instant,
    cancelled: CancellationToken,
    lost: CancellationToken,
}

/// The jobs in hand.
#[derive(Clone, Default)]
pub(crate) struct Leases {
    held: Arc<Mutex<HashMap<Uuid, Held>>>,
    beat_now: Arc<Notify>,
}

impl Leases {
    /// Takes a job into the heartbeat's care. Answers (a stop was asked for, the lease is lost).
    pub fn add(&self, lease: &Lease, claimed_at: Instant) -> (CancellationToken, CancellationToken) {
        let (cancelled, lost) = (CancellationToken::new(), CancellationToken::new());
        let held = Held { epoch: lease.epoch, renewed: claimed_at, cancelled: cancelled.clone(), lost: lost.clone() };
        self.lock().insert(lease.job_id, held);
        (cancelled, lost)
    }

    pub fn remove(&self, job_id: Uuid) {
        self.lock().remove(&job_id);
    }

    /// Nothing is in hand.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// How many are in hand.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Somebody asked to stop a running job: find out at once whether it is one of ours.
    pub fn beat_now(&self) {
        self.beat_now.notify_one();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives up what could not be renewed in time: another may hold it already.
    fn give_up_silent(&self, limit: Duration) {
        let now = Instant::now();
        for (job_id, held) in self.lock().iter() {
            if now.duration_since(held.renewed) >= limit && !held.lost.is_cancelled() {
                tracing::warn!(job.id = %job_id, "No heartbeat in time: giving job {job_id} up");
                measures::lease_lost("silent");
                held.lost.cancel();
            }
        }
    }
}

/// The thread; ends when it is told to.
pub(crate) struct Thread {
    end: CancellationToken,
}

impl Thread {
    pub fn start(database_url: &str, shared: &Arc<Shared>) -> anyhow::Result<Self> {
        let end = CancellationToken::new();
        let (ended, url, shared) = (end.clone(), database_url.to_owned(), Arc::downgrade(shared));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new().name("heartbeat".into()).spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = beat(url, shared) => {}
                    () = ended.cancelled() => {}
                }
            });
        })?;
        Ok(Self { end })
    }

    pub fn stop(&self) {
        self.end.cancel();
    }
}

async fn beat(database_url: String, shared: Weak<Shared>) {
    let Some((ttl, leases)) = shared.upgrade().map(|s| (s.engine.lease, s.leases.clone())) else { return };
    let every = ttl / 3;
    let settings = PoolSettings {
        max: 2,
        acquire_timeout: every,
        statement_timeout: every.max(Duration::from_millis(250)),
        notify: false,
        ..PoolSettings::default()
    };
    let store = match Store::connect_lazy(&database_url, settings) {
        Ok(store) => store,
        Err(error) => return tracing::error!(%error, "No heartbeats: the database URL is not usable"),
    };
    loop {
        let Some(shared) = shared.upgrade() else { return };
        let started = Instant::now();
        let waited = tokio::time::timeout(every, renew(&store, &shared)).await;
        if waited.is_err() {
            tracing::warn!("A heartbeat took longer than {every:?}");
        }
        // A margin of a sixth covers what a clock and a statement may differ by.
        leases.give_up_silent(ttl - ttl / 6);
        drop(shared);
        let rest = every.saturating_sub(started.elapsed()).max(Duration::from_millis(20));
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = leases.beat_now.notified() => {}
        }
    }
}

async fn renew(store: &Store, shared: &Shared) {
    let asked: Vec<(Uuid, i64)> = shared.leases.lock().iter().map(|(id, held)| (*id, held.epoch)).collect();
    let started = Instant::now();
    if let Err(error) = store.worker_seen(&shared.session, asked.len()).await {
        tracing::warn!(%error, "Heartbeat not written");
        return;
    }
    if asked.is_empty() {
        return;
    }
    let renewal = match store.renew(shared.session.id, asked.clone(), shared.engine.lease).await {
        Ok(renewal) => renewal,
        Err(error) => return tracing::warn!(%error, "Leases not renewed"),
    };
    metrics::histogram!("repruv_heartbeat_seconds").record(started.elapsed().as_secs_f64());
    let mut held = shared.leases.lock();
    for (job_id, epoch) in asked {
        // Finished or claimed anew since it was asked for: no longer the heartbeat's.
        let Some(job) = held.get_mut(&job_id).filter(|job| job.epoch == epoch) else { continue };
        if renewal.held.contains(&job_id) {
            job.renewed = started;
            if renewal.cancel_requested.contains(&job_id) {
                job.cancelled.cancel();
            }
        } else if !job.lost.is_cancelled() {
            tracing::warn!(job.id = %job_id, "The lease on job {job_id} is lost");
            measures::lease_lost("taken");
            job.lost.cancel();
        }
    }
}
