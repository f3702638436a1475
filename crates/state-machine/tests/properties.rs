//! What holds for every state, every event and every number.

use proptest::{prelude::*, sample::select};
use state_machine::{
    AttemptEnd, ConnectionEvent, ConnectionStatus, DemoMode, DemoModeAction, DemoModeEvent, DemoModeStatus,
    DemoOperation, JobAction, JobEvent, JobFacts, JobOutcome, JobStatus, JobType, RetryPolicy, SessionEvent,
    SessionStatus, after_failure,
};
use std::{collections::BTreeSet, time::Duration};

fn demo_mode() -> impl Strategy<Value = DemoMode> {
    select(DemoMode::all().collect::<Vec<_>>())
}

prop_compose! {
    fn job_facts()(
        status in select(JobStatus::ALL),
        job_type in proptest::option::of(select(JobType::ALL)),
        cancel_requested in any::<bool>(),
        demo in proptest::option::of(demo_mode()),
        is_current in any::<bool>(),
    ) -> JobFacts {
        JobFacts { status, job_type, cancel_requested, demo, is_current }
    }
}

prop_compose! {
    fn outcome()(kind in 0..3, profile_exists in any::<bool>(), touched in any::<bool>()) -> JobOutcome {
        match kind {
            0 => JobOutcome::Succeeded,
            1 => JobOutcome::Failed { profile_exists },
            _ => JobOutcome::Cancelled { profile_exists, touched },
        }
    }
}

fn attempt_end() -> impl Strategy<Value = AttemptEnd> {
    let failed = (any::<bool>(), any::<bool>());
    prop_oneof![
        Just(AttemptEnd::Succeeded),
        failed.prop_map(|(permanent, unsettled)| AttemptEnd::Failed { permanent, unsettled }),
        any::<bool>().prop_map(|touched| AttemptEnd::Cancelled { touched }),
        Just(AttemptEnd::HandedBack),
        Just(AttemptEnd::Expired),
    ]
}

/// A sentence that a person can read: begins large, ends with a full stop, holds no word of the code.
fn is_a_sentence(text: &str) -> bool {
    let starts_large = text.chars().next().is_some_and(char::is_uppercase);
    starts_large && text.ends_with('.') && !text.contains('_') && !text.contains("::")
}

