//! After a failure: again, later, or never mind.

use crate::stand::{AT_ONCE, Stand, failed, seen, staff, worker};
use store::{DemoModeRequest, StoreError};
use testkit::factories::{job, user};

#[tokio::test]
async fn a_job_that_was_claimed_meanwhile_is_another_version() {
    let stand = Stand::new().await;
    let made = job().insert(&stand.db).await.id;
    stand.claim(&worker(1)).await;
    let before = stand.everything().await;
    for refused in [
        stand.api.cancel_job(made, &seen(1)).await,
        stand.api.retry_job(made, &seen(1)).await,
        stand.api.reschedule_job(made, chrono::DateTime::UNIX_EPOCH, &seen(1)).await,
    ] {
        assert!(matches!(refused, Err(StoreError::VersionConflict { current: 2 })), "{refused:?}");
    }
    assert_eq!(stand.everything().await, before);
    stand.api.cancel_job(made, &seen(2)).await.unwrap();
}

#[tokio::test]
async fn retrying_a_failed_enable_puts_the_user_back_on_the_way() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let job_id = stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, failed("The niche is not known.", true), AT_ONCE).await.unwrap();
    stand.api.retry_job(job_id, &staff()).await.unwrap();
    let row = stand.user(user).await;
    assert_eq!((&row["demo_mode_status"], &row["demo_mode_error"]), (&"enabling".into(), &serde_json::Value::Null));
    let job = stand.job(job_id).await;
    assert_eq!((&job["status"], &job["attempt"], job["completed_at"].is_null()), (&"pending".into(), &0.into(), true));
    stand.assert_sound().await;
    let again = stand.claim(&worker(1)).await;
    assert_eq!((again.attempt, again.lease.epoch), (1, lease.epoch + 1), "a new budget, never an old fence");
    assert_eq!(stand.events(job_id).await, ["enqueue", "start", "fail", "manual_retry", "start"]);
}

#[tokio::test]
async fn a_job_of_the_past_is_not_retried_over_what_came_after() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let past = stand.enable(user).await;
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    stand.enable(user).await;
    let before = stand.everything().await;
    let refused = stand.api.retry_job(past, &staff()).await;
    assert!(matches!(&refused, Err(StoreError::Illegal(why)) if why.reason.contains("moved on")), "{refused:?}");
    assert_eq!(stand.everything().await, before);
}

#[tokio::test]
async fn a_failure_is_dismissed_once_it_left_nothing() {
    let stand = Stand::new().await;
    let harmless = user().failed().insert(&stand.db).await.id;
    let left_over = user().failed_to_disable().insert(&stand.db).await.id;
    stand.api.change_demo_mode(harmless, &staff(), DemoModeRequest::Dismiss).await.unwrap();
    let row = stand.user(harmless).await;
    assert_eq!((&row["demo_mode_status"], row["demo_mode_error"].is_null()), (&"disabled".into(), true));
    let refused = stand.api.change_demo_mode(left_over, &staff(), DemoModeRequest::Dismiss).await;
    assert!(matches!(refused, Err(StoreError::Illegal(_))));
    assert_eq!(stand.count("audit_entries").await, 1);
    stand.assert_sound().await;
}

#[tokio::test]
async fn rescheduling_moves_a_waiting_job_and_only_that() {
    let stand = Stand::new().await;
    let made = job().insert(&stand.db).await.id;
    let later = chrono::DateTime::from_timestamp(4_000_000_000, 0).unwrap();
    stand.api.reschedule_job(made, later, &staff()).await.unwrap();
    assert!(stand.claim_up_to(&worker(1), 1).await.is_empty());
    stand.api.reschedule_job(made, chrono::DateTime::UNIX_EPOCH, &staff()).await.unwrap();
    stand.claim(&worker(1)).await;
    let refused = stand.api.reschedule_job(made, later, &staff()).await;
    assert!(matches!(refused, Err(StoreError::Illegal(_))));
    assert_eq!(stand.events(made).await, ["enqueue", "reschedule", "reschedule", "start"]);
    assert_eq!(stand.count("audit_entries WHERE action = 'job.reschedule'").await, 2);
    stand.assert_sound().await;
}
