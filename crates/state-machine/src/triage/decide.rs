//! The decision list: ordered, total, exactly one cause.
//!
//! What disagrees comes first, because waiting does not mend it; then the job at work, from what blocks it down to the usual;
//! then what is at rest.

use super::{
    CaseFacts, CaseJob, Cause, Certainty, Fix, Gravity, UserFacts, Verdict, fix::waits_for, gather::gather, offer,
    reply, service::Answers, words,
};
use crate::{DemoModeStatus, DemoOperation, ErrorClass, JobStatus};

/// A due job is claimed within a second or two; past this it is overdue.
const CLAIM_OVERDUE_S: i64 = 60;
/// A worker notices a stop with its next heartbeat, within five seconds.
const STOP_OVERDUE_S: i64 = 30;
/// Two heartbeats.
const SILENT_S: i64 = 10;
/// Lost jobs are looked for every three seconds.
const RESCUE_S: i64 = 5;
/// A rescue that is later than this does not come by itself.
const RESCUE_OVERDUE_S: i64 = 60;
/// Even a fast type is not worth a look before this.
const LONG_MIN_S: i64 = 120;
/// The longest pause between two attempts; a job that waits longer was put there by a person.
const BACKOFF_MAX_S: i64 = 600;

/// The one cause of a case, with its evidence and at most one safe fix. Total: it answers every case.
pub fn diagnose(case: &CaseFacts) -> Verdict {
    let found = find(case);
    let cause = found.cause;
    Verdict {
        cause,
        certainty: found.certainty,
        gravity: found.gravity,
        title: words::title(cause, case),
        explanation: words::explanation(cause, case),
        customer_sees: words::customer_sees(found.gravity, case),
        reply: reply::reply(cause, case),
        evidence: gather(cause, case),
        fix: offer::first_allowed(found.fixes, cause, case),
        mends_itself_in_s: found.mends_in_s.map(whole),
        since_s: found.since_s.map(|since_s| whole(since_s.max(0))),
    }
}

pub(super) fn whole(seconds: i64) -> i32 {
    i32::try_from(seconds).unwrap_or(if seconds < 0 { i32::MIN } else { i32::MAX })
}

/// What the list answers, before it is put into words.
struct Found {
    cause: Cause,
    certainty: Certainty,
    gravity: Gravity,
    since_s: Option<i64>,
    mends_in_s: Option<i64>,
    /// The first that the rules allow is offered.
    fixes: &'static [Fix],
}

const fn found(cause: Cause, gravity: Gravity, since_s: Option<i64>) -> Found {
    Found { cause, certainty: Certainty::Known, gravity, since_s, mends_in_s: None, fixes: &[] }
}

impl Found {
    const fn likely(self) -> Self {
        Self { certainty: Certainty::Likely, ..self }
    }
    const fn likely_unless(self, known: bool) -> Self {
        if known { self } else { self.likely() }
    }
    const fn mends(self, in_s: Option<i64>) -> Self {
        Self { mends_in_s: in_s, ..self }
    }
    const fn fix(self, fixes: &'static [Fix]) -> Self {
        Self { fixes, ..self }
    }
}

fn unknown(since_s: Option<i64>) -> Found {
    Found { certainty: Certainty::Unknown, ..found(Cause::Unknown, Gravity::Act, since_s) }
}

fn find(case: &CaseFacts) -> Found {
    if let Some(user) = &case.user
        && let Some(found) = disagreement(user, case.job.as_ref())
    {
        return found;
    }
    match (&case.user, &case.job) {
        (_, Some(job)) if job.status == JobStatus::Pending => pending(case, job),
        (_, Some(job)) if job.status == JobStatus::Running => running(case, job),
        // A job of the past, or one that is not of demo mode, is looked at by itself.
        (Some(_), Some(job)) if !job.is_current => ended(case, job),
        (Some(user), job) => at_rest(case, user, job.as_ref()),
        (None, Some(job)) => ended(case, job),
        (None, None) => unknown(None),
    }
}

