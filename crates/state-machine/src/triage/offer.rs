//! A fix in words: what it leads to, how long that takes, and whether it can be undone.

use super::{CaseFacts, Cause, Fix, FixOffer, FixPlan, FixPreview, words::state};
use crate::{JobStatus, JobType};

/// The first of `fixes` that the rules allow in this case.
pub(super) fn first_allowed(fixes: &[Fix], cause: Cause, case: &CaseFacts) -> Option<FixOffer> {
    fixes.iter().find_map(|&fix| Some(offer(fix, cause, case, &fix.plan(case).ok()?)))
}

fn offer(fix: Fix, cause: Cause, case: &CaseFacts, plan: &FixPlan) -> FixOffer {
    let (now, next) = now_and_next(fix, case, plan);
    let removes = plan.user().iter().any(|step| step.makes_job() == Some(JobType::DemoDisable));
    let (label, happens, undo) = match fix {
        Fix::RetryNow => retry(cause, case),
        Fix::Cancel => cancel(case, removes),
        Fix::ConfirmExisting => (
            "Ask the demo service",
            "The demo service is asked about the recorded profile. If it is there and complete, demo mode is on; if it is \
             gone, demo mode is off and the record is cleared. If it is unfinished, nothing is changed.",
            "Turn demo mode off afterwards, which removes the profile.",
        ),
        Fix::Reset if removes => (
            "Reset demo mode",
            "A job removes everything that may have been made at the demo service, then demo mode is off.",
            "It cannot be undone: what is removed can only be made anew.",
        ),
        Fix::Reset => (
            "Reset demo mode",
            "Demo mode is off again, and the error disappears for the customer. Nothing was left behind.",
            "Enable demo mode again.",
        ),
        Fix::Reconcile if plan.user().is_empty() => (
            "Bring it in step",
            "The old switch is set to what the state says. The state itself, and what the customer has, stay.",
            "It needs no undoing: the old switch is always derived from the state.",
        ),
        Fix::Reconcile => (
            "Bring the user in step",
            "The user is moved to where the recorded job says, in the same way as the worker does it.",
            "It cannot be taken back, but demo mode can be enabled or disabled as usual afterwards.",
        ),
        Fix::ResumeQueue => (
            "Resume the queue",
            "Workers claim from the queue again at once, the longest waiting first. This concerns all its jobs.",
            "Pause the queue again. What was claimed meanwhile goes on.",
        ),
    };
    let usual_s = case.usual.map(|usual| usual.p50_s).filter(|_| matches!(fix, Fix::RetryNow | Fix::ResumeQueue));
    FixOffer {
        fix,
        label: label.into(),
        preview: FixPreview { now, next, happens: happens.into(), usual_s, undo: undo.into() },
        needs_reason: matches!(fix, Fix::Cancel | Fix::Reset),
        irreversible: fix == Fix::Reset && removes,
    }
}

fn now_and_next(fix: Fix, case: &CaseFacts, plan: &FixPlan) -> (String, String) {
    let words = |now: &str, next: &str| (now.to_owned(), next.to_owned());
    match (fix, plan.user(), plan.job()) {
        (Fix::ResumeQueue, ..) => words("queue paused", "queue open"),
        (Fix::Reconcile, [], _) => words("out of step", "in step"),
        (Fix::RetryNow, [], Some(job)) if job.from() == JobStatus::Pending => words("waiting", "due now"),
        (Fix::Cancel, [], Some(job)) if job.to() == JobStatus::Running => words("running", "stopping"),
        (_, [first, ..], _) => {
            let last = plan.user().last().map_or(first.to().status, |step| step.to().status);
            (state(first.from().status).into(), state(last).into())
        }
        (_, [], Some(job)) => words(job.from().as_str(), job.to().as_str()),
        (_, [], None) => {
            let now = case.user.as_ref().map_or("as it is", |user| state(user.demo.status));
            words(now, now)
        }
    }
}

const fn retry(cause: Cause, case: &CaseFacts) -> (&'static str, &'static str, &'static str) {
    match cause {
        Cause::WaitingForTime => {
            ("Run it now", "The job runs at once instead of at its time.", "Cancel the job while it waits or runs.")
        }
        Cause::Retrying => (
            "Try again now",
            "The next attempt begins at once instead of after the pause. It uses one attempt, as it would have later.",
            "Cancel the job while it waits or runs.",
        ),
        _ if case.user.is_some() => (
            "Try again",
            "The same job runs again with a new budget of attempts, and the customer sees its progress.",
            "Cancel it: what it has made by then is removed.",
        ),
        _ => {
            ("Try again", "The same job runs again with a new budget of attempts.", "Cancel it while it waits or runs.")
        }
    }
}

fn cancel(case: &CaseFacts, removes: bool) -> (&'static str, &'static str, &'static str) {
    let job = case.job.as_ref();
    let removal = job.is_some_and(|job| job.job_type == Some(JobType::DemoDisable));
    let demo = job.is_some_and(|job| job.operation().is_some());
    let running = job.is_some_and(|job| job.status == JobStatus::Running);
    match (demo, running, removal) {
        (false, true, _) => (
            "Stop the job",
            "The running worker stops within 5 s. If the work is already done, it stands.",
            "Retry the job.",
        ),
        (false, false, _) => ("Stop the job", "The job is waiting, so it stops at once.", "Retry the job."),
        (true, true, true) => (
            "Stop the removal",
            "The running worker stops within 5 s. A profile that is still whole stays; one that is partly removed ends as \
             failed and can be disabled again.",
            "Disable demo mode again.",
        ),
        (true, true, false) => (
            "Stop and roll back",
            "The running worker stops within 5 s, and what it made is removed. A profile that is already complete stays.",
            "Enable demo mode again; what is removed can only be made anew.",
        ),
        (true, false, true) => (
            "Stop the removal",
            "The job is waiting, so it stops at once. If an earlier attempt had begun to remove the profile, this ends as \
             failed and can be disabled again.",
            "Disable demo mode again.",
        ),
        (true, false, false) if removes => (
            "Stop and roll back",
            "The job is waiting, so it stops at once, and another job removes what an earlier attempt made.",
            "Enable demo mode again once that is done.",
        ),
        (true, false, false) => (
            "Stop and roll back",
            "The job is waiting, so it stops at once. Nothing was made, so nothing is left behind.",
            "Enable demo mode again.",
        ),
    }
}
