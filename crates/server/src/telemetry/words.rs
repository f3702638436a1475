//! What each metric means, as Prometheus shows it.

const COUNTERS: [(&str, &str); 14] = [
    (
        "http_connections_closed_for_room_total",
        "Connections closed because all were taken, somebody new came, and the server was waiting for their clients.",
    ),
    ("http_requests_total", "Requests answered, by method, route and status."),
    ("repruv_jobs_claimed_total", "Attempts begun by this worker."),
    ("repruv_jobs_finished_total", "Attempts ended by this worker, by type of job and by what was recorded."),
    (
        "repruv_attempts_failed_total",
        "Attempts of this worker that came to no end, by type of job and class of the error.",
    ),
    ("repruv_finishes_refused_total", "Endings that were not written because the job was no longer this worker's."),
    (
        "repruv_leases_lost_total",
        "Leases this worker lost: given up for want of a heartbeat (silent), or taken by another.",
    ),
    (
        "repruv_jobs_rescued_total",
        "Jobs this worker rescued from lost workers and past deadlines, by what they became.",
    ),
    (
        "repruv_full_looks_found_total",
        "Full looks that found a due job where claims no longer look: a slow commit, a claim undone, a time in the past.",
    ),
    (
        "repruv_listener_connects_total",
        "Times this worker began to listen for hints; the first is its start, others are reconnects.",
    ),
    ("repruv_demo_service_errors_total", "Calls of the demo service that did not work out, by kind."),
    (
        "repruv_watchdog_ended_total",
        "Database sessions that the watchdog ended: readers' statements and idle transactions over 5 s.",
    ),
    ("repruv_watchdog_failures_total", "Rounds of the watchdog that the database refused or did not answer."),
    ("repruv_queue_reads_failed_total", "Times the state of the queue could not be read; its gauges are NaN then."),
];

const GAUGES: [(&str, &str); 8] = [
    (
        "repruv_queue_jobs",
        "Live jobs by type and state: waiting (due), scheduled (not due yet) or running. At most 20,000 of each are counted.",
    ),
    ("repruv_queue_jobs_capped", "1 when more jobs are pending or running than are counted."),
    ("repruv_queue_oldest_due_seconds", "How long the oldest due job has been waiting; 0 when none is."),
    ("repruv_listener_up", "1 while this worker listens for hints; without it jobs are found by polling."),
    ("repruv_jobs_in_hand", "Jobs that this worker holds now."),
    ("database_pool_connections", "Connections of this process's pool, busy and idle."),
    ("database_pool_connections_idle", "Connections of this process's pool that wait for work."),
    ("database_pool_connections_max", "Connections that the pool may have."),
];

const HISTOGRAMS: [(&str, &str); 7] = [
    ("http_request_duration_seconds", "From a request's first look to its answer."),
    ("repruv_claim_seconds", "A claim that found jobs, as the worker waits for it."),
    ("repruv_finish_seconds", "The end of one attempt, or of one batch of attempts, written and committed."),
    ("repruv_job_seconds", "An attempt from its claim to its written end, by type of job."),
    ("repruv_full_look_seconds", "A look at all that waits; it grows while somebody pins the horizon of vacuum."),
    ("repruv_heartbeat_seconds", "A renewal of all leases of this worker."),
    ("repruv_watchdog_seconds", "A round of the watchdog."),
];

pub(super) fn describe() {
    for (name, text) in COUNTERS {
        metrics::describe_counter!(name, text);
    }
    for (name, text) in GAUGES {
        metrics::describe_gauge!(name, text);
    }
    for (name, text) in HISTOGRAMS {
        metrics::describe_histogram!(name, text);
    }
}
