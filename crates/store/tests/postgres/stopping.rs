//! A person stops an operation.

use crate::stand::{AT_ONCE, Stand, failed, staff, succeeded, worker};
use state_machine::JobStatus;
use store::{DemoModeRequest, StoreError, engine::Ending};
use testkit::factories::{job, user};
use uuid::Uuid;

#[tokio::test]
async fn cancelling_before_a_worker_took_it_turns_demo_mode_off_at_once() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let job_id = stand.enable(user).await;
    let done = stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    assert_eq!((done.job_id, done.replayed), (Some(job_id), false));
    assert_eq!(stand.user(user).await["demo_mode_status"], "disabled");
    assert_eq!(stand.job(job_id).await["status"], "cancelled");
    assert_eq!(stand.events(job_id).await, ["enqueue", "request_cancel"]);
    assert!(stand.claim_up_to(&worker(1), 10).await.is_empty());
    stand.assert_sound().await;
}

#[tokio::test]
async fn cancelling_a_running_job_waits_for_its_worker() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let who = worker(1);
    let lease = stand.claim(&who).await.lease;
    stand.api.cancel_job(lease.job_id, &staff()).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "enabling", "nothing is claimed that is not so");
    let beat = stand.work.renew(who.id, vec![(lease.job_id, lease.epoch)], crate::stand::TTL).await.unwrap();
    assert_eq!((beat.held, beat.cancel_requested), (vec![lease.job_id], vec![lease.job_id]));
    let twice = stand.api.cancel_job(lease.job_id, &staff()).await;
    assert!(matches!(twice, Err(StoreError::Illegal(why)) if why.reason.contains("already asked for")));
    let done = stand.work.finish(&lease, Ending::Cancelled { touched: false }, AT_ONCE).await.unwrap();
    assert_eq!(done.status, JobStatus::Cancelled);
    assert_eq!(stand.user(user).await["demo_mode_status"], "disabled");
    assert_eq!(stand.events(lease.job_id).await, ["enqueue", "start", "request_cancel", "confirm_cancel"]);
    stand.assert_sound().await;
}

#[tokio::test]
async fn what_was_made_before_the_cancel_is_removed_by_a_job() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(user, &worker(1)).await;
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    stand.work.finish(&lease, Ending::Cancelled { touched: false }, AT_ONCE).await.unwrap();
    let row = stand.user(user).await;
    assert_eq!(row["demo_mode_status"], "disabling");
    assert_ne!(row["demo_mode_job_id"], lease.job_id.to_string());
    stand.assert_sound().await;
    let removal = stand.claim(&worker(1)).await;
    assert_eq!(removal.lease.job_type, state_machine::JobType::DemoDisable);
    assert_eq!(removal.payload["profile_id"], "prof_1");
    stand.work.finish(&removal.lease, succeeded(), AT_ONCE).await.unwrap();
    let row = stand.user(user).await;
    assert_eq!((&row["demo_mode_status"], row["demo_profile_id"].is_null()), (&"disabled".into(), true));
    stand.assert_sound().await;
}

#[tokio::test]
async fn cancelling_between_two_attempts_removes_what_the_first_made() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(user, &worker(1)).await;
    stand.work.finish(&lease, failed("Busy.", false), AT_ONCE).await.unwrap();
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "disabling");
    assert_eq!(stand.claim(&worker(1)).await.payload["profile_id"], "prof_1");
    stand.assert_sound().await;
}

#[tokio::test]
async fn cancelling_a_removal_that_has_not_begun_keeps_demo_mode_on() {
    let stand = Stand::new().await;
    let user = user().enabled().insert(&stand.db).await.id;
    stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Disable).await.unwrap();
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    let row = stand.user(user).await;
    assert_eq!((&row["demo_mode_status"], row["demo_profile_id"].is_string()), (&"enabled".into(), true));
    stand.assert_sound().await;
}

