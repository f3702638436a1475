//! Every cause, each beside the neighbour that it must not be mistaken for: one fact apart.

use crate::stand::{backing_off, case, enabling, failed, given_up, job, unwell, user, well, with, with_job, with_user};
use state_machine::triage::{CaseFacts, Cause, Certainty, ServiceFacts, diagnose};
use state_machine::{DemoModeStatus, DemoOperation, ErrorClass, JobStatus, JobType};
use std::fmt::Write as _;

/// A case, its cause, and a neighbour with its own.
type Pair = (&'static str, CaseFacts, Cause, &'static str, CaseFacts, Cause);

fn pairs() -> Vec<Pair> {
    use Cause as C;
    let waiting = || enabling(JobStatus::Pending);
    let running = || enabling(JobStatus::Running);
    let long = || with_job(running(), |job| job.started_s = Some(200));
    let retrying = |class| case(user(DemoModeStatus::Enabling), backing_off(JobType::DemoEnable, class));
    let down = |class| with(retrying(class), |case| case.service = unwell(class));
    let overdue = || with_job(waiting(), |job| job.due_in_s = -90);
    let lost = || with_job(running(), |job| job.lease_in_s = Some(-8));
    let enabled = || case(user(DemoModeStatus::Enabled), job(JobType::DemoEnable, JobStatus::Completed));
    let disabled = || case(user(DemoModeStatus::Disabled), job(JobType::DemoDisable, JobStatus::Completed));
    let failed_to_enable =
        |profile| case(failed(DemoOperation::Enable, profile), given_up(JobType::DemoEnable, ErrorClass::Deadline));
    let compensating = || {
        let mut removal = job(JobType::DemoDisable, JobStatus::Running);
        removal.compensates = true;
        case(user(DemoModeStatus::Disabling), removal)
    };
    vec![
        (
            "enabled and at rest",
            enabled(),
            C::NothingWrong,
            "the old switch differs",
            with_user(enabled(), |user| user.legacy_on = false),
            C::LegacyOutOfStep,
        ),
        (
            "off and at rest",
            disabled(),
            C::NothingWrong,
            "a profile is recorded",
            with_user(disabled(), |user| user.demo.profile_exists = true),
            C::ProfileWithoutState,
        ),
        (
            "scheduled for later",
            with_job(waiting(), |job| job.due_in_s = 3_600),
            C::WaitingForTime,
            "its time has come",
            waiting(),
            C::WaitingForWorker,
        ),
        (
            "put off by a person after an attempt",
            with_job(retrying(ErrorClass::Internal), |job| job.due_in_s = 3_600),
            C::WaitingForTime,
            "backing off",
            retrying(ErrorClass::Internal),
            C::Retrying,
        ),
        (
            "all places taken",
            with(overdue(), |case| case.workers.in_hand = 64),
            C::WaitingForWorker,
            "places are free and nobody takes it",
            overdue(),
            C::Unknown,
        ),
        ("due since a moment", waiting(), C::WaitingForWorker, "running", running(), C::RunningNormally),
        (
            "no worker is alive",
            with(waiting(), |case| {
                case.workers.alive = 0;
                case.workers.knowing = 0;
            }),
            C::NoWorker,
            "alive, but of an older build",
            with(waiting(), |case| case.workers.knowing = 0),
            C::NoWorkerKnowsType,
        ),
        (
            "no worker, and not due yet",
            with(with_job(waiting(), |job| job.due_in_s = 60), |case| case.workers.alive = 0),
            C::WaitingForTime,
            "no worker, and due",
            with(waiting(), |case| case.workers.alive = 0),
            C::NoWorker,
        ),
        (
            "the queue is paused",
            with(waiting(), |case| case.queue.paused_s = Some(30)),
            C::QueuePaused,
            "paused, but already running",
            with(running(), |case| case.queue.paused_s = Some(30)),
            C::RunningNormally,
        ),
        (
            "paused, and no worker either",
            with(waiting(), |case| {
                case.queue.paused_s = Some(30);
                case.workers.alive = 0;
            }),
            C::QueuePaused,
            "paused, and not due yet",
            with(with_job(waiting(), |job| job.due_in_s = 60), |case| case.queue.paused_s = Some(30)),
            C::WaitingForTime,
        ),
        (
            "every attempt is used",
            with_job(waiting(), |job| job.attempt = 5),
            C::AttemptsUsedUp,
            "one attempt is left",
            with_job(waiting(), |job| job.attempt = 4),
            C::WaitingForWorker,
        ),
        ("within the usual time", running(), C::RunningNormally, "longer than almost all", long(), C::RunningLong),
        (
            "longer than the usual, but not than two minutes",
            with(with_job(running(), |job| job.started_s = Some(60)), |case| {
                case.usual = case.usual.map(|usual| state_machine::triage::Usual { p95_s: 5, ..usual });
            }),
            C::RunningNormally,
            "long, and nothing is known of the type",
            with(long(), |case| case.usual = None),
            C::RunningLong,
        ),
        (
            "long, and the service is slow",
            with(long(), |case| case.service.latency_ms = Some(4_000)),
            C::ServiceSlow,
            "slow, but within the usual time",
            with(running(), |case| case.service.latency_ms = Some(4_000)),
            C::RunningNormally,
        ),
        (
            "the lease ran out",
            lost(),
            C::WorkerLost,
            "the lease ran out and nobody is left",
            with(lost(), |case| {
                case.workers.alive = 0;
                case.workers.knowing = 0;
            }),
            C::NoWorker,
        ),
        (
            "its worker is silent",
            with_job(running(), |job| job.holder.as_mut().expect("a holder").seen_s = 11),
            C::WorkerLost,
            "its worker beats late",
            with_job(running(), |job| job.holder.as_mut().expect("a holder").seen_s = 10),
            C::RunningNormally,
        ),
        (
            "its worker said goodbye",
            with_job(running(), |job| job.holder.as_mut().expect("a holder").stopped = true),
            C::WorkerLost,
            "lost, and a newer build is needed",
            with(lost(), |case| case.workers.knowing = 0),
            C::NoWorkerKnowsType,
        ),
        (
            "past its time limit",
            with_job(running(), |job| job.deadline_in_s = Some(-2)),
            C::PastDeadline,
            "within its limit, but long",
            with_job(long(), |job| job.deadline_in_s = Some(1)),
            C::RunningLong,
        ),
        (
            "a stop was asked for",
            with_job(running(), |job| job.stop_asked_s = Some(4)),
            C::Cancelling,
            "long ago",
            with_job(running(), |job| job.stop_asked_s = Some(31)),
            C::StoppingOverdue,
        ),
        (
            "a stop, and its worker is silent",
            with_job(running(), |job| {
                job.stop_asked_s = Some(40);
                job.lease_in_s = Some(-1);
            }),
            C::WorkerLost,
            "a stop that an attempt must settle first",
            with_job(retrying(ErrorClass::Unreachable), |job| job.stop_asked_s = Some(5)),
            C::Cancelling,
        ),
        (
            "removing what a cancelled enable made",
            compensating(),
            C::Cancelling,
            "a removal that was asked for",
            with_job(compensating(), |job| job.compensates = false),
            C::RunningNormally,
        ),
        (
            "failed with a fault of ours",
            retrying(ErrorClass::Internal),
            C::Retrying,
            "the service is away",
            down(ErrorClass::Unreachable),
            C::ServiceUnreachable,
        ),
        (
            "the service is back",
            retrying(ErrorClass::Unreachable),
            C::Retrying,
            "nobody has asked since",
            with(retrying(ErrorClass::Unreachable), |case| case.service = ServiceFacts::default()),
            C::ServiceUnreachable,
        ),
        (
            "a fault of ours while the service is away",
            with(retrying(ErrorClass::Database), |case| case.service = unwell(ErrorClass::Unreachable)),
            C::Retrying,
            "the service refuses",
            down(ErrorClass::Refused),
            C::ServiceRefusing,
        ),
        (
            "the service does not answer in time",
            down(ErrorClass::Timeout),
            C::ServiceSlow,
            "it answered since",
            with(down(ErrorClass::Timeout), |case| case.service.ok_s = Some(1)),
            C::Retrying,
        ),
        (
            "running while the service is away",
            with(running(), |case| case.service = unwell(ErrorClass::Unreachable)),
            C::ServiceUnreachable,
            "a job that does not need it",
            with(case(None, job(JobType::Noop, JobStatus::Running)), |case| {
                case.service = unwell(ErrorClass::Unreachable)
            }),
            C::RunningNormally,
        ),
        (
            "most answers are faults",
            with(running(), |case| {
                case.service =
                    ServiceFacts { ok_s: Some(1), recent_ok: 4, recent_errors: 9, ..unwell(ErrorClass::Refused) };
            }),
            C::ServiceRefusing,
            "a fault now and then",
            with(running(), |case| {
                case.service =
                    ServiceFacts { ok_s: Some(1), recent_ok: 40, recent_errors: 9, ..unwell(ErrorClass::Refused) };
            }),
            C::RunningNormally,
        ),
        (
            "failed for good, nothing left",
            failed_to_enable(false),
            C::FailedForGood,
            "failed for good, and a profile is recorded",
            failed_to_enable(true),
            C::ProfileWithoutState,
        ),
        (
            "nobody knows what was made",
            with_user(failed_to_enable(true), |user| user.profile_presumed = true),
            C::FailedForGood,
            "an attempt is left",
            retrying(ErrorClass::Deadline),
            C::Retrying,
        ),
        (
            "a removal failed for good",
            case(failed(DemoOperation::Disable, true), given_up(JobType::DemoDisable, ErrorClass::Refused)),
            C::FailedForGood,
            "the failed job of a user who moved on",
            with_job(case(user(DemoModeStatus::Enabled), given_up(JobType::DemoEnable, ErrorClass::Refused)), |job| {
                job.is_current = false
            }),
            C::NothingWrong,
        ),
        (
            "a job of the system failed for good",
            case(None, given_up(JobType::JobRetention, ErrorClass::Internal)),
            C::FailedForGood,
            "it was cancelled",
            case(None, job(JobType::JobRetention, JobStatus::Cancelled)),
            C::NothingWrong,
        ),
        (
            "the job has ended, the user waits",
            enabling(JobStatus::Completed),
            C::JobEndedUserNotMoved,
            "the user names no job that is kept",
            case(user(DemoModeStatus::Enabling), None),
            C::InProgressWithoutJob,
        ),
        (
            "the named job does something else",
            case(user(DemoModeStatus::Enabling), job(JobType::DemoDisable, JobStatus::Completed)),
            C::InProgressWithoutJob,
            "an older job of a user who waits for a newer one",
            with_job(enabling(JobStatus::Cancelled), |job| job.is_current = false),
            C::NothingWrong,
        ),
        (
            "the job works, the user is at rest",
            case(user(DemoModeStatus::Disabled), job(JobType::DemoEnable, JobStatus::Running)),
            C::UserNotWaiting,
            "the user waits for it",
            running(),
            C::RunningNormally,
        ),
        (
            "the job works for a user who names another",
            with_job(running(), |job| job.is_current = false),
            C::UserNotWaiting,
            "a user's job that is not of demo mode",
            case(user(DemoModeStatus::Enabled), job(JobType::Noop, JobStatus::Running)),
            C::RunningNormally,
        ),
        (
            "nothing is known",
            case(None, None),
            C::Unknown,
            "a user alone",
            case(user(DemoModeStatus::Disabled), None),
            C::NothingWrong,
        ),
    ]
}

