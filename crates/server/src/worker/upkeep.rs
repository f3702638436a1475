//! Upkeep: rescue, statistics, and the schedule of retention. Every worker tries; the database lets one at a time.

use super::{Shared, measures};
use rand::Rng;
use state_machine::JobType;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::engine::NewJob;

/// Lost jobs rescued in one round.
const RESCUE_BATCH: u32 = 100;
const STATS_EVERY: Duration = Duration::from_secs(15);
const RETENTION_EVERY: Duration = Duration::from_secs(3_600);

pub(crate) async fn run(shared: Arc<Shared>) {
    let types = shared.handlers.types();
    // After a restart of the database every live lease looks expired: let the owners renew first.
    let mut rescue_from = Instant::now() + shared.engine.lease;
    let mut stats_at = Instant::now();
    let mut retention_at = Instant::now() + Duration::from_secs(5);
    loop {
        let jitter = rand::rng().random_range(0.8..1.2);
        tokio::time::sleep(shared.engine.rescue_every.mul_f64(jitter)).await;
        let now = Instant::now();
        if now >= rescue_from {
            match shared.store.rescue(&types, RESCUE_BATCH, shared.engine.retry_policy()).await {
                Ok(rescued) => {
                    for (job_id, finished) in rescued {
                        measures::rescued(finished.status);
                        tracing::warn!(job.id = %job_id, "Job {job_id} was rescued and is {}", finished.status);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "Cannot rescue; holding off for one lease");
                    rescue_from = Instant::now() + shared.engine.lease;
                }
            }
        }
        if now >= stats_at {
            stats_at = now + STATS_EVERY;
            if let Err(error) = shared.store.roll_up_stats().await {
                tracing::warn!(%error, "Statistics not rolled up");
            }
        }
        if now >= retention_at && types.contains(&JobType::JobRetention) {
            retention_at = now + RETENTION_EVERY;
            let job = NewJob {
                dedupe_key: Some("job_retention".into()),
                priority: 200,
                ..NewJob::new(JobType::JobRetention)
            };
            if let Err(error) = shared.store.enqueue(job).await {
                tracing::warn!(%error, "Retention not scheduled");
            }
        }
    }
}
