//! Verdicts in plain words, for staff who answer customers.

use super::{CaseFacts, Cause, Gravity, PlainWords};
use crate::{DemoModeStatus, DemoOperation, ErrorClass, JobStatus};

/// A duration in words: `40 s`, `2 min 20 s`, `12 min`, `3 h`, `2 days`.
pub(super) fn lasting(seconds: i64) -> String {
    match seconds.unsigned_abs() {
        s @ 0..=119 => format!("{s} s"),
        s @ 120..=599 if s % 60 != 0 => format!("{} min {} s", s / 60, s % 60),
        s @ 120..=7_199 => format!("{} min", s / 60),
        s @ 7_200..=172_799 => format!("{} h", s / 3_600),
        s => format!("{} days", s / 86_400),
    }
}

/// A state of demo mode as people say it.
pub(super) const fn state(status: DemoModeStatus) -> &'static str {
    match status {
        DemoModeStatus::Disabled => "off",
        DemoModeStatus::Enabling => "being turned on",
        DemoModeStatus::Enabled => "on",
        DemoModeStatus::Disabling => "being turned off",
        DemoModeStatus::Failed => "failed",
    }
}

/// What the job does, as people say it.
pub(super) fn work(case: &CaseFacts) -> &str {
    match case.job.as_ref().map(|job| (job.operation(), &job.type_word)) {
        Some((Some(DemoOperation::Enable), _)) => "making the demo profile",
        Some((Some(DemoOperation::Disable), _)) => "removing the demo profile",
        Some((None, word)) => word,
        None => "the work",
    }
}

pub(super) fn title(cause: Cause, case: &CaseFacts) -> String {
    let job = case.job.as_ref();
    let in_s = |seconds: Option<i64>| lasting(seconds.unwrap_or(0));
    match cause {
        Cause::NothingWrong => match (&case.user, job) {
            (Some(_), Some(job)) if !job.is_current => format!("This job is of the past: {}", job.status),
            (Some(user), _) => format!("Nothing is wrong: demo mode is {}", state(user.demo.status)),
            (None, Some(job)) => format!("Nothing is wrong: the job is {}", job.status),
            (None, None) => "Nothing is wrong".into(),
        },
        Cause::WaitingForTime => format!("Waiting for its time, in {}", in_s(job.map(|job| job.due_in_s))),
        Cause::WaitingForWorker => "Waiting for a free worker".into(),
        Cause::RunningNormally => "Running, within the usual time".into(),
        Cause::Retrying => format!("Tried again in {}", in_s(job.map(|job| job.due_in_s))),
        Cause::Cancelling if job.is_some_and(|job| job.stop_asked_s.is_none()) => {
            "Cancelled; what it made is being removed".into()
        }
        Cause::Cancelling => "Being stopped".into(),
        Cause::RunningLong => "Running for longer than usual".into(),
        Cause::StoppingOverdue => "Asked to stop, and still running".into(),
        Cause::WorkerLost => match job.and_then(|job| job.lease_in_s) {
            Some(lease_in_s) if lease_in_s > 0 => {
                format!("Its worker has gone silent; taken over in {}", lasting(lease_in_s))
            }
            _ => "Its worker was lost; another takes over".into(),
        },
        Cause::PastDeadline => "Past its time limit; the attempt is being given up".into(),
        Cause::ServiceSlow => "The demo service is slow".into(),
        Cause::ServiceRefusing => "The demo service reports faults".into(),
        Cause::ServiceUnreachable => "The demo service cannot be reached".into(),
        Cause::QueuePaused => format!("The queue “{}” is paused", case.queue.name),
        Cause::NoWorker => "No worker is running".into(),
        Cause::NoWorkerKnowsType => "No running worker knows this kind of job".into(),
        Cause::AttemptsUsedUp => "Waiting, but no attempt is left".into(),
        Cause::FailedForGood => match case.user.as_ref().and_then(|user| user.demo.failed_operation) {
            Some(DemoOperation::Enable) => "Turning demo mode on failed for good".into(),
            Some(DemoOperation::Disable) => "Turning demo mode off failed for good".into(),
            None => "The job failed for good".into(),
        },
        Cause::LegacyOutOfStep => "The old demo switch says something else".into(),
        Cause::ProfileWithoutState => "A profile exists, but demo mode is not on".into(),
        Cause::UserNotWaiting => "A job works for a user who does not wait for it".into(),
        Cause::JobEndedUserNotMoved => "The job has ended, but the user was not moved along".into(),
        Cause::InProgressWithoutJob => match case.user.as_ref().map(|user| user.demo.status) {
            Some(DemoModeStatus::Disabling) => "Being turned off, but no job does it".into(),
            _ => "Being turned on, but no job does it".into(),
        },
        Cause::Unknown => "No rule explains this".into(),
    }
}