proptest! {
    #[test]
    fn every_demo_mode_answers_every_event_or_says_why_not(
        state in demo_mode(), event in select(DemoModeEvent::ALL),
    ) {
        match state.transition(event) {
            Ok(change) => {
                prop_assert_eq!((change.from(), change.event()), (state, event));
                prop_assert!(DemoMode::all().any(|known| known == change.to()), "{:?}", change.to());
                let edge = (state.status, change.to().status);
                prop_assert!(edge.0 == edge.1 || DemoMode::edges().contains(&edge));
                // A job is made exactly where an operation begins, and it is that operation's.
                let begins = match change.to().status {
                    DemoModeStatus::Enabling => Some(JobType::DemoEnable),
                    DemoModeStatus::Disabling => Some(JobType::DemoDisable),
                    _ => None,
                };
                prop_assert_eq!(change.makes_job(), begins);
            }
            Err(refusal) => {
                prop_assert!(is_a_sentence(&refusal.reason), "{}", refusal.reason);
                prop_assert_eq!((refusal.from, refusal.event), (state.status.as_str(), event.as_str()));
                prop_assert_eq!(refusal.to_string(), refusal.reason);
            }
        }
    }

    #[test]
    fn every_job_answers_every_event_or_says_why_not(
        status in select(JobStatus::ALL), event in select(JobEvent::ALL),
    ) {
        match status.transition(event) {
            Ok(change) => {
                prop_assert_eq!((change.from(), change.event()), (status, event));
                prop_assert!(status == change.to() || JobStatus::edges().contains(&(status, change.to())));
            }
            Err(refusal) => prop_assert!(is_a_sentence(&refusal.reason), "{}", refusal.reason),
        }
        prop_assert_ne!(status.is_live(), status.is_terminal());
    }

    #[test]
    fn every_connection_and_session_answers_or_says_why_not(
        connection in select(ConnectionStatus::ALL), link in select(ConnectionEvent::ALL),
        session in select(SessionStatus::ALL), end in select(SessionEvent::ALL),
    ) {
        match connection.transition(link) {
            Ok(change) => prop_assert!(ConnectionStatus::edges().contains(&(connection, change.to()))),
            Err(refusal) => prop_assert!(is_a_sentence(&refusal.reason), "{}", refusal.reason),
        }
        match session.transition(end) {
            Ok(change) => prop_assert!(SessionStatus::edges().contains(&(session, change.to()))),
            Err(refusal) => prop_assert!(is_a_sentence(&refusal.reason), "{}", refusal.reason),
        }
    }

    #[test]
    fn the_end_of_a_job_is_never_illegal_for_the_user_who_waits_for_it(
        operation in select(DemoOperation::ALL), outcome in outcome(), exists in any::<bool>(),
    ) {
        let status = match operation {
            DemoOperation::Enable => DemoModeStatus::Enabling,
            DemoOperation::Disable => DemoModeStatus::Disabling,
        };
        let waiting = DemoMode { status, failed_operation: None, profile_exists: exists };
        let ended = waiting.transition(operation.ended(outcome));
        prop_assert!(ended.is_ok(), "{operation} {outcome:?}: {ended:?}");
        let after = ended.unwrap().to();
        prop_assert!(after.status != status, "{operation} {outcome:?} leaves the user waiting");
        if let JobOutcome::Succeeded = outcome {
            prop_assert_eq!(after.profile_exists, operation == DemoOperation::Enable);
        }
        prop_assert_eq!(operation.job_type().demo_operation(), Some(operation));
    }

    #[test]
    fn an_offer_is_exactly_what_the_rules_allow(
        state in demo_mode(), job in proptest::option::of(job_facts()),
    ) {
        let offers = state.offers(job);
        prop_assert_eq!(offers.iter().map(|o| o.action).collect::<Vec<_>>(), DemoModeAction::ALL);
        for offer in offers {
            prop_assert_eq!(offer.allowed, offer.preview.is_some());
            prop_assert_eq!(offer.allowed, offer.refusal.is_none());
            if let Some(why) = &offer.refusal {
                prop_assert!(is_a_sentence(why), "{why}");
            }
            let event = match offer.action {
                DemoModeAction::Enable => DemoModeEvent::RequestEnable,
                DemoModeAction::Disable => DemoModeEvent::RequestDisable,
                DemoModeAction::Dismiss => DemoModeEvent::Dismiss,
                DemoModeAction::Cancel | DemoModeAction::Retry => {
                    let Some(preview) = offer.preview else { continue };
                    let becomes: Option<DemoModeStatus> = preview.becomes.parse().ok();
                    prop_assert!(becomes.is_some(), "{} is not a demo mode", preview.becomes);
                    let becomes = becomes.unwrap();
                    prop_assert!(becomes == state.status || DemoMode::edges().contains(&(state.status, becomes)));
                    continue;
                }
            };
            match (state.transition(event), offer.preview) {
                (Ok(change), Some(preview)) => {
                    prop_assert_eq!(preview.becomes, change.to().status.as_str());
                    prop_assert_eq!(preview.job_type.as_deref(), change.makes_job().map(|j| j.as_str()));
                    prop_assert!(is_a_sentence(&preview.note));
                }
                (Err(refusal), None) => prop_assert_eq!(offer.refusal, Some(refusal.reason)),
                (rule, preview) => prop_assert!(false, "the rule says {rule:?}, the offer {preview:?}"),
            }
        }
    }

    #[test]
    fn a_job_is_offered_only_what_its_status_allows(facts in job_facts()) {
        let offers = facts.offers();
        prop_assert_eq!(offers.iter().map(|o| o.action).collect::<Vec<_>>(), JobAction::ALL);
        for offer in offers {
            let event = match offer.action {
                JobAction::Cancel => JobEvent::RequestCancel,
                JobAction::Retry => JobEvent::ManualRetry,
                JobAction::Reschedule => JobEvent::Reschedule,
            };
            prop_assert!(!offer.allowed || facts.status.transition(event).is_ok());
            prop_assert_eq!(offer.allowed, offer.preview.is_some());
            prop_assert_ne!(offer.allowed, offer.refusal.as_deref().is_some_and(is_a_sentence));
        }
    }

    #[test]
    fn a_retry_waits_between_floor_and_cap_and_no_less_after_more_failures(
        base_ms in 0_u64..10_000_000, cap_ms in 0_u64..10_000_000, floor_ms in 0_u64..10_000_000,
        attempt in any::<u32>(), more in any::<u32>(), unit in any::<f64>(),
    ) {
        let policy = RetryPolicy { base_ms, cap_ms, floor_ms };
        let (floor, cap) = (Duration::from_millis(floor_ms.min(cap_ms)), Duration::from_millis(cap_ms));
        let delay = policy.delay(attempt, unit);
        prop_assert!(floor <= delay && delay <= cap, "{delay:?}");
        // The bound is what the luckiest and the unluckiest draw have in common.
        prop_assert!(policy.delay(attempt, 1.0) <= policy.delay(attempt.saturating_add(more), 1.0));
        prop_assert!(delay <= policy.delay(attempt, 1.0));
        prop_assert_eq!(policy.delay(attempt, 0.0), floor);
    }

    #[test]
    fn the_last_attempt_and_a_permanent_error_end_a_job(attempt in 1_u32..200, budget in 1_u32..100, permanent in any::<bool>()) {
        let expected = if permanent || attempt >= budget { JobEvent::Fail } else { JobEvent::RetryLater };
        prop_assert_eq!(after_failure(attempt, budget, permanent), expected);
    }

    #[test]
    fn an_attempt_ends_as_the_rules_allow_and_a_requested_stop_wins_over_all_but_success(
        end in attempt_end(), attempt in 1_u32..=5, budget in 1_u32..=5, stop in any::<bool>(), exists in any::<bool>(),
    ) {
        let event = end.event(attempt, budget, stop);
        let change = JobStatus::Running.transition(event);
        prop_assert!(change.is_ok(), "{end:?} leads to {event}");
        let to = change.unwrap().to();
        prop_assert_eq!(to == JobStatus::Completed, end == AttemptEnd::Succeeded);
        let unsettled = matches!(end, AttemptEnd::Failed { unsettled: true, .. });
        if stop && to != JobStatus::Completed {
            prop_assert!(to == JobStatus::Cancelled || (unsettled && attempt < budget), "{end:?} leads to {to}");
        }
        // Whoever goes back to the queue has an attempt left; a hand-back returns its own.
        prop_assert!(to != JobStatus::Pending || event == JobEvent::HandBack || attempt < budget);
        prop_assert_eq!(end.outcome(to, exists).is_some(), to.is_terminal());
    }

    #[test]
    fn a_word_that_is_not_known_is_refused(word in "\\PC{0,80}") {
        let known = JobStatus::ALL.iter().any(|status| status.as_str() == word);
        let read: Result<JobStatus, _> = word.parse();
        prop_assert_eq!(read.is_ok(), known);
        if let Err(unknown) = read {
            prop_assert!(unknown.word.chars().count() <= 40);
        }
    }
}

