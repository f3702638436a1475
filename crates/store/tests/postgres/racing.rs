//! A stop is asked for while the work goes on: who wins.

use crate::stand::{AT_ONCE, Stand, failed, staff, succeeded, worker};
use state_machine::{JobEvent, JobStatus};
use store::{DemoModeRequest, StoreError, engine::Ending};
use testkit::factories::user;

#[tokio::test]
async fn a_requested_stop_wins_over_a_failure() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    let done = stand.work.finish(&lease, failed("Broken pipe.", false), AT_ONCE).await.unwrap();
    assert_eq!((done.status, done.event), (JobStatus::Cancelled, JobEvent::ConfirmCancel));
    assert_eq!(stand.user(user).await["demo_mode_status"], "disabled");
    stand.assert_sound().await;
}

#[tokio::test]
async fn an_effect_that_exists_wins_over_a_requested_stop() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(user, &worker(1)).await;
    stand.api.cancel_job(lease.job_id, &staff()).await.unwrap();
    let done = stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(done.status, JobStatus::Completed);
    assert_eq!(stand.user(user).await["demo_mode_status"], "enabled");
    assert!(stand.job(lease.job_id).await["cancel_requested_at"].is_null());
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_stop_waits_while_nobody_knows_what_was_made() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    let unsettled = Ending::Failed {
        error: "The answer was lost.".into(),
        class: state_machine::ErrorClass::Unreachable,
        permanent: false,
        retry_after: None,
        unsettled: true,
    };
    let done = stand.work.finish(&lease, unsettled, AT_ONCE).await.unwrap();
    assert_eq!(done.status, JobStatus::Pending);
    stand.assert_sound().await;
    let again = stand.claim(&worker(2)).await;
    assert!(again.cancel_requested, "the next attempt knows of the stop");
    stand.work.remember_profile(&again.lease, "prof_9").await.unwrap();
    stand.work.finish(&again.lease, Ending::Cancelled { touched: false }, AT_ONCE).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "disabling", "and what was made is removed");
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_stop_that_waits_for_an_answer_is_not_overtaken_by_another() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    let unsettled = Ending::Failed {
        error: "Lost.".into(),
        class: state_machine::ErrorClass::Unreachable,
        permanent: false,
        retry_after: None,
        unsettled: true,
    };
    stand.work.finish(&lease, unsettled, AT_ONCE).await.unwrap();
    let again = stand.api.cancel_demo_mode(user, &staff()).await;
    assert!(matches!(again, Err(StoreError::Illegal(_))), "{again:?}");
    assert_eq!(stand.user(user).await["demo_mode_status"], "enabling", "a profile may exist: it is not forgotten");
}

#[tokio::test]
async fn a_stopping_worker_that_was_asked_to_cancel_confirms_it() {
    let stand = Stand::new().await;
    let user = user().enabled().insert(&stand.db).await.id;
    stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Disable).await.unwrap();
    let lease = stand.claim(&worker(1)).await.lease;
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    let done = stand.work.finish(&lease, Ending::HandedBack, AT_ONCE).await.unwrap();
    assert_eq!(done.status, JobStatus::Cancelled);
    assert_eq!(stand.user(user).await["demo_mode_status"], "failed", "how far it came is not known");
    stand.assert_sound().await;
}