pub(super) fn explanation(cause: Cause, case: &CaseFacts) -> String {
    let work = work(case);
    match cause {
        Cause::NothingWrong => "User, job and records agree, and nothing is in progress.".into(),
        Cause::WaitingForTime => format!("It was asked for a later time: {work} begins then by itself."),
        Cause::WaitingForWorker => {
            "The job is due. The workers that can do it are busy or about to take it; more workers shorten the wait. \
             Nothing is lost meanwhile."
                .into()
        }
        Cause::RunningNormally => match case.usual {
            Some(usual) => format!(
                "A worker is at it: {work}. Half of such jobs are done within {}, and 95 of 100 within {}.",
                lasting(usual.p50_s.into()),
                lasting(usual.p95_s.into())
            ),
            None => format!("A worker is at it: {work}. Too few such jobs ended lately to say how long it takes."),
        },
        Cause::Retrying => format!("{} It is tried again by itself.", error_in_words(case)),
        Cause::Cancelling if case.job.as_ref().is_some_and(|job| job.stop_asked_s.is_none()) => {
            "Turning demo mode on was cancelled after something had been made. A job removes it; then demo mode is off."
                .into()
        }
        Cause::Cancelling => {
            "A stop was asked for. The worker confirms it with its next sign of life, and what was made is \
             removed. If the work is already done, it stands."
                .into()
        }
        Cause::RunningLong if case.usual.is_none() => format!(
            "Its worker is alive, but {work} has taken minutes, and too few such jobs ended lately to say whether that is \
             usual. Wait for its time limit, or stop it."
        ),
        Cause::RunningLong => format!(
            "Its worker is alive, but {work} takes longer than 95 of 100 such jobs. Wait for its time limit, or stop it."
        ),
        Cause::StoppingOverdue => {
            "A worker notices a stop within 5 s, and this one has not confirmed it. It may be waiting for \
             an answer of the demo service. At its time limit the attempt is given up."
                .into()
        }
        Cause::WorkerLost => {
            "The process that had the job has gone silent. When its lease has run out, another worker takes \
             the job over and goes on without making anything twice."
                .into()
        }
        Cause::PastDeadline => {
            "The attempt has taken longer than its limit. It is given up within seconds, and tried again if \
             an attempt is left."
                .into()
        }
        Cause::ServiceSlow => {
            format!("The demo service answers late or not in time, which holds up {work}. It goes on by itself.")
        }
        Cause::ServiceRefusing => {
            "The demo service answers with faults of its own. The job is tried again by itself; once the \
             service has recovered it goes through. Tell the service's operators if it lasts."
                .into()
        }
        Cause::ServiceUnreachable => {
            "The workers get no connection to the demo service. The job is tried again by itself; once \
             the service is back it goes through. Tell the service's operators if it lasts."
                .into()
        }
        Cause::QueuePaused => {
            "A person has paused the queue, so no worker takes anything from it. What is running goes on.".into()
        }
        Cause::NoWorker => {
            "Nothing is carried out until a worker starts. The jobs are kept and go on by themselves then.".into()
        }
        Cause::NoWorkerKnowsType => format!(
            "Workers are running, but their builds do not know “{}”. Start workers of a newer build; the job is kept.",
            case.job.as_ref().map_or("this type", |job| job.type_word.as_str())
        ),
        Cause::AttemptsUsedUp => {
            "Workers take only jobs with an attempt left, so this one would wait for ever. Stop it, then \
             ask for it again."
                .into()
        }
        Cause::FailedForGood => failed_for_good(case),
        Cause::LegacyOutOfStep => {
            "The boolean that the former backend's readers see differs from the state. Only somebody who \
             went past the API and the database's checks can have done that. Those readers show the wrong thing."
                .into()
        }
        Cause::ProfileWithoutState => {
            "There are two claims: a profile is recorded at the demo service, and demo mode is not on. \
             The demo service knows which is true."
                .into()
        }
        Cause::UserNotWaiting => {
            "When the job ends it cannot move its user, because that user's state does not expect it. Only \
             somebody who went past the rules can have done that."
                .into()
        }
        Cause::JobEndedUserNotMoved => {
            "Job and user change in one step, so only somebody who went past the rules can have \
             parted them. The user still waits for what has already ended."
                .into()
        }
        Cause::InProgressWithoutJob => {
            "The customer sees a progress bar that will not end. Only somebody who went past the \
             rules can have done that."
                .into()
        }
        Cause::Unknown => {
            "What is recorded does not explain it. Pass it to engineering with the evidence below.".into()
        }
    }
}

