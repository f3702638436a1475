//! The claim loop: one a process; it asks for as many jobs as it has free slots.

use super::{Shared, running, wakeups};
use rand::Rng;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::JoinSet};

/// How long a few free slots wait for more.
const GATHER: Duration = Duration::from_millis(10);

/// Runs until draining, then waits for the jobs in hand.
pub(crate) async fn run(shared: Arc<Shared>, hints: Arc<Notify>) {
    let slots = shared.engine.concurrency as usize;
    let mut in_hand: JoinSet<()> = JoinSet::new();
    let mut failures: u32 = 0;
    while !shared.draining.is_cancelled() {
        while in_hand.try_join_next().is_some() {}
        let free = slots - in_hand.len().min(slots);
        // A claim for a single slot costs as much as one for many: wait a little until a quarter is free. Not for long, because
        // the jobs in hand may take minutes.
        if free == 0 || (free < slots / 4 && !in_hand.is_empty()) {
            tokio::select! {
                _ = in_hand.join_next() => {}
                () = tokio::time::sleep(GATHER), if free > 0 => {}
                () = shared.draining.cancelled() => {}
            }
            if free == 0 {
                continue;
            }
        }
        let free = slots - in_hand.len().min(slots);
        let wanted = u32::try_from(free).unwrap_or(u32::MAX);
        let claimed_at = Instant::now();
        let engine = &shared.engine;
        let claimed = shared.store.claim(&shared.session, &shared.front, wanted, engine.lease, engine.deadline).await;
        match claimed {
            Ok(jobs) => {
                failures = 0;
                let full = jobs.len() == free;
                if !jobs.is_empty() {
                    metrics::counter!("repruv_jobs_claimed_total").increment(jobs.len() as u64);
                    metrics::histogram!("repruv_claim_seconds").record(claimed_at.elapsed().as_secs_f64());
                }
                for job in jobs {
                    in_hand.spawn(running::carry(shared.clone(), job, claimed_at));
                }
                if !full {
                    let poll = if wakeups::rereads() { shared.engine.poll } else { Duration::from_secs(86_400) };
                    wait(&shared, &hints, poll).await;
                }
            }
            Err(error) => {
                failures += 1;
                tracing::warn!(%error, "Cannot claim; trying again");
                let backoff = Duration::from_millis(200 << failures.min(4));
                wait(&shared, &hints, backoff).await;
            }
        }
    }
    while in_hand.join_next().await.is_some() {}
}

/// Until a hint, or about `at_most`: jitter keeps several workers from asking in step.
async fn wait(shared: &Shared, hints: &Notify, at_most: Duration) {
    let jitter = rand::rng().random_range(0.9..1.1);
    tokio::select! {
        () = hints.notified() => {}
        () = tokio::time::sleep(at_most.mul_f64(jitter)) => {}
        () = shared.draining.cancelled() => {}
    }
}
