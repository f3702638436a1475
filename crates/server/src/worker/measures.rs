//! What a worker measures of its own work.

use super::{JobError, Shared};
use crate::telemetry;
use state_machine::{JobStatus, JobType};
use std::time::Duration;
use store::{EndedSession, Overdue};

impl JobError {
    /// For the metrics; `None`: the attempt did not fail.
    const fn class(&self) -> Option<&'static str> {
        match self {
            Self::Retry { .. } => Some("retryable"),
            Self::Unsettled { .. } => Some("unsettled"),
            Self::Permanent { .. } => Some("permanent"),
            Self::Panicked => Some("panicked"),
            Self::TookTooLong => Some("took_too_long"),
            Self::Cancelled { .. } | Self::Stopped => None,
        }
    }
}

/// Makes every series there, so that the first event is a change from 0 to 1 and not a series out of nothing.
pub(crate) fn register(types: &[JobType], push: bool) {
    telemetry::metrics_handle();
    for name in [
        "repruv_jobs_claimed_total",
        "repruv_finishes_refused_total",
        "repruv_full_looks_found_total",
        "repruv_listener_connects_total",
        "repruv_watchdog_failures_total",
    ] {
        metrics::counter!(name).increment(0);
    }
    for job_type in types {
        for class in ["retryable", "unsettled", "permanent", "panicked", "took_too_long"] {
            metrics::counter!("repruv_attempts_failed_total", "job_type" => job_type.as_str(), "class" => class)
                .increment(0);
        }
    }
    for kind in ["unreachable", "unwell", "nonsense", "refused"] {
        metrics::counter!("repruv_demo_service_errors_total", "kind" => kind).increment(0);
    }
    for what in [Overdue::ReaderStatement, Overdue::ReaderTransaction, Overdue::OwnTransaction] {
        metrics::counter!("repruv_watchdog_ended_total", "what" => what.as_str()).increment(0);
    }
    for why in ["silent", "taken"] {
        metrics::counter!("repruv_leases_lost_total", "why" => why).increment(0);
    }
    for became in [JobStatus::Pending, JobStatus::Failed, JobStatus::Cancelled] {
        metrics::counter!("repruv_jobs_rescued_total", "became" => became.as_str()).increment(0);
    }
    if push {
        listening(false);
    }
}

/// An attempt did not come to its end.
pub(crate) fn failed(job_type: JobType, error: &JobError) {
    if let Some(class) = error.class() {
        metrics::counter!("repruv_attempts_failed_total", "job_type" => job_type.as_str(), "class" => class)
            .increment(1);
    }
}

/// An ending was written: of `one` attempt, or of a `batch`.
pub(crate) fn finished(how: &'static str, took: Duration) {
    metrics::histogram!("repruv_finish_seconds", "how" => how).record(took.as_secs_f64());
}

/// A lease is lost: `silent` without a heartbeat, or `taken`.
pub(crate) fn lease_lost(why: &'static str) {
    metrics::counter!("repruv_leases_lost_total", "why" => why).increment(1);
}

/// A job was rescued.
pub(crate) fn rescued(became: JobStatus) {
    metrics::counter!("repruv_jobs_rescued_total", "became" => became.as_str()).increment(1);
}

/// Whether hints are listened for.
pub(crate) fn listening(up: bool) {
    metrics::gauge!("repruv_listener_up").set(f64::from(u8::from(up)));
    if up {
        metrics::counter!("repruv_listener_connects_total").increment(1);
    }
}

/// The watchdog looked, and ended what was overdue.
pub(crate) fn watched(ended: &[EndedSession], took: Duration) {
    metrics::histogram!("repruv_watchdog_seconds").record(took.as_secs_f64());
    for session in ended {
        metrics::counter!("repruv_watchdog_ended_total", "what" => session.what.as_str()).increment(1);
    }
}

/// Everything as Prometheus text, with what is only known when it is asked for.
pub(crate) async fn render(shared: &Shared) -> String {
    telemetry::queue(&shared.store).await;
    telemetry::pool(shared.store.pool());
    metrics::gauge!("repruv_jobs_in_hand").set(shared.leases.count() as f64);
    telemetry::metrics_handle().render()
}
