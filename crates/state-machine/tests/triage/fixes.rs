//! Which fix is offered where, and what it consists of.

use crate::stand::{backing_off, case, enabling, failed, given_up, job, unwell, user, with, with_job, with_user};
use state_machine::triage::{CaseFacts, Fix, diagnose};
use state_machine::{
    BulkAction, BulkForecast, DemoModeEvent, DemoModeStatus, DemoOperation, ErrorClass, JobEvent, JobStatus, JobType,
};

fn offered(case: &CaseFacts) -> Option<Fix> {
    diagnose(case).fix.map(|offer| offer.fix)
}

/// The events of the plan: the user's, then the job's.
fn steps(fix: Fix, case: &CaseFacts) -> (Vec<&'static str>, Option<&'static str>) {
    let plan = fix.plan(case).expect("is allowed");
    (plan.user().iter().map(|step| step.event().as_str()).collect(), plan.job().map(|step| step.event().as_str()))
}

#[test]
fn each_case_gets_the_fix_that_helps() {
    let failed_enable = |class| case(failed(DemoOperation::Enable, false), given_up(JobType::DemoEnable, class));
    let failed_disable = |class| case(failed(DemoOperation::Disable, true), given_up(JobType::DemoDisable, class));
    let away = |mut case: CaseFacts| {
        case.service = unwell(ErrorClass::Unreachable);
        case
    };
    let left_over = with_user(failed_enable(ErrorClass::Deadline), |user| user.demo.profile_exists = true);
    for (what, case, fix) in [
        ("failed, and a retry may help", failed_enable(ErrorClass::Deadline), Some(Fix::RetryNow)),
        ("failed, and the service is still away", away(failed_enable(ErrorClass::Unreachable)), None),
        (
            "failed by ourselves while the service is away",
            away(failed_enable(ErrorClass::Internal)),
            Some(Fix::RetryNow),
        ),
        ("refused for good", failed_enable(ErrorClass::Rejected), Some(Fix::Reset)),
        ("a removal refused for good", failed_disable(ErrorClass::Rejected), None),
        ("a removal failed", failed_disable(ErrorClass::Refused), Some(Fix::RetryNow)),
        ("a removal failed long ago", CaseFacts { job: None, ..failed_disable(ErrorClass::Refused) }, Some(Fix::Reset)),
        (
            "nobody knows what was made",
            with_user(left_over.clone(), |user| user.profile_presumed = true),
            Some(Fix::Reset),
        ),
        ("a profile is recorded", left_over.clone(), Some(Fix::ConfirmExisting)),
        ("a profile is recorded, and nobody can be asked", away(left_over), None),
        (
            "backing off",
            case(user(DemoModeStatus::Enabling), backing_off(JobType::DemoEnable, ErrorClass::Internal)),
            Some(Fix::RetryNow),
        ),
        ("paused", with(enabling(JobStatus::Pending), |case| case.queue.paused_s = Some(9)), Some(Fix::ResumeQueue)),
        ("runs long", with_job(enabling(JobStatus::Running), |job| job.started_s = Some(300)), Some(Fix::Cancel)),
        ("no attempt left", with_job(enabling(JobStatus::Pending), |job| job.attempt = 5), Some(Fix::Cancel)),
        (
            "no attempt left and a stop asked for",
            with_job(enabling(JobStatus::Pending), |job| {
                job.attempt = 5;
                job.stop_asked_s = Some(1);
            }),
            None,
        ),
        ("runs as usual", enabling(JobStatus::Running), None),
        (
            "the old switch differs",
            with_user(case(user(DemoModeStatus::Disabled), None), |user| user.legacy_on = true),
            Some(Fix::Reconcile),
        ),
        ("ended without its user", enabling(JobStatus::Failed), Some(Fix::Reconcile)),
        (
            "works without its user",
            case(user(DemoModeStatus::Disabled), job(JobType::DemoEnable, JobStatus::Pending)),
            Some(Fix::Reconcile),
        ),
        (
            "works for a user who is on already",
            case(user(DemoModeStatus::Enabled), job(JobType::DemoEnable, JobStatus::Pending)),
            None,
        ),
        ("in progress, and no job", case(user(DemoModeStatus::Enabling), None), Some(Fix::Reset)),
    ] {
        assert_eq!(offered(&case), fix, "{what}");
    }
}

#[test]
fn a_fix_consists_of_moves_that_the_machines_know() {
    let failed_enable = case(failed(DemoOperation::Enable, false), given_up(JobType::DemoEnable, ErrorClass::Deadline));
    assert_eq!(steps(Fix::RetryNow, &failed_enable), (vec!["request_enable"], Some("manual_retry")));
    assert_eq!(steps(Fix::Reset, &failed_enable), (vec!["dismiss"], None));
    let waiting = enabling(JobStatus::Pending);
    assert_eq!(steps(Fix::RetryNow, &waiting), (vec![], Some("reschedule")));
    assert_eq!(steps(Fix::Cancel, &waiting), (vec!["enable_cancelled"], Some("request_cancel")));
    assert_eq!(steps(Fix::Cancel, &enabling(JobStatus::Running)), (vec![], Some("request_cancel")));
    let alone = case(user(DemoModeStatus::Disabling), None);
    assert_eq!(steps(Fix::Reset, &alone), (vec!["disable_failed", "request_disable"], None));
    let removed = with_user(alone, |user| user.demo.profile_exists = false);
    assert_eq!(steps(Fix::Reset, &removed), (vec!["disable_succeeded"], None));
    for (status, event) in [
        (JobStatus::Completed, "enable_succeeded"),
        (JobStatus::Failed, "enable_failed"),
        (JobStatus::Cancelled, "enable_cancelled"),
    ] {
        assert_eq!(steps(Fix::Reconcile, &enabling(status)), (vec![event], None));
    }
}

