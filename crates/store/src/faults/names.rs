//! The names. A test meets every point; another plants every bug.

/// Every failpoint. `<step>.<moment>`; those of a transaction have begun, before_commit and after_commit.
pub const POINTS: &[&str] = &[
    // One statement each.
    "claim.before",
    "claim.after",
    "heartbeat.before",
    "heartbeat.after",
    "progress.before",
    "progress.after",
    "batch.before",
    "batch.after",
    // How an attempt ends; `fenced`: the job's row is written, its user is not.
    "finish.begun",
    "finish.fenced",
    "finish.before_commit",
    "finish.after_commit",
    "retry.begun",
    "retry.fenced",
    "retry.before_commit",
    "retry.after_commit",
    "fail.begun",
    "fail.fenced",
    "fail.before_commit",
    "fail.after_commit",
    "cancel.begun",
    "cancel.fenced",
    "cancel.before_commit",
    "cancel.after_commit",
    "hand_back.begun",
    "hand_back.fenced",
    "hand_back.before_commit",
    "hand_back.after_commit",
    // `found`: the lost jobs are known, none is locked yet.
    "rescue.found",
    "rescue.begun",
    "rescue.fenced",
    "rescue.before_commit",
    "rescue.after_commit",
    // The profile that an attempt has made is written down.
    "remember.begun",
    "remember.before_commit",
    "remember.after_commit",
    // `inserted`: the job is there, its history is not; also within a command.
    "enqueue.begun",
    "enqueue.inserted",
    "enqueue.before_commit",
    "enqueue.after_commit",
    // What a person asks for. `receipted`: its key is taken; `changed`: all but the audit line is written.
    "command.begun",
    "command.receipted",
    "command.changed",
    "command.before_commit",
    "command.after_commit",
    // One item of a bulk plan. `fenced`: its change is written, its result and its audit line are not.
    "bulk.begun",
    "bulk.fenced",
    "bulk.before_commit",
    "bulk.after_commit",
    // Every other transaction: sign-ins, statistics, retention, looking for lost jobs.
    "transaction.begun",
    "transaction.before_commit",
    "transaction.after_commit",
    // In the worker. `made` and `removed`: the demo service has answered, nothing is written of it.
    "enable.made",
    "enable.remembered",
    "disable.removed",
    "work.done",
];

/// Every planted bug.
pub const PLANTED: &[&str] = &[
    // Success, cancel and hand-back believe the job's row about who holds it.
    "finish-without-epoch",
    // So does a failed attempt.
    "fail-without-epoch",
    // A heartbeat renews a job that another holds.
    "heartbeat-without-epoch",
    // A rescue does not look again whether the lease is still over.
    "rescue-by-id-only",
    // A rescue that gives a job up leaves its user as they were.
    "rescue-forgets-user",
    // Success is told while the commit is still to come.
    "ack-before-commit",
    // The audit line has a transaction of its own.
    "audit-apart",
    // The worker's clock says when a lease ends.
    "worker-clock-leases",
    // An attempt that never came to its end is not counted.
    "attempts-at-completion",
    // Two requests with one key at the same moment both find that it is new.
    "idempotency-without-index",
    // An ending that matched no row goes on as if it had.
    "rows-affected-ignored",
    // A worker waits for hints alone, and does not look for what it missed while it could not hear.
    "listener-loss-without-reread",
    // A request does not ask whether its session was revoked.
    "revoked-session-accepted",
    // A revoke of all sessions does not wait for a sign-in that is under way.
    "revoke-all-without-lock",
    // A refresh token that is in two hands is exchanged again.
    "reuse-forgiven",
    // A database login outlives its session.
    "ended-login-stays",
];
