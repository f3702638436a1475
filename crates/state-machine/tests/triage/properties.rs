//! What holds for every case there can be, and for those that there cannot.

use proptest::{option, prelude::*, sample::select};
use state_machine::triage::{
    CaseFacts, CaseJob, Cause, Certainty, Fix, Gravity, HolderFacts, PlainWords, QueueFacts, ServiceFacts, UserFacts,
    Usual, WorkerFacts, diagnose,
};
use state_machine::{DemoMode, DemoModeStatus, ErrorClass, JobStatus, JobType};

fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![-200_i64..200, -5_i64..5, Just(0), any::<i64>().prop_map(|n| n / 4)]
}

fn ago() -> impl Strategy<Value = i64> {
    seconds().prop_map(i64::abs)
}

fn words() -> impl Strategy<Value = Option<String>> {
    option::of(prop_oneof![Just(String::new()), Just("The service is away.".to_owned()), "\\PC{0,400}"])
}

prop_compose! {
    fn user_facts()(
        demo in select(DemoMode::all().collect::<Vec<_>>()), names_job in any::<bool>(), legacy_on in any::<bool>(),
        presumed in any::<bool>(), changed_s in option::of(ago()), error in words(),
    ) -> UserFacts {
        UserFacts { demo, names_job, legacy_on, profile_presumed: presumed && demo.profile_exists, changed_s, error }
    }
}

prop_compose! {
    fn holder()(name in "[a-z]{1,8}:[0-9]{1,4}", seen_s in ago(), stopped in any::<bool>()) -> HolderFacts {
        HolderFacts { name, seen_s, stopped }
    }
}

prop_compose! {
    fn case_job()(
        (job_type, status, is_current) in (option::of(select(JobType::ALL)), select(JobStatus::ALL), any::<bool>()),
        (stop_asked_s, attempt, max_attempts) in (option::of(ago()), 0_u32..7, 1_u32..7),
        (claimed_before, compensates, due_in_s, created_s) in (any::<bool>(), any::<bool>(), seconds(), ago()),
        (started_s, lease_in_s, deadline_in_s) in (option::of(ago()), option::of(seconds()), option::of(seconds())),
        (ended_s, last_event_s, progress, step) in (option::of(ago()), option::of(ago()), 0_u32..=100, words()),
        (error, error_class, written, holder) in (words(), option::of(select(ErrorClass::ALL)), any::<bool>(), option::of(holder())),
    ) -> CaseJob {
        CaseJob {
            job_type, type_word: job_type.map_or("from_the_future", JobType::as_str).into(), status, is_current,
            stop_asked_s, attempt, max_attempts, claimed_before, compensates, due_in_s, created_s, started_s,
            lease_in_s, deadline_in_s, ended_s, last_event_s, progress, step, error, error_class, holder,
            words: written.then(plain_words),
        }
    }
}

prop_compose! {
    fn case_facts()(
        user in option::of(user_facts()), job in option::of(case_job()),
        (paused_s, paused_by, reason, ahead) in (option::of(ago()), words(), words(), any::<u32>()),
        (alive, knowing, slots, in_hand, seen_s) in (0_u32..4, 0_u32..4, option::of(0_u32..100), 0_u32..100, option::of(ago())),
        (ok_s, error_s, error_class, error) in (option::of(ago()), option::of(ago()), option::of(select(ErrorClass::ALL)), words()),
        (recent_ok, recent_errors, latency_ms) in (0_u32..100, 0_u32..100, option::of(0_u32..20_000)),
        usual in option::of((any::<u32>(), any::<u32>(), 5_u32..1_000)),
    ) -> CaseFacts {
        CaseFacts {
            user,
            job,
            queue: QueueFacts { name: "default".into(), paused_s, paused_by, reason, ahead },
            workers: WorkerFacts { alive, knowing: knowing.min(alive), slots, in_hand, seen_s },
            service: ServiceFacts { ok_s, error_s, error_class, error, recent_ok, recent_errors, latency_ms },
            usual: usual.map(|(p50_s, p95_s, count)| Usual { p50_s, p95_s, count }),
        }
    }
}

fn plain_words() -> PlainWords {
    PlainWords {
        title: "The niche is not on offer".into(),
        customer_sees: "An error: the niche is not on offer.".into(),
        reply: "Please choose another niche.".into(),
    }
}

