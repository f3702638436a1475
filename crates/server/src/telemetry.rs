//! Metrics: one recorder a process, rendered as Prometheus text.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

/// Bounds of every duration's histogram, seconds. Around the bars that we promise: 20 and 100 ms.
const DURATION_BOUNDS_S: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the recorder at the first call.
pub fn metrics_handle() -> PrometheusHandle {
    HANDLE
        .get_or_init(|| {
            let durations = Matcher::Full("http_request_duration_seconds".into());
            // Refused only for an empty list of bounds.
            let builder = PrometheusBuilder::new();
            let builder = builder.set_buckets_for_metric(durations, &DURATION_BOUNDS_S).unwrap_or_default();
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // Refused only when somebody else installed one first; then this handle renders nothing, which is harmless.
            let _ = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}