/// What the customer sees; a bar that does not move is said so.
pub(super) fn customer_sees(gravity: Gravity, case: &CaseFacts) -> Option<String> {
    let demo = case.user.as_ref()?.demo;
    if let Some(words) = written(case).filter(|_| demo.status == DemoModeStatus::Failed) {
        return Some(sentence(&words.customer_sees));
    }
    let sees = demo.customer_sees();
    let stands = matches!(demo.status, DemoModeStatus::Enabling | DemoModeStatus::Disabling)
        && matches!(gravity, Gravity::Watch | Gravity::Act);
    Some(if stands { format!("{sees} It may not be moving.") } else { sees.to_owned() })
}

fn failed_for_good(case: &CaseFacts) -> String {
    let left = case.user.as_ref().map(|user| user.demo.profile_exists);
    let waits_for_service =
        case.job.as_ref().and_then(|job| job.error_class).is_some_and(ErrorClass::is_of_the_service)
            && !case.service.can_be_asked();
    let then = match (left, waits_for_service) {
        (_, true) => "The demo service is still not well: try again once it is.",
        (Some(true), _) => "Something may be left at the demo service.",
        (Some(false), _) => "Nothing was left behind.",
        (None, _) => "It is not tried again by itself.",
    };
    format!("{} {then}", error_in_words(case))
}

/// What a person wrote about the job's last error, if that is what the case is about.
pub(super) fn written(case: &CaseFacts) -> Option<&PlainWords> {
    let job = case.job.as_ref().filter(|job| job.status != JobStatus::Completed)?;
    job.words.as_ref()
}

/// The last error in plain words: a person's, or those of its class where that says it, else as it was recorded.
fn error_in_words(case: &CaseFacts) -> String {
    if let Some(words) = written(case) {
        return sentence(&words.title);
    }
    let job = case.job.as_ref();
    let recorded = job
        .filter(|job| job.status != JobStatus::Completed)
        .and_then(|job| job.error.as_deref())
        .or_else(|| case.user.as_ref().and_then(|user| user.error.as_deref()));
    let of_class = match job.and_then(|job| job.error_class) {
        Some(ErrorClass::Unreachable) => Some("The demo service could not be reached."),
        Some(ErrorClass::Timeout) => Some("The demo service did not answer in time."),
        Some(ErrorClass::Refused) => Some("The demo service reported a fault of its own."),
        Some(ErrorClass::Nonsense) => Some("The demo service answered something that makes no sense."),
        Some(ErrorClass::Database) => Some("Our own database could not be written."),
        Some(ErrorClass::Internal) => Some("A fault of ours stopped the work."),
        Some(ErrorClass::WorkerLost) => Some("The worker was lost while it was at it."),
        Some(ErrorClass::Deadline) => Some("The attempt took longer than its limit."),
        // Only its own words say what was refused.
        Some(ErrorClass::Rejected) | None => None,
    };
    match (of_class, recorded) {
        (Some(words), _) => words.to_owned(),
        (None, Some(recorded)) => sentence(recorded),
        (None, None) => "No error was recorded.".into(),
    }
}

/// Cut to 300 characters, with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let cut: String = text.trim().chars().take(300).collect();
    match cut.chars().last() {
        None => "No error was recorded.".into(),
        Some('.' | '!' | '?') => cut,
        Some(_) => cut + ".",
    }
}
