//! What people ask for is done once, as they saw it, with one line in the trail.

use crate::stand::{Stand, enable, keyed, seen, staff};
use store::{Actor, Command, CommandKey, DemoModeRequest, StoreError};
use testkit::factories::{job, user};
use uuid::Uuid;

#[tokio::test]
async fn enabling_writes_the_wish_the_job_and_the_trail_together() {
    let stand = Stand::new().await;
    let made = user().email("ana@repruv.test").insert(&stand.db).await;
    let command = Command { request_id: Some("req-1".into()), address: Some("203.0.113.7".into()), ..staff() };
    let job_id = stand.api.change_demo_mode(made.id, &command, enable()).await.unwrap().job_id.unwrap();
    let row = stand.user(made.id).await;
    assert_eq!(row["demo_mode_status"], "enabling");
    assert_eq!(row["demo_mode_job_id"], job_id.to_string());
    assert_eq!((&row["demo_mode_type"], &row["demo_profile_niche"]), (&"creator".into(), &"travel".into()));
    let job = stand.job(job_id).await;
    assert_eq!(job["payload"], serde_json::json!({"profile_type": "creator", "niche": "travel", "preset": null}));
    assert_eq!(job["dedupe_key"], format!("demo:{}", made.id));
    let line: serde_json::Value =
        sqlx::query_scalar("SELECT to_jsonb(a) - '{id,at,chain,chain_seq,seal}'::text[] FROM audit_entries a")
            .fetch_one(stand.db.owner())
            .await
            .unwrap();
    assert_eq!(
        line,
        serde_json::json!({
            "staff_id": Uuid::from_u128(7), "actor": "dana@repruv.test", "action": "demo_mode.enable",
            "user_id": made.id, "user_email": "ana@repruv.test", "job_id": job_id, "session_id": null,
            "reason": "The customer asked", "before_state": "disabled", "after_state": "enabling",
            "request_id": "req-1", "address": "203.0.113.7",
        })
    );
    stand.assert_sound().await;
}

#[tokio::test]
async fn fifty_sendings_of_one_command_make_one_job() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let mut sending = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let api = stand.api.clone();
        sending.spawn(async move { api.change_demo_mode(user, &keyed("key-00001", 1), enable()).await.unwrap() });
    }
    let answers = sending.join_all().await;
    assert_eq!(answers.iter().filter(|done| !done.replayed).count(), 1);
    assert!(answers.iter().all(|done| done.job_id == answers[0].job_id), "all hear of the same job");
    for table in ["background_jobs", "audit_entries", "command_receipts"] {
        assert_eq!(stand.count(table).await, 1, "{table}");
    }
    let other_body = stand.api.change_demo_mode(user, &keyed("key-00001", 2), enable()).await;
    assert!(matches!(other_body, Err(StoreError::KeyReused)), "{other_body:?}");
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_key_belongs_to_the_person_who_chose_it() {
    let stand = Stand::new().await;
    let (one, two) = (user().insert(&stand.db).await.id, user().insert(&stand.db).await.id);
    let customer = |id: Uuid| Command {
        key: Some(CommandKey { key: "same-key".into(), request_hash: [3; 32] }),
        ..Command::by(Actor::Customer { id, email: "x@repruv.test".into() })
    };
    for id in [one, two] {
        assert!(!stand.api.change_demo_mode(id, &customer(id), enable()).await.unwrap().replayed);
        assert!(stand.api.change_demo_mode(id, &customer(id), enable()).await.unwrap().replayed);
    }
    assert_eq!(stand.count("audit_entries WHERE actor = 'customer' AND staff_id IS NULL").await, 2);
}

#[tokio::test]
async fn a_repeated_command_on_a_job_changes_nothing_the_second_time() {
    let stand = Stand::new().await;
    let failed = job().failed().insert(&stand.db).await.id;
    assert!(!stand.api.retry_job(failed, &keyed("retry-001", 1)).await.unwrap().replayed);
    let before = stand.everything().await;
    let again = stand.api.retry_job(failed, &keyed("retry-001", 1)).await.unwrap();
    assert_eq!((again.replayed, again.job_id), (true, Some(failed)));
    assert_eq!(stand.everything().await, before);
}

#[tokio::test]
async fn a_refused_command_leaves_its_key_free() {
    let stand = Stand::new().await;
    let user = user().enabled().insert(&stand.db).await.id;
    let before = stand.everything().await;
    let refused = stand.api.change_demo_mode(user, &keyed("key-00001", 1), enable()).await;
    assert!(matches!(refused, Err(StoreError::Illegal(why)) if why.reason == "Demo mode is already on."));
    assert_eq!(stand.everything().await, before);
    stand.api.change_demo_mode(user, &keyed("key-00001", 2), DemoModeRequest::Disable).await.unwrap();
}

#[tokio::test]
async fn of_many_who_saw_the_same_version_one_wins() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    for round in 0..10_u32 {
        let version = stand.api.demo_status(user).await.unwrap().version;
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let api = stand.api.clone();
            asking.spawn(async move {
                if round % 2 == 0 {
                    api.change_demo_mode(user, &seen(version), enable()).await
                } else {
                    api.cancel_demo_mode(user, &seen(version)).await
                }
            });
        }
        let answers = asking.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "round {round}: {answers:?}");
        let told = answers.iter().filter_map(|answer| answer.as_ref().err());
        for error in told {
            assert!(matches!(error, StoreError::VersionConflict { current } if *current == version + 1), "{error:?}");
        }
    }
    assert_eq!(stand.count("audit_entries").await, 10);
    stand.assert_sound().await;
}

#[tokio::test]
async fn an_enable_over_a_live_job_of_the_same_user_is_refused_whole() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    // A contradiction: a live job that the user's state does not know.
    job().demo("demo_enable", user).insert(&stand.db).await;
    let before = stand.everything().await;
    let refused = stand.api.change_demo_mode(user, &keyed("key-00001", 1), enable()).await;
    assert!(
        matches!(&refused, Err(StoreError::Illegal(why)) if why.reason.contains("already in flight")),
        "{refused:?}"
    );
    assert_eq!(stand.everything().await, before);
}
