//! The facts are read as they are: each change of the database changes the verdict, and nothing else does.

use super::{cause_of_job, cause_of_user, change, healthy, past_the_rules};
use crate::stand;
use contract::state_machine::triage::{Cause, Certainty, Fix, Gravity};
use testkit::factories::{job, user};
use uuid::Uuid;

#[tokio::test]
async fn a_waiting_job_is_told_apart_by_what_keeps_it_waiting() {
    let (db, reader) = stand().await;
    let worker = healthy(&db).await;
    let stuck = user().enabling().insert(&db).await;
    let job_id = stuck.job.expect("a job").id;
    for (statement, cause) in [
        ("UPDATE background_jobs SET run_at = now() - interval '3 seconds'", Cause::WaitingForWorker),
        ("UPDATE background_jobs SET run_at = now() + interval '1 hour'", Cause::WaitingForTime),
        ("UPDATE background_jobs SET run_at = now() - interval '2 minutes'", Cause::Unknown),
        ("UPDATE worker_sessions SET in_hand = 32", Cause::WaitingForWorker),
        ("UPDATE worker_sessions SET job_types = '{noop}'", Cause::NoWorkerKnowsType),
        ("UPDATE worker_sessions SET job_types = NULL, queue = 'other'", Cause::NoWorker),
        ("UPDATE worker_sessions SET queue = NULL", Cause::WaitingForWorker),
        ("UPDATE worker_sessions SET last_seen_at = now() - interval '20 seconds'", Cause::NoWorker),
        ("UPDATE queues SET paused_at = now(), paused_by = 'ana@repruv.test', reason = 'deploy'", Cause::QueuePaused),
        ("UPDATE background_jobs SET attempt = max_attempts", Cause::AttemptsUsedUp),
    ] {
        change(&db, statement).await;
        assert_eq!(cause_of_user(&reader, stuck.id).await, cause, "{statement}");
        assert_eq!(cause_of_job(&reader, job_id).await, cause, "{statement}");
    }
    let case = reader.user_case(stuck.id).await.expect("a case");
    assert_eq!((case.user_id, case.job_id), (Some(stuck.id), Some(job_id)));
    assert_eq!((case.user_version, case.job_version, case.queue_version), (Some(1), Some(1), Some(1)));
    assert_eq!((case.queue.as_deref(), case.user_email), (Some("default"), Some(stuck.email)));
    assert_eq!(case.verdict.fix.map(|offer| offer.fix), Some(Fix::Cancel));
    assert!(case.verdict.evidence.iter().any(|one| one.says.contains("ana@repruv.test: deploy")));
    assert_ne!(worker, Uuid::nil());
}

#[tokio::test]
async fn jobs_that_come_first_are_counted() {
    let (db, reader) = stand().await;
    for before_s in [300.0, 200.0] {
        job().scheduled(-before_s).insert(&db).await;
    }
    job().scheduled(600.0).insert(&db).await;
    job().queue("other").scheduled(-400.0).insert(&db).await;
    let last = job().scheduled(-10.0).insert(&db).await.id;
    let verdict = reader.job_case(last).await.expect("a case").verdict;
    assert!(verdict.evidence.iter().any(|one| one.says.contains("2 due jobs come first")), "{:?}", verdict.evidence);
}