/// The user's state against the job that should carry it out.
fn disagreement(user: &UserFacts, job: Option<&CaseJob>) -> Option<Found> {
    let waits_for = waits_for(user.demo.status);
    let does = job.and_then(CaseJob::operation);
    match job {
        Some(job) if job.status.is_live() && does.is_some() => (!job.is_current || waits_for != does)
            .then(|| found(Cause::UserNotWaiting, Gravity::Act, Some(job.created_s)).fix(&[Fix::Reconcile])),
        Some(job) if !job.is_current => None,
        _ if waits_for.is_none() => None,
        Some(job) if does == waits_for => {
            Some(found(Cause::JobEndedUserNotMoved, Gravity::Act, job.ended_s).fix(&[Fix::Reconcile, Fix::Reset]))
        }
        _ => Some(found(Cause::InProgressWithoutJob, Gravity::Act, user.changed_s).fix(&[Fix::Reset])),
    }
}

fn pending(case: &CaseFacts, job: &CaseJob) -> Found {
    let waited_s = -job.due_in_s;
    let since_s = Some(waited_s);
    if job.attempt >= job.max_attempts {
        return found(Cause::AttemptsUsedUp, Gravity::Act, since_s).fix(&[Fix::Cancel]);
    }
    if waited_s < 0 {
        return not_due(case, job);
    }
    if case.queue.paused_s.is_some() {
        return found(Cause::QueuePaused, Gravity::Act, since_s).fix(&[Fix::ResumeQueue]);
    }
    if let Some(cause) = nobody(case) {
        return found(cause, Gravity::Act, since_s);
    }
    let overdue = waited_s > CLAIM_OVERDUE_S;
    if !overdue && (job.stop_asked_s.is_some() || job.compensates) {
        return found(Cause::Cancelling, Gravity::Moving, job.stop_asked_s.or(since_s));
    }
    let busy = case.workers.slots.map(|slots| case.workers.in_hand >= slots);
    if overdue && busy == Some(false) {
        // Free workers that know the type, nothing in the way, and still nobody takes it.
        return unknown(since_s);
    }
    let gravity = if overdue { Gravity::Watch } else { Gravity::Moving };
    found(Cause::WaitingForWorker, gravity, since_s).likely_unless(busy == Some(true))
}

fn not_due(case: &CaseFacts, job: &CaseJob) -> Found {
    let mends = Some(job.due_in_s);
    if job.stop_asked_s.is_some() {
        return found(Cause::Cancelling, Gravity::Moving, job.stop_asked_s).mends(mends);
    }
    if job.attempt == 0 || job.due_in_s > BACKOFF_MAX_S {
        return found(Cause::WaitingForTime, Gravity::Moving, Some(job.created_s)).mends(mends).fix(&[Fix::RetryNow]);
    }
    let class = job.error_class.filter(|class| class.is_of_the_service());
    let (cause, known) = match (class, case.service.answers()) {
        (Some(_), Answers::Not(cause)) => (Some(cause), true),
        (Some(ErrorClass::Timeout), Answers::Slowly) => (Some(Cause::ServiceSlow), true),
        (Some(class), Answers::Unheard) => (Answers::cause_of(class), false),
        _ => (None, true),
    };
    match cause {
        Some(cause) => found(cause, Gravity::Watch, job.last_event_s).likely_unless(known).mends(mends),
        None => found(Cause::Retrying, Gravity::Moving, job.last_event_s).mends(mends).fix(&[Fix::RetryNow]),
    }
}