#[tokio::test]
async fn cancelling_a_running_removal_says_whether_the_profile_is_whole() {
    let stand = Stand::new().await;
    for (touched, then) in [(false, "enabled"), (true, "failed")] {
        let user = user().enabled().insert(&stand.db).await.id;
        stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Disable).await.unwrap();
        let lease = stand.claim(&worker(1)).await.lease;
        stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
        stand.work.finish(&lease, Ending::Cancelled { touched }, AT_ONCE).await.unwrap();
        let row = stand.user(user).await;
        assert_eq!(row["demo_mode_status"], then);
        assert_eq!(row["demo_mode_error"].as_str().is_some_and(|words| words.contains("part-way")), touched);
        stand.assert_sound().await;
    }
}

#[tokio::test]
async fn a_removal_that_had_begun_is_not_called_whole_after_a_hand_back_or_a_retry() {
    let stand = Stand::new().await;
    let user = user().enabled().insert(&stand.db).await.id;
    stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Disable).await.unwrap();
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, Ending::HandedBack, AT_ONCE).await.unwrap();
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "failed", "the attempt that was given back had begun");
    stand.api.retry_job(lease.job_id, &staff()).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "disabling");
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "failed", "a new budget does not make it whole");
    stand.assert_sound().await;
}

#[tokio::test]
async fn what_has_ended_cannot_be_stopped_and_says_so() {
    let stand = Stand::new().await;
    let user = user().enabled().insert(&stand.db).await.id;
    let done = job().completed().insert(&stand.db).await.id;
    let over = job().failed().insert(&stand.db).await.id;
    let before = stand.everything().await;
    for (refused, words) in [
        (stand.api.cancel_job(done, &staff()).await, "already completed"),
        (stand.api.cancel_job(over, &staff()).await, "already ended: failed"),
        (stand.api.cancel_demo_mode(user, &staff()).await, "Nothing is in progress."),
    ] {
        assert!(matches!(&refused, Err(StoreError::Illegal(why)) if why.reason.contains(words)), "{refused:?}");
    }
    let unknown = stand.api.cancel_job(testkit::new_id(), &staff()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { what: "job" })));
    let nobody = stand.api.cancel_demo_mode(testkit::new_id(), &staff()).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { what: "user" })));
    assert_eq!(stand.everything().await, before, "a refusal writes nothing");
}

#[tokio::test]
async fn what_a_lost_worker_may_have_made_is_asked_for_by_its_key() {
    let stand = Stand::new().await;
    // Asked to stop after the rescue, and before it.
    for before in [false, true] {
        let user = user().insert(&stand.db).await.id;
        let lost = stand.enable(user).await;
        stand.claim(&worker(1)).await;
        if before {
            stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
        }
        stand.leases_run_out().await;
        assert_eq!(stand.work.rescue(crate::stand::TYPES, 10, AT_ONCE).await.unwrap().len(), 1);
        if !before {
            stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
        }
        assert_eq!(stand.job(lost).await["status"], "cancelled");
        assert_eq!(stand.user(user).await["demo_mode_status"], "disabling", "what is not known is not forgotten");
        stand.assert_sound().await;
        let removal = stand.claim(&worker(2)).await;
        assert_eq!(removal.payload["made_by"]["key"], lost.to_string());
        assert_eq!(removal.payload["made_by"]["choice"]["profile_type"], "creator");
        stand.work.finish(&removal.lease, succeeded(), AT_ONCE).await.unwrap();
        assert_eq!(stand.user(user).await["demo_mode_status"], "disabled");
        stand.assert_sound().await;
    }
}

#[tokio::test]
async fn stopping_the_removal_of_what_nobody_knows_does_not_turn_demo_mode_on() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    stand.claim(&worker(1)).await;
    stand.leases_run_out().await;
    stand.work.rescue(crate::stand::TYPES, 10, AT_ONCE).await.unwrap();
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "failed", "it never was on");
    stand.assert_sound().await;
}

