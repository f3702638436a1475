//! Completions that carry nothing but the end: gathered and written many at a time.

use super::{Shared, measures};
use std::{sync::Arc, time::Instant};
use store::engine::Lease;
use tokio::sync::mpsc;

/// Leases a statement at most.
const BATCH_MAX: usize = 1_000;

pub(crate) struct Completions(mpsc::Sender<Lease>);

impl Completions {
    /// Waits when the writer is behind: the queue is bounded by the slots.
    pub async fn push(&self, lease: Lease) {
        // Closed only when the worker has ended; the lease is rescued then.
        let _ = self.0.send(lease).await;
    }
}

pub(crate) fn channel(concurrency: u32) -> (Completions, mpsc::Receiver<Lease>) {
    let (push, queue) = mpsc::channel((concurrency as usize).max(16));
    (Completions(push), queue)
}

pub(crate) async fn complete(shared: Arc<Shared>, mut queue: mpsc::Receiver<Lease>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while queue.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let leases = std::mem::take(&mut batch);
        let ids: Vec<_> = leases.iter().map(|lease| lease.job_id).collect();
        let began = Instant::now();
        match shared.store.complete_batch(leases).await {
            Ok(done) => {
                measures::finished("batch", began.elapsed());
                metrics::counter!("repruv_jobs_finished_total", "job_type" => "batched", "event" => "succeed")
                    .increment(done.len() as u64);
                if done.len() < ids.len() {
                    metrics::counter!("repruv_finishes_refused_total").increment((ids.len() - done.len()) as u64);
                }
            }
            // Their leases end and they run again: they move no user and bear that.
            Err(error) => tracing::warn!(%error, "{} completions not written", ids.len()),
        }
        for id in ids {
            shared.leases.remove(id);
        }
    }
}