#[test]
fn each_cause_is_told_from_its_neighbour() {
    for (what, is, cause, neighbour, is_not, other) in pairs() {
        assert_eq!(diagnose(&is).cause, cause, "{what}");
        assert_eq!(diagnose(&is_not).cause, other, "{neighbour}, beside: {what}");
        assert_ne!(cause, other, "{what}: no neighbour");
    }
}

#[test]
fn every_cause_is_reached() {
    let pairs = pairs();
    let first: Vec<Cause> = pairs.iter().map(|pair| pair.2).collect();
    let either: Vec<Cause> = pairs.iter().flat_map(|pair| [pair.2, pair.5]).collect();
    for cause in Cause::ALL {
        assert!(either.contains(cause), "{cause} is reached by no case");
        let with_neighbour = first.contains(cause) || pairs.iter().any(|pair| pair.5 == *cause);
        assert!(with_neighbour, "{cause} has no neighbour");
    }
}

#[test]
fn what_is_not_known_is_said_to_be_likely() {
    let silent = with_job(enabling(JobStatus::Running), |job| job.holder.as_mut().expect("a holder").seen_s = 12);
    let verdict = diagnose(&silent);
    assert_eq!((verdict.cause, verdict.certainty), (Cause::WorkerLost, Certainty::Likely));
    assert_eq!(verdict.mends_itself_in_s, Some(17), "when the lease ends, and a moment");
    let gone = with_job(enabling(JobStatus::Running), |job| job.lease_in_s = Some(-1));
    assert_eq!(diagnose(&gone).certainty, Certainty::Known);
    let unheard = case(user(DemoModeStatus::Enabling), backing_off(JobType::DemoEnable, ErrorClass::Refused));
    let unheard = with(unheard, |case| case.service = ServiceFacts::default());
    assert_eq!(diagnose(&unheard).certainty, Certainty::Likely);
    let old = with(unheard, |case| case.service = ServiceFacts { ok_s: Some(601), ..well() });
    assert_eq!(diagnose(&old).certainty, Certainty::Likely, "an answer of ten minutes ago says nothing");
}