/// Nobody knows whether this user has a profile: nothing but a removal is allowed, and it asks by the job's key.
async fn assert_only_removal(stand: &Stand, user: Uuid, key: Uuid) -> serde_json::Value {
    for request in [DemoModeRequest::Dismiss, crate::stand::enable()] {
        let refused = stand.api.change_demo_mode(user, &staff(), request).await;
        assert!(matches!(refused, Err(StoreError::Illegal(_))), "{refused:?}");
    }
    stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Disable).await.unwrap();
    stand.assert_sound().await;
    let removal = stand.claim(&worker(9)).await;
    assert_eq!(removal.payload["made_by"]["key"], key.to_string());
    assert_eq!(removal.payload["made_by"]["choice"]["profile_type"], "creator");
    stand.work.finish(&removal.lease, succeeded(), AT_ONCE).await.unwrap();
    let row = stand.user(user).await;
    assert_eq!((&row["demo_mode_status"], row["demo_profile_id"].is_null()), (&"disabled".into(), true));
    stand.assert_sound().await;
    removal.payload
}

#[tokio::test]
async fn what_the_last_attempt_may_have_made_is_not_forgotten_with_it() {
    let stand = Stand::new().await;
    let unsettled = || Ending::Failed {
        error: "No answer.".into(),
        class: state_machine::ErrorClass::Unreachable,
        permanent: false,
        retry_after: None,
        unsettled: true,
    };
    for lost in [true, false] {
        let user = user().insert(&stand.db).await.id;
        let job_id = stand.enable(user).await;
        stand.sql("UPDATE background_jobs SET max_attempts = 1").await;
        let lease = stand.claim(&worker(1)).await.lease;
        if lost {
            stand.leases_run_out().await;
            stand.work.rescue(crate::stand::TYPES, 10, AT_ONCE).await.unwrap();
        } else {
            stand.work.finish(&lease, unsettled(), AT_ONCE).await.unwrap();
        }
        assert_eq!(stand.user(user).await["demo_mode_status"], "failed");
        assert_only_removal(&stand, user, job_id).await;
    }
}

#[tokio::test]
async fn a_stopped_removal_of_what_nobody_knows_can_be_asked_for_again() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let lost = stand.enable(user).await;
    stand.claim(&worker(1)).await;
    stand.leases_run_out().await;
    stand.work.rescue(crate::stand::TYPES, 10, AT_ONCE).await.unwrap();
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    // The first job is removed by retention meanwhile: what is needed of it stands in the removal.
    stand.sql("DELETE FROM background_jobs WHERE job_type = 'demo_enable'").await;
    assert_only_removal(&stand, user, lost).await;
}

#[tokio::test]
async fn what_was_made_beside_an_old_profile_is_asked_for_as_well() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.sql("UPDATE users SET demo_profile_id = 'prof_old'").await;
    let lost = stand.enable(user).await;
    stand.claim(&worker(1)).await;
    stand.leases_run_out().await;
    stand.work.rescue(crate::stand::TYPES, 10, AT_ONCE).await.unwrap();
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    let removal = stand.claim(&worker(2)).await;
    assert_eq!(removal.payload["made_by"]["key"], lost.to_string());
    assert_eq!(removal.payload["made_by"]["choice"]["old_profile_id"], "prof_old");
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_service_that_refuses_for_good_has_made_nothing() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, Ending::HandedBack, AT_ONCE).await.unwrap();
    assert!(stand.user(user).await["demo_profile_id"].is_string(), "what was begun may have been done");
    let lease = stand.claim(&worker(2)).await.lease;
    stand.work.finish(&lease, failed("Refused.", true), AT_ONCE).await.unwrap();
    assert!(stand.user(user).await["demo_profile_id"].is_null());
    stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Dismiss).await.unwrap();
    stand.assert_sound().await;
}
