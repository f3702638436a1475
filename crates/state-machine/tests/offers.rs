//! What a person reads in each state.

#![expect(clippy::unwrap_used, reason = "writing into a string cannot fail, and a test may")]

mod facts;

use state_machine::{DemoMode, DemoModeStatus, DemoOperation, JobFacts, JobStatus, JobType, SessionStatus};
use std::fmt::Write as _;

/// The job that belongs to this state, as a worker or a person would find it.
fn its_job(state: DemoMode, status: JobStatus, cancel_requested: bool) -> JobFacts {
    let removes = state.status == DemoModeStatus::Disabling
        || state.status == DemoModeStatus::Enabled
        || state.failed_operation == Some(DemoOperation::Disable);
    let job_type = if removes { JobType::DemoDisable } else { JobType::DemoEnable };
    JobFacts { status, job_type: Some(job_type), cancel_requested, demo: Some(state), is_current: true }
}

fn told(state: DemoMode, job: Option<JobFacts>) -> String {
    let mut text = String::new();
    for offer in state.offers(job) {
        match (offer.preview, offer.refusal) {
            (Some(preview), _) => {
                let job = preview.job_type.map_or(String::new(), |job| format!(" ({job})"));
                writeln!(text, "  {:<8} -> {}{job}: {}", offer.action, preview.becomes, preview.note).unwrap();
            }
            (None, why) => writeln!(text, "  {:<8}    {}", offer.action, why.unwrap()).unwrap(),
        }
    }
    text
}

#[test]
fn staff_read_what_each_demo_mode_allows_and_why_not() {
    let mut text = String::new();
    for state in DemoMode::all() {
        let statuses: &[JobStatus] = match state.status {
            DemoModeStatus::Enabling | DemoModeStatus::Disabling => &[JobStatus::Pending, JobStatus::Running],
            DemoModeStatus::Failed => &[JobStatus::Failed],
            _ => &[],
        };
        writeln!(text, "{}\n  customer sees: {}", facts::facts_in_words(state), state.customer_sees()).unwrap();
        if statuses.is_empty() {
            text += &told(state, None);
        }
        for &status in statuses {
            writeln!(text, "  with its job {status}").unwrap();
            text += &told(state, Some(its_job(state, status, false)));
        }
    }
    insta::assert_snapshot!("demo_mode_offers", text);
}

#[test]
fn staff_read_what_each_job_allows_and_why_not() {
    let mut text = String::new();
    for &status in JobStatus::ALL {
        for cancel_requested in [false, true] {
            if cancel_requested && !status.is_live() {
                continue;
            }
            let asked = if cancel_requested { ", asked to stop" } else { "" };
            writeln!(text, "{status}{asked}").unwrap();
            let facts =
                JobFacts { status, job_type: Some(JobType::Noop), cancel_requested, demo: None, is_current: false };
            for offer in facts.offers() {
                let words = match (offer.preview, offer.refusal) {
                    (Some(preview), _) => format!("-> {}: {}", preview.becomes, preview.note),
                    (None, why) => format!("   {}", why.unwrap()),
                };
                writeln!(text, "  {:<10} {words}", offer.action).unwrap();
            }
        }
    }
    insta::assert_snapshot!("job_offers", text);
}

#[test]
fn an_operation_whose_job_is_gone_cannot_be_cancelled_or_retried() {
    let stuck = DemoMode { status: DemoModeStatus::Enabling, ..DemoMode::OFF };
    assert!(told(stuck, None).contains("No job is recorded for this operation"));
    let failed = DemoMode {
        status: DemoModeStatus::Failed,
        failed_operation: Some(DemoOperation::Enable),
        profile_exists: false,
    };
    assert!(told(failed, None).contains("no longer kept"));
}

#[test]
fn a_job_of_the_past_is_not_retried_over_what_came_after() {
    let enabled = DemoMode { status: DemoModeStatus::Enabled, failed_operation: None, profile_exists: true };
    let past = JobFacts { is_current: false, ..its_job(DemoMode::OFF, JobStatus::Cancelled, false) };
    let why = |facts: JobFacts| facts.offer(state_machine::JobAction::Retry).refusal;
    assert_eq!(
        why(JobFacts { demo: Some(enabled), ..past }).as_deref(),
        Some("The user's demo mode has moved on since this job. Change it on the user's page.")
    );
    let same_job = JobFacts { demo: Some(enabled), is_current: true, ..past };
    assert_eq!(why(same_job).as_deref(), Some("Demo mode is already on."));
    assert_eq!(why(JobFacts { demo: Some(DemoMode::OFF), is_current: true, ..past }), None);
}

#[test]
fn only_an_active_session_can_be_revoked() {
    let refusals: Vec<_> = SessionStatus::ALL.iter().map(|status| status.offer_revoke().refusal).collect();
    let ended = |word| Some(format!("The session has already ended: {word}."));
    assert_eq!(refusals, [None, ended("revoked"), ended("expired")]);
}