#[tokio::test]
async fn a_running_job_is_told_apart_by_its_worker_its_lease_and_its_time() {
    let (db, reader) = stand().await;
    let worker = healthy(&db).await;
    let busy = user().enabling().job_running().insert(&db).await;
    let job_id = busy.job.expect("a job").id;
    change(&db, &format!("UPDATE background_jobs SET locked_by = '{worker}'")).await;
    for (statement, cause) in [
        ("UPDATE background_jobs SET started_at = now() - interval '10 seconds'", Cause::RunningNormally),
        ("UPDATE worker_sessions SET last_seen_at = now() - interval '12 seconds'", Cause::WorkerLost),
        ("UPDATE worker_sessions SET last_seen_at = now()", Cause::RunningNormally),
        ("UPDATE background_jobs SET started_at = now() - interval '5 minutes'", Cause::RunningLong),
        ("UPDATE demo_service_health SET latency_ms = 9000", Cause::ServiceSlow),
        (
            "UPDATE demo_service_health SET last_ok_at = now() - interval '1 minute', last_error_at = now(), \
             last_error_class = 'unreachable', last_error = 'no connection'",
            Cause::ServiceUnreachable,
        ),
        ("UPDATE demo_service_health SET last_error_class = 'refused'", Cause::ServiceRefusing),
        ("UPDATE background_jobs SET cancel_requested_at = now() - interval '4 seconds'", Cause::Cancelling),
        ("UPDATE background_jobs SET cancel_requested_at = now() - interval '40 seconds'", Cause::StoppingOverdue),
        ("UPDATE background_jobs SET deadline_at = now() - interval '4 seconds'", Cause::PastDeadline),
        ("UPDATE background_jobs SET lease_expires_at = now() - interval '4 seconds'", Cause::WorkerLost),
        ("UPDATE worker_sessions SET stopped_at = now()", Cause::NoWorker),
    ] {
        change(&db, statement).await;
        assert_eq!(cause_of_job(&reader, job_id).await, cause, "{statement}");
    }
}

#[tokio::test]
async fn an_attempt_that_failed_is_told_apart_by_the_class_of_its_error() {
    let (db, reader) = stand().await;
    healthy(&db).await;
    let unlucky = user().enabling().insert(&db).await;
    change(&db, "UPDATE background_jobs SET attempt = 1, lease_epoch = 1, run_at = now() + interval '40 seconds', error_message = 'no connection'").await;
    for (class, health, cause, certainty) in [
        ("'unreachable'", "last_error_at = NULL", Cause::Retrying, Certainty::Known),
        (
            "'unreachable'",
            "last_error_at = now(), last_error_class = 'unreachable', last_ok_at = NULL",
            Cause::ServiceUnreachable,
            Certainty::Known,
        ),
        ("'timeout'", "last_error_class = 'timeout'", Cause::ServiceSlow, Certainty::Known),
        ("'database'", "last_error_class = 'timeout'", Cause::Retrying, Certainty::Known),
        ("'refused'", "updated_at = now() - interval '11 minutes'", Cause::ServiceRefusing, Certainty::Likely),
        ("'from_the_future'", "updated_at = now()", Cause::Retrying, Certainty::Known),
        ("NULL", "updated_at = now()", Cause::Retrying, Certainty::Known),
    ] {
        change(&db, &format!("UPDATE background_jobs SET error_class = {class}")).await;
        change(&db, &format!("UPDATE demo_service_health SET {health}")).await;
        let verdict = reader.user_case(unlucky.id).await.expect("a case").verdict;
        assert_eq!((verdict.cause, verdict.certainty), (cause, certainty), "{class}, {health}");
        assert!(verdict.mends_itself_in_s.is_some_and(|in_s| (30..=40).contains(&in_s)));
    }
}