#[test]
fn stopping_a_removal_that_may_have_begun_never_leaves_demo_mode_on() {
    let waiting = case(user(DemoModeStatus::Disabling), job(JobType::DemoDisable, JobStatus::Pending));
    let ends_as = |case: &CaseFacts| Fix::Cancel.plan(case).expect("is allowed").user()[0].to().status;
    assert_eq!(ends_as(&waiting), DemoModeStatus::Enabled);
    assert_eq!(ends_as(&with_job(waiting.clone(), |job| job.claimed_before = true)), DemoModeStatus::Failed);
    assert_eq!(ends_as(&with_user(waiting, |user| user.profile_presumed = true)), DemoModeStatus::Failed);
}

#[test]
fn what_the_demo_service_says_is_followed_either_way() {
    let off = case(with_profile(user(DemoModeStatus::Disabled)), None);
    let left = case(failed(DemoOperation::Enable, true), None);
    for case in [off, left] {
        assert_eq!(offered(&case), Some(Fix::ConfirmExisting));
        let demo = case.user.as_ref().expect("a user").demo;
        let gone = demo.transition(DemoModeEvent::ConfirmExisting { profile_exists: false }).expect("is allowed").to();
        assert_eq!((gone.status, gone.profile_exists), (DemoModeStatus::Disabled, false));
        let there = demo.transition(DemoModeEvent::ConfirmExisting { profile_exists: true }).expect("is allowed").to();
        assert_eq!((there.status, there.profile_exists), (DemoModeStatus::Enabled, true));
    }
    let presumed =
        with_user(case(with_profile(user(DemoModeStatus::Disabled)), None), |user| user.profile_presumed = true);
    assert!(Fix::ConfirmExisting.plan(&presumed).is_err(), "nobody knows what to ask for");
    // A removal that failed may have taken a part of it.
    assert!(Fix::ConfirmExisting.plan(&case(failed(DemoOperation::Disable, true), None)).is_err());
}

fn with_profile(mut user: state_machine::triage::UserFacts) -> state_machine::triage::UserFacts {
    user.demo.profile_exists = true;
    user
}

#[test]
fn a_fix_that_does_not_fit_says_why() {
    let at_rest = case(user(DemoModeStatus::Enabled), job(JobType::DemoEnable, JobStatus::Completed));
    for (fix, why) in [
        (Fix::RetryNow, "The job completed; there is nothing to retry."),
        (Fix::Cancel, "The job has already completed; its effect stands."),
        (Fix::Reconcile, "Nothing disagrees."),
        (Fix::ResumeQueue, "The queue is not paused."),
        (Fix::ConfirmExisting, "Demo mode is enabled; confirm existing does not apply."),
    ] {
        assert_eq!(fix.plan(&at_rest).expect_err("does not fit").reason, why);
    }
    let busy = Fix::Reset.plan(&enabling(JobStatus::Running)).expect_err("a job is at work");
    assert_eq!(busy.event, Fix::Reset.as_str());
    let asked = with_job(enabling(JobStatus::Running), |job| job.stop_asked_s = Some(2));
    assert!(Fix::Cancel.plan(&asked).is_err());
    assert_eq!(JobEvent::RequestCancel.as_str(), "request_cancel");
}

#[test]
fn a_plan_takes_a_case_by_the_fix_of_its_own_and_no_other() {
    let failed = case(failed(DemoOperation::Enable, false), given_up(JobType::DemoEnable, ErrorClass::Internal));
    let plans_itself = case(None, given_up(JobType::Bulk, ErrorClass::Database));
    let runs_long = with_job(case(None, job(JobType::Bulk, JobStatus::Running)), |job| job.started_s = Some(300));
    let paused = with(enabling(JobStatus::Pending), |case| case.queue.paused_s = Some(9));
    let lost = with_job(enabling(JobStatus::Running), |job| job.lease_in_s = Some(-2));
    for (what, case, forecast, fix) in [
        ("failed", &failed, BulkForecast::WillChange, Some(Fix::RetryNow)),
        ("failed while it executed a plan", &plans_itself, BulkForecast::NotAllowed, None),
        ("executes a plan for long", &runs_long, BulkForecast::NotAllowed, None),
        ("waits for a queue", &paused, BulkForecast::NotAllowed, None),
        ("lost, and no fix for it", &lost, BulkForecast::NotAllowed, None),
        ("on its way", &enabling(JobStatus::Running), BulkForecast::InFlight, None),
        ("at rest", &case_at_rest(), BulkForecast::AlreadyThere, None),
    ] {
        let outlook = BulkAction::ApplyFix.outlook_of_case(case, &diagnose(case)).expect("it is on cases");
        assert_eq!((outlook.forecast, outlook.fix), (forecast, fix), "{what}: {outlook:?}");
        assert_eq!(outlook.why.is_none(), forecast == BulkForecast::WillChange, "{what}");
        assert_eq!(BulkAction::RetryJobs.outlook_of_case(case, &diagnose(case)), None);
    }
}

fn case_at_rest() -> CaseFacts {
    case(user(DemoModeStatus::Disabled), None)
}