fn running(case: &CaseFacts, job: &CaseJob) -> Found {
    let lease_in_s = job.lease_in_s.unwrap_or(0);
    if lease_in_s < 0 {
        let since_s = Some(-lease_in_s);
        return match nobody(case) {
            Some(cause) => found(cause, Gravity::Act, since_s),
            None => given_up(Cause::WorkerLost, -lease_in_s),
        };
    }
    if let Some(over_s) = job.deadline_in_s.map(|in_s| -in_s).filter(|over_s| *over_s > 0) {
        return match nobody(case) {
            // Another worker would give it up, and there is none.
            Some(cause) => found(cause, Gravity::Act, Some(over_s)),
            None => given_up(Cause::PastDeadline, over_s),
        };
    }
    let silent = job.holder.as_ref().is_some_and(|holder| holder.stopped || holder.seen_s > SILENT_S);
    if silent {
        let seen_s = job.holder.as_ref().map(|holder| holder.seen_s);
        let mends = (case.workers.knowing > 0).then_some(lease_in_s + RESCUE_S);
        return found(Cause::WorkerLost, Gravity::Watch, seen_s).likely().mends(mends);
    }
    if let Some(asked_s) = job.stop_asked_s {
        return if asked_s > STOP_OVERDUE_S {
            found(Cause::StoppingOverdue, Gravity::Watch, job.stop_asked_s).mends(job.deadline_in_s)
        } else {
            found(Cause::Cancelling, Gravity::Moving, job.stop_asked_s).mends(Some(RESCUE_S))
        };
    }
    let ran_s = job.started_s.unwrap_or(0);
    let p95_s = case.usual.map(|usual| i64::from(usual.p95_s));
    let long = ran_s > p95_s.unwrap_or(0).max(LONG_MIN_S);
    match case.service.answers() {
        Answers::Not(cause) if job.operation().is_some() => found(cause, Gravity::Watch, case.service.error_s).likely(),
        Answers::Slowly if long && job.operation().is_some() => {
            found(Cause::ServiceSlow, Gravity::Watch, job.started_s).likely()
        }
        _ if long => {
            found(Cause::RunningLong, Gravity::Watch, job.started_s).mends(job.deadline_in_s).fix(&[Fix::Cancel])
        }
        _ => {
            let cause = if job.compensates { Cause::Cancelling } else { Cause::RunningNormally };
            let left_s = p95_s.map(|p95_s| (p95_s - ran_s).max(1));
            found(cause, Gravity::Moving, job.started_s).mends(left_s)
        }
    }
}

/// The rescuer ends the attempt within seconds; when it does not, something holds it off.
fn given_up(cause: Cause, late_s: i64) -> Found {
    if late_s > RESCUE_OVERDUE_S {
        found(cause, Gravity::Act, Some(late_s))
    } else {
        found(cause, Gravity::Watch, Some(late_s)).mends(Some(RESCUE_S))
    }
}

/// Why no worker takes a job of this queue and type.
const fn nobody(case: &CaseFacts) -> Option<Cause> {
    match case.workers {
        workers if workers.alive == 0 => Some(Cause::NoWorker),
        workers if workers.knowing == 0 => Some(Cause::NoWorkerKnowsType),
        _ => None,
    }
}

/// A job that has ended, by itself.
fn ended(case: &CaseFacts, job: &CaseJob) -> Found {
    let past = job.operation().is_some() && case.user.is_some();
    if job.status == JobStatus::Failed && !past {
        return found(Cause::FailedForGood, Gravity::Act, job.ended_s).fix(again(case, job.error_class));
    }
    found(Cause::NothingWrong, Gravity::Fine, job.ended_s)
}

/// A user who waits for nothing.
fn at_rest(case: &CaseFacts, user: &UserFacts, job: Option<&CaseJob>) -> Found {
    let known_profile = user.demo.profile_exists && !user.profile_presumed;
    let made = match user.demo.status {
        DemoModeStatus::Disabled => user.demo.profile_exists,
        DemoModeStatus::Failed => known_profile && user.demo.failed_operation == Some(DemoOperation::Enable),
        _ => false,
    };
    if made {
        let fixes: &[Fix] = if known_profile && case.service.can_be_asked() { &[Fix::ConfirmExisting] } else { &[] };
        return found(Cause::ProfileWithoutState, Gravity::Act, user.changed_s).fix(fixes);
    }
    if user.demo.status == DemoModeStatus::Failed {
        let class = job.and_then(|job| job.error_class);
        return found(Cause::FailedForGood, Gravity::Act, user.changed_s).fix(again(case, class));
    }
    if user.legacy_on != user.demo.status.shows_demo_content() {
        return found(Cause::LegacyOutOfStep, Gravity::Act, user.changed_s).fix(&[Fix::Reconcile]);
    }
    found(Cause::NothingWrong, Gravity::Fine, user.changed_s)
}

/// What helps after a failure for good. The first that the rules allow is offered.
fn again(case: &CaseFacts, class: Option<ErrorClass>) -> &'static [Fix] {
    let removing = case.user.as_ref().is_some_and(|user| user.demo.failed_operation == Some(DemoOperation::Disable));
    match class {
        // The same request would be refused again.
        Some(ErrorClass::Rejected) if removing => &[],
        Some(ErrorClass::Rejected) => &[Fix::Reset],
        Some(class) if class.is_of_the_service() && !case.service.can_be_asked() => &[],
        _ => &[Fix::RetryNow, Fix::Reset],
    }
}