#[tokio::test]
async fn what_the_rules_forbid_is_found_when_somebody_goes_past_them() {
    let (db, reader) = stand().await;
    healthy(&db).await;
    let ended = user().enabling().insert(&db).await;
    let job_id = ended.job.expect("a job").id;
    past_the_rules(
        &db,
        &format!("UPDATE background_jobs SET status = 'completed', completed_at = now() WHERE id = '{job_id}'"),
    )
    .await;
    assert_eq!(cause_of_user(&reader, ended.id).await, Cause::JobEndedUserNotMoved);

    past_the_rules(&db, &format!("DELETE FROM background_jobs WHERE id = '{job_id}'")).await;
    assert_eq!(cause_of_user(&reader, ended.id).await, Cause::InProgressWithoutJob);

    let working = user().enabling().insert(&db).await;
    past_the_rules(&db, &format!("UPDATE users SET demo_mode_status = 'disabled' WHERE id = '{}'", working.id)).await;
    assert_eq!(cause_of_user(&reader, working.id).await, Cause::UserNotWaiting);
    past_the_rules(&db, &format!("UPDATE users SET demo_mode_job_id = NULL WHERE id = '{}'", working.id)).await;
    assert_eq!(cause_of_user(&reader, working.id).await, Cause::UserNotWaiting, "found by the key that it holds");

    let drifted = user().enabled().insert(&db).await;
    assert_eq!(cause_of_user(&reader, drifted.id).await, Cause::NothingWrong);
    past_the_rules(&db, &format!("UPDATE users SET demo_mode = false WHERE id = '{}'", drifted.id)).await;
    let case = reader.user_case(drifted.id).await.expect("a case");
    assert_eq!((case.verdict.cause, case.verdict.gravity), (Cause::LegacyOutOfStep, Gravity::Act));
    assert_eq!((case.job_id, case.queue), (None, None));

    let claimed = user().insert(&db).await;
    change(&db, &format!("UPDATE users SET demo_profile_id = 'prof_1' WHERE id = '{}'", claimed.id)).await;
    assert_eq!(cause_of_user(&reader, claimed.id).await, Cause::ProfileWithoutState);
    let failed = user().failed().insert(&db).await;
    assert_eq!(cause_of_user(&reader, failed.id).await, Cause::FailedForGood);
    change(&db, &format!("UPDATE users SET demo_profile_id = 'made-by:{job_id}' WHERE id = '{}'", failed.id)).await;
    let verdict = reader.user_case(failed.id).await.expect("a case").verdict;
    assert_eq!((verdict.cause, verdict.fix.map(|offer| offer.fix)), (Cause::FailedForGood, Some(Fix::Reset)));
}

#[tokio::test]
async fn a_removal_of_what_a_cancelled_enable_made_is_known_as_such() {
    let (db, reader) = stand().await;
    let worker = healthy(&db).await;
    let leaving = user().disabling().job_running().insert(&db).await;
    let removal = leaving.job.expect("a job").id;
    change(&db, &format!("UPDATE background_jobs SET locked_by = '{worker}'")).await;
    assert_eq!(cause_of_user(&reader, leaving.id).await, Cause::RunningNormally);
    let before = job().job_type("demo_enable").of(leaving.id).cancelled().insert(&db).await.id;
    change(
        &db,
        &format!(
            "UPDATE background_jobs SET created_at = now() - interval '1 hour', \
               completed_at = (SELECT created_at FROM background_jobs WHERE id = '{removal}') WHERE id = '{before}'"
        ),
    )
    .await;
    assert_eq!(cause_of_user(&reader, leaving.id).await, Cause::Cancelling);
    assert_eq!(cause_of_job(&reader, before).await, Cause::NothingWrong, "the cancelled one is of the past");
}

#[tokio::test]
async fn what_came_of_the_last_fix_is_told_for_a_day() {
    let (db, reader) = stand().await;
    let someone = user().failed().insert(&db).await;
    let record = format!(
        "INSERT INTO fix_records (id, at, actor, user_id, cause, fix, due_at, claimed_at) VALUES \
           ('01980000-0000-7000-8000-000000000001', now() - interval '2 days', 'ana@repruv.test', '{0}', 'retrying', 'retry_now', now(), NULL), \
           ('01980000-0000-7000-8000-000000000002', now() - interval '1 minute', 'ben@repruv.test', '{0}', 'failed_for_good', 'retry_now', now(), now())",
        someone.id
    );
    change(&db, &record).await;
    let outcome = reader.user_case(someone.id).await.expect("a case").outcome.expect("an outcome");
    assert_eq!(
        (outcome.fix, outcome.cause, outcome.by.as_str()),
        (Fix::RetryNow, Cause::FailedForGood, "ben@repruv.test")
    );
    assert!(outcome.claimed_at.is_some() && outcome.confirmed_at.is_none() && outcome.held.is_none());
    change(&db, "UPDATE fix_records SET at = at - interval '1 day', held = 'yes'").await;
    assert_eq!(reader.user_case(someone.id).await.expect("a case").outcome, None);
}

#[tokio::test]
async fn nobody_is_said_to_be_nobody() {
    let (_db, reader) = stand().await;
    let missing = |error: read_model::ReadError| error.to_string();
    assert!(missing(reader.user_case(Uuid::max()).await.expect_err("nobody")).contains("user"));
    assert!(missing(reader.job_case(Uuid::max()).await.expect_err("nothing")).contains("job"));
}
