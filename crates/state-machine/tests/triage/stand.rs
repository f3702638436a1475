//! Cases in a healthy world: two workers with free places, an open queue, a demo service that answers.

use state_machine::triage::{CaseFacts, CaseJob, HolderFacts, QueueFacts, ServiceFacts, UserFacts, Usual, WorkerFacts};
use state_machine::{DemoMode, DemoModeStatus, DemoOperation, ErrorClass, JobStatus, JobType};

/// A user at this status, with a profile where one belongs to it.
pub fn user(status: DemoModeStatus) -> UserFacts {
    let profile_exists = matches!(status, DemoModeStatus::Enabled | DemoModeStatus::Disabling);
    UserFacts {
        demo: DemoMode { status, failed_operation: None, profile_exists },
        names_job: true,
        legacy_on: profile_exists,
        profile_presumed: false,
        changed_s: Some(90),
        error: None,
    }
}

/// A user whose last operation failed.
pub fn failed(operation: DemoOperation, profile_exists: bool) -> UserFacts {
    let demo = DemoMode { status: DemoModeStatus::Failed, failed_operation: Some(operation), profile_exists };
    UserFacts { demo, legacy_on: false, error: Some("It did not work.".into()), ..user(DemoModeStatus::Disabled) }
}

/// A job that its user names, as it is after a few seconds at this status.
pub fn job(job_type: JobType, status: JobStatus) -> CaseJob {
    let running = status == JobStatus::Running;
    CaseJob {
        job_type: Some(job_type),
        type_word: job_type.as_str().into(),
        status,
        is_current: job_type.demo_operation().is_some(),
        stop_asked_s: None,
        attempt: u32::from(status != JobStatus::Pending),
        max_attempts: 5,
        claimed_before: status != JobStatus::Pending,
        compensates: false,
        due_in_s: -3,
        created_s: 3,
        started_s: (status != JobStatus::Pending).then_some(20),
        lease_in_s: running.then_some(12),
        deadline_in_s: running.then_some(580),
        ended_s: status.is_terminal().then_some(90),
        last_event_s: Some(3),
        progress: 0,
        step: None,
        error: None,
        error_class: None,
        words: None,
        holder: running.then(|| HolderFacts { name: "worker-1:42".into(), seen_s: 2, stopped: false }),
    }
}

/// The job after a first attempt that failed in this way; the next one is 40 s ahead.
pub fn backing_off(job_type: JobType, class: ErrorClass) -> CaseJob {
    CaseJob {
        attempt: 1,
        claimed_before: true,
        due_in_s: 40,
        error: Some("The recorded words.".into()),
        error_class: Some(class),
        last_event_s: Some(10),
        ..job(job_type, JobStatus::Pending)
    }
}

/// The job after its last attempt failed in this way.
pub fn given_up(job_type: JobType, class: ErrorClass) -> CaseJob {
    CaseJob {
        attempt: 5,
        error: Some("The recorded words.".into()),
        error_class: Some(class),
        ..job(job_type, JobStatus::Failed)
    }
}

/// A user and the job that demo mode names, in a healthy world.
pub fn case(user: impl Into<Option<UserFacts>>, job: impl Into<Option<CaseJob>>) -> CaseFacts {
    CaseFacts {
        user: user.into(),
        job: job.into(),
        queue: QueueFacts { name: "default".into(), paused_s: None, paused_by: None, reason: None, ahead: 0 },
        workers: WorkerFacts { alive: 2, knowing: 2, slots: Some(64), in_hand: 4, seen_s: Some(1) },
        service: well(),
        usual: Some(Usual { p50_s: 60, p95_s: 118, count: 400 }),
    }
}

pub fn well() -> ServiceFacts {
    ServiceFacts { ok_s: Some(3), recent_ok: 100, latency_ms: Some(40), ..ServiceFacts::default() }
}

/// The newest answer was an error of this class.
pub fn unwell(class: ErrorClass) -> ServiceFacts {
    ServiceFacts {
        ok_s: Some(120),
        error_s: Some(4),
        error_class: Some(class),
        error: Some("The demo service did not do it.".into()),
        recent_ok: 60,
        recent_errors: 3,
        latency_ms: Some(40),
    }
}

/// A user who waits for `making the profile`, with its job at this status.
pub fn enabling(status: JobStatus) -> CaseFacts {
    case(user(DemoModeStatus::Enabling), job(JobType::DemoEnable, status))
}

/// The case with its job changed.
pub fn with_job(mut case: CaseFacts, change: impl FnOnce(&mut CaseJob)) -> CaseFacts {
    change(case.job.as_mut().expect("a job"));
    case
}

/// The case with its user changed.
pub fn with_user(mut case: CaseFacts, change: impl FnOnce(&mut UserFacts)) -> CaseFacts {
    change(case.user.as_mut().expect("a user"));
    case
}

/// The case with its surroundings changed.
pub fn with(mut case: CaseFacts, change: impl FnOnce(&mut CaseFacts)) -> CaseFacts {
    change(&mut case);
    case
}
