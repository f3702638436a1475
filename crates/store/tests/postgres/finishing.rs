//! An attempt ends: job, history and user move together.

use crate::stand::{AT_ONCE, Stand, failed, staff, succeeded, worker};
use state_machine::{JobEvent, JobStatus, RetryPolicy};
use std::time::Duration;
use store::engine::Ending;
use testkit::factories::{job, user};

#[tokio::test]
async fn a_finished_enable_leaves_the_user_enabled() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(user, &worker(1)).await;
    stand.work.report_progress(&lease, 40, "Writing reviews").await.unwrap();
    let done = stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!((done.status, done.event), (JobStatus::Completed, JobEvent::Succeed));
    let row = stand.user(user).await;
    assert_eq!(row["demo_mode_status"], "enabled");
    assert_eq!(row["demo_profile_id"], "prof_1");
    assert_eq!(row["demo_mode"], true);
    assert_eq!(row["demo_mode_version"], 3);
    let job = stand.job(lease.job_id).await;
    assert_eq!((&job["status"], &job["progress"]), (&"completed".into(), &100.into()));
    assert_eq!(job["result_data"]["reviews"], 12);
    assert!(job["locked_by"].is_null() && job["lease_expires_at"].is_null() && job["error_message"].is_null());
    assert_eq!(stand.events(lease.job_id).await, ["enqueue", "start", "succeed"]);
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_failed_attempt_is_tried_again_later_and_keeps_its_error() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    let slow = RetryPolicy { base_ms: 60_000, cap_ms: 60_000, floor_ms: 60_000 };
    let done = stand.work.finish(&lease, failed("The demo service is busy.", false), slow).await.unwrap();
    assert_eq!((done.status, done.event), (JobStatus::Pending, JobEvent::RetryLater));
    let due_in: f64 = sqlx::query_scalar("SELECT extract(epoch FROM run_at - now())::float8 FROM background_jobs")
        .fetch_one(stand.db.owner())
        .await
        .unwrap();
    assert!((50.0..=60.0).contains(&due_in), "{due_in}");
    let row = stand.job(lease.job_id).await;
    assert_eq!((&row["attempt"], &row["error_message"]), (&1.into(), &"The demo service is busy.".into()));
    assert!(stand.claim_up_to(&worker(2), 1).await.is_empty(), "not before its time");
    assert_eq!(stand.user(user).await["demo_mode_status"], "enabling");
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_service_that_says_when_to_come_back_is_obeyed() {
    let stand = Stand::new().await;
    job().insert(&stand.db).await;
    let lease = stand.claim(&worker(1)).await.lease;
    let busy = Ending::Failed {
        error: "Too many requests.".into(),
        class: state_machine::ErrorClass::Unreachable,
        permanent: false,
        retry_after: Some(Duration::from_secs(900)),
        unsettled: false,
    };
    stand.work.finish(&lease, busy, AT_ONCE).await.unwrap();
    assert_eq!(stand.count("background_jobs WHERE run_at > now() + interval '14 min'").await, 1);
}

#[tokio::test]
async fn the_last_failure_fails_the_user_with_words_in_the_same_step() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let job_id = stand.enable(user).await;
    for attempt in 1..=5 {
        let claimed = stand.claim(&worker(1)).await;
        assert_eq!(claimed.attempt, attempt);
        let done =
            stand.work.finish(&claimed.lease, failed("The demo service is down.", false), AT_ONCE).await.unwrap();
        let last = attempt == 5;
        assert_eq!(done.status, if last { JobStatus::Failed } else { JobStatus::Pending });
        assert_eq!(stand.user(user).await["demo_mode_status"], if last { "failed" } else { "enabling" });
        stand.assert_sound().await;
    }
    let row = stand.user(user).await;
    assert_eq!(row["demo_mode_error"], "The demo service is down.");
    assert_eq!(row["demo_mode_failed_operation"], "enable");
    assert_eq!(stand.job(job_id).await["error_message"], "The demo service is down.");
    assert!(stand.claim_up_to(&worker(1), 1).await.is_empty());
}

#[tokio::test]
async fn a_permanent_error_does_not_wait_for_the_last_attempt() {
    let stand = Stand::new().await;
    let user = user().enabled().insert(&stand.db).await.id;
    stand.api.change_demo_mode(user, &staff(), store::DemoModeRequest::Disable).await.unwrap();
    let lease = stand.claim(&worker(1)).await.lease;
    let endless = "é".repeat(5_000);
    stand.work.finish(&lease, failed(&endless, true), AT_ONCE).await.unwrap();
    let row = stand.user(user).await;
    assert_eq!(row["demo_mode_status"], "failed");
    assert_eq!(row["demo_mode_failed_operation"], "disable");
    assert_eq!(row["demo_mode_error"], "é".repeat(2_000), "cut, not refused");
    assert!(row["demo_profile_id"].is_string(), "the profile is still there to be removed");
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_failed_removal_of_a_profile_that_is_gone_turns_demo_mode_off() {
    let stand = Stand::new().await;
    let user = user().enabled().insert(&stand.db).await.id;
    stand.sql("UPDATE users SET demo_profile_id = NULL").await;
    stand.api.change_demo_mode(user, &staff(), store::DemoModeRequest::Disable).await.unwrap();
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, failed("No profile.", true), AT_ONCE).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "disabled");
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_job_of_nobody_moves_nobody() {
    let stand = Stand::new().await;
    let (bystander, made) = (user().insert(&stand.db).await.id, job().insert(&stand.db).await.id);
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, failed("No.", true), AT_ONCE).await.unwrap();
    assert_eq!(stand.job(made).await["status"], "failed");
    assert_eq!(stand.user(bystander).await["demo_mode_version"], 1);
    stand.assert_sound().await;
}

#[tokio::test]
async fn the_job_of_a_user_who_is_gone_still_ends() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    stand.sql("DELETE FROM users").await;
    let done = stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(done.status, JobStatus::Completed);
}