/// A sentence that a person can read: it ends, and no word of the code stands in it.
fn is_a_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?']) && !text.contains("::") && !text.contains("None") && !text.contains("  ")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn every_case_has_one_answer_that_people_can_read(case in case_facts()) {
        let verdict = diagnose(&case);
        prop_assert_eq!(&verdict, &diagnose(&case), "the same facts, the same answer");
        prop_assert!(!verdict.evidence.is_empty());
        prop_assert!(verdict.evidence.iter().all(|one| !one.says.is_empty()));
        prop_assert!(!verdict.title.is_empty() && !verdict.title.ends_with('.'), "{}", verdict.title);
        if case.user.as_ref().is_none_or(|user| user.error.is_none()) && case.job.as_ref().is_none_or(|job| job.error.is_none()) {
            prop_assert!(is_a_sentence(&verdict.explanation), "{}", verdict.explanation);
        }
        prop_assert_eq!(verdict.customer_sees.is_some(), case.user.is_some());
        prop_assert_eq!(verdict.reply.is_some(), case.user.is_some() && verdict.cause != Cause::NothingWrong);
        prop_assert!(verdict.reply.as_deref().is_none_or(is_a_sentence), "{:?}", verdict.reply);
        prop_assert_eq!(verdict.certainty == Certainty::Unknown, verdict.cause == Cause::Unknown);
        prop_assert_eq!(verdict.gravity == Gravity::Fine, verdict.cause == Cause::NothingWrong);
        prop_assert!(verdict.mends_itself_in_s.is_none_or(|in_s| in_s >= 0), "{:?}", verdict.mends_itself_in_s);
        prop_assert!(verdict.since_s.is_none_or(|since_s| since_s >= 0), "{:?}", verdict.since_s);
    }

    #[test]
    fn a_fix_is_offered_only_where_the_rules_allow_each_of_its_steps(case in case_facts()) {
        let Some(offer) = diagnose(&case).fix else { return Ok(()) };
        let plan = offer.fix.plan(&case);
        prop_assert!(plan.is_ok(), "{}: {:?}", offer.fix, plan);
        let plan = plan.unwrap();
        let mut demo = case.user.as_ref().map(|user| user.demo);
        for step in plan.user() {
            prop_assert_eq!(Some(step.from()), demo, "each step begins where the one before ended");
            let again = step.from().transition(step.event());
            prop_assert_eq!(again.as_ref().ok(), Some(step), "the machine knows it");
            demo = Some(step.to());
        }
        if let Some(step) = plan.job() {
            prop_assert_eq!(Some(step.from()), case.job.as_ref().map(|job| job.status));
        }
        for text in [&offer.label, &offer.preview.now, &offer.preview.next] {
            prop_assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
        }
        prop_assert!(is_a_sentence(&offer.preview.happens) && is_a_sentence(&offer.preview.undo));
        prop_assert!(!offer.irreversible || offer.preview.undo.contains("cannot be undone"));
    }

    #[test]
    fn no_plan_leaves_a_user_in_progress_without_a_job(case in case_facts(), fix in select(Fix::ALL)) {
        let Ok(plan) = fix.plan(&case) else { return Ok(()) };
        let Some(last) = plan.user().last() else { return Ok(()) };
        let waits = matches!(last.to().status, DemoModeStatus::Enabling | DemoModeStatus::Disabling);
        let job = case.job.as_ref().filter(|job| job.is_current);
        let at_work = plan.job().is_some_and(|step| step.to().is_live())
            || (fix == Fix::Reconcile && job.is_some_and(|job| job.status.is_live()));
        prop_assert!(!waits || last.makes_job().is_some() || at_work, "{fix}: {plan:?}");
    }

    #[test]
    fn a_cause_says_nothing_that_the_facts_deny(case in case_facts()) {
        let (verdict, job) = (diagnose(&case), case.job.as_ref());
        let live = job.is_some_and(|job| job.status.is_live());
        match verdict.cause {
            Cause::QueuePaused => prop_assert!(case.queue.paused_s.is_some() && live),
            Cause::NoWorker => prop_assert!(case.workers.alive == 0 && live),
            Cause::NoWorkerKnowsType => prop_assert!(case.workers.alive > 0 && case.workers.knowing == 0 && live),
            Cause::FailedForGood => prop_assert!(!live),
            Cause::InProgressWithoutJob | Cause::JobEndedUserNotMoved => prop_assert!(case.user.is_some()),
            Cause::UserNotWaiting => prop_assert!(case.user.is_some() && live),
            Cause::LegacyOutOfStep | Cause::ProfileWithoutState => prop_assert!(case.user.is_some() && !live),
            Cause::NothingWrong => prop_assert!(!live),
            Cause::Unknown => prop_assert!(live || case.user.is_none()),
            _ => prop_assert!(live),
        }
    }
}
