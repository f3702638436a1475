//! Metrics: one recorder a process, rendered as Prometheus text.
//!
//! Labels are words of closed sets: job types, events, routes. Never an id, a name or an address: a label's every value is a
//! series of its own for ever, and whoever watches the metrics need not know the customers.

mod queue;
mod words;

pub use queue::queue;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use sqlx::PgPool;
use std::{sync::OnceLock, time::Duration};

/// Bounds of the histograms of what a request or a statement takes, seconds. Around the bars that we promise: 20 and 100 ms.
const DURATION_BOUNDS_S: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0];
/// The same for a whole attempt: a demo job takes one to two minutes.
const ATTEMPT_BOUNDS_S: [f64; 12] = [0.01, 0.1, 1.0, 5.0, 15.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0];
/// How often what was measured is put into its histogram when nobody asks for it; until then each value is kept.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the recorder at the first call.
pub fn metrics_handle() -> PrometheusHandle {
    HANDLE
        .get_or_init(|| {
            // Refused only for an empty list of bounds.
            let builder = PrometheusBuilder::new();
            let builder = builder
                .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &DURATION_BOUNDS_S)
                .and_then(|it| it.set_buckets_for_metric(Matcher::Full("repruv_job_seconds".into()), &ATTEMPT_BOUNDS_S))
                .unwrap_or_default();
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // Refused only when somebody else installed one first; then this handle renders nothing, which is harmless.
            let _ = metrics::set_global_recorder(recorder);
            words::describe();
            keep_up(handle.clone());
            handle
        })
        .clone()
}

/// Without it a process that nobody scrapes would keep every value it ever measured.
fn keep_up(handle: PrometheusHandle) {
    let work = move || {
        loop {
            std::thread::sleep(UPKEEP_EVERY);
            handle.run_upkeep();
        }
    };
    if let Err(error) = std::thread::Builder::new().name("metrics".into()).spawn(work) {
        tracing::error!(%error, "The metrics have nobody to look after them");
    }
}

/// How much of the pool is in use, as it is now.
pub fn pool(pool: &PgPool) {
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    metrics::gauge!("database_pool_connections").set(f64::from(pool.size()));
    metrics::gauge!("database_pool_connections_idle").set(f64::from(idle));
    metrics::gauge!("database_pool_connections_max").set(f64::from(pool.options().get_max_connections()));
}