#[test]
fn every_status_can_be_reached_and_none_but_the_ended_is_a_dead_end() {
    fn reached<S: Copy + Ord>(start: S, edges: &[(S, S)]) -> BTreeSet<S> {
        let mut seen = BTreeSet::from([start]);
        while let Some((_, to)) = edges.iter().find(|(from, to)| seen.contains(from) && !seen.contains(to)) {
            seen.insert(*to);
        }
        seen
    }
    assert_eq!(reached(DemoModeStatus::Disabled, &DemoMode::edges()).len(), DemoModeStatus::ALL.len());
    assert_eq!(reached(JobStatus::Pending, &JobStatus::edges()).len(), JobStatus::ALL.len());
    assert_eq!(reached(ConnectionStatus::Disconnected, &ConnectionStatus::edges()).len(), ConnectionStatus::ALL.len());
    assert_eq!(reached(SessionStatus::Active, &SessionStatus::edges()).len(), SessionStatus::ALL.len());
    for state in DemoMode::all() {
        let moves = DemoModeEvent::ALL.iter().filter(|&&event| state.transition(event).is_ok()).count();
        assert!(moves > 0, "nobody gets out of {state:?}");
    }
    let ended: Vec<_> =
        JobStatus::ALL.iter().filter(|s| !JobStatus::edges().iter().any(|(from, _)| from == *s)).collect();
    assert_eq!(ended, [&JobStatus::Completed]);
}

#[test]
fn every_word_is_read_back_as_written() {
    for status in JobStatus::ALL {
        assert_eq!(status.as_str().parse(), Ok(*status));
    }
    for status in DemoModeStatus::ALL {
        assert_eq!(status.as_str().parse(), Ok(*status));
    }
    for job_type in JobType::ALL {
        assert_eq!(job_type.as_str().parse(), Ok(*job_type));
    }
    let refused = "paused".parse::<JobStatus>().unwrap_err().to_string();
    assert_eq!(refused, "`paused` is not a known JobStatus");
}