/// For the reviewer: every sentence that staff may read.
#[test]
fn staff_read_each_verdict() {
    let mut text = String::new();
    let mut told = std::collections::BTreeSet::new();
    for (what, is, _, neighbour, is_not, _) in pairs() {
        for (what, case) in [(what, is), (neighbour, is_not)] {
            if !told.insert(what) {
                continue;
            }
            let verdict = diagnose(&case);
            let (cause, certainty, gravity) = (verdict.cause, verdict.certainty, verdict.gravity);
            writeln!(text, "{what}: {cause}, {certainty}, {gravity}").unwrap();
            writeln!(text, "  {}\n  {}", verdict.title, verdict.explanation).unwrap();
            let line =
                |what: &str, says: Option<String>| says.map_or(String::new(), |says| format!("  {what}: {says}\n"));
            text += &(line("customer sees", verdict.customer_sees) + &line("reply", verdict.reply));
            for one in verdict.evidence {
                let age = one.age_s.map_or(String::new(), |age_s| format!(" ({age_s} s)"));
                writeln!(text, "  - {}: {}{age}", one.source, one.says).unwrap();
            }
            if let Some(mends_s) = verdict.mends_itself_in_s {
                writeln!(text, "  goes on by itself in {mends_s} s").unwrap();
            }
            if let Some(offer) = verdict.fix {
                let (fix, label, preview) = (offer.fix, offer.label, offer.preview);
                let reason = if offer.needs_reason { ", with a reason" } else { "" };
                writeln!(text, "  [{fix}] {label}{reason}: {} -> {}", preview.now, preview.next).unwrap();
                writeln!(text, "    {}\n    undo: {}", preview.happens, preview.undo).unwrap();
            }
        }
    }
    insta::assert_snapshot!("verdicts", text);
}
