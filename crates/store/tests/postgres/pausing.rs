//! Queues that a person pauses, and what workers tell of themselves and of the demo service.

use crate::stand::{AT_ONCE, DEADLINE, Stand, TTL, TYPES, keyed, seen, staff, succeeded, worker};
use serde_json::json;
use state_machine::{ErrorClass, JobType};
use std::time::Duration;
use store::{
    StoreError,
    engine::{Ending, Front, NewJob, ServiceHealth},
};
use testkit::factories::user;

#[tokio::test]
async fn nothing_is_claimed_from_a_paused_queue_and_the_others_go_on() {
    let stand = Stand::new().await;
    for queue in ["default", "other"] {
        stand.api.enqueue(NewJob { queue: queue.into(), ..NewJob::new(JobType::Noop) }).await.unwrap();
    }
    let running = stand.claim(&worker(1)).await;
    stand.api.enqueue(NewJob::new(JobType::Noop)).await.unwrap();
    stand.api.pause_queue("default", &seen(1)).await.unwrap();
    assert!(stand.claim_up_to(&worker(1), 10).await.is_empty());
    assert_eq!(stand.work.claim(&worker(2), &Front::new("other", TYPES), 10, TTL, DEADLINE).await.unwrap().len(), 1);
    // What is running goes on, and what it leads to waits like the rest.
    stand.work.finish(&running.lease, Ending::HandedBack, AT_ONCE).await.unwrap();
    assert!(stand.claim_up_to(&worker(1), 10).await.is_empty());
    stand.api.resume_queue("default", &seen(2)).await.unwrap();
    assert_eq!(stand.claim_up_to(&worker(1), 10).await.len(), 2);
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_pause_is_bound_to_what_was_seen_and_done_once() {
    let stand = Stand::new().await;
    let pause = store::Command { version: Some(1), ..keyed("key-00001", 1) };
    assert!(!stand.api.pause_queue("default", &pause).await.unwrap().replayed);
    assert!(stand.api.pause_queue("default", &pause).await.unwrap().replayed);
    let stale = stand.api.resume_queue("default", &seen(1)).await;
    assert!(matches!(stale, Err(StoreError::VersionConflict { current: 2 })), "{stale:?}");
    let twice = stand.api.pause_queue("default", &seen(2)).await;
    assert!(matches!(twice, Err(StoreError::Illegal(_))), "{twice:?}");
    let unknown = stand.api.pause_queue("nobody-named-this", &staff()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { what: "queue" })), "{unknown:?}");
    assert_eq!(stand.count("queues WHERE name <> 'default'").await, 0);
    let line = "audit_entries WHERE action = 'queue.pause' AND before_state = 'default: open' AND after_state = 'default: paused'";
    assert_eq!(stand.count(line).await, 1);
}

#[tokio::test]
async fn an_error_has_its_class_until_the_job_succeeds() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    let late = Ending::Failed {
        error: "No answer in time.".into(),
        class: ErrorClass::Timeout,
        permanent: false,
        retry_after: None,
        unsettled: false,
    };
    stand.work.finish(&lease, late, AT_ONCE).await.unwrap();
    assert_eq!(stand.job(lease.job_id).await["error_class"], "timeout");
    let lease = stand.claim(&worker(1)).await.lease;
    assert_eq!(stand.job(lease.job_id).await["error_class"], "timeout", "the last error is still the last");
    stand.leases_run_out().await;
    stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
    assert_eq!(stand.job(lease.job_id).await["error_class"], "worker_lost");
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert!(stand.job(lease.job_id).await["error_class"].is_null());
}

#[tokio::test]
async fn a_worker_tells_what_it_can_do_and_how_the_demo_service_answers() {
    let stand = Stand::new().await;
    let who = worker(1).doing("default", &[JobType::DemoEnable, JobType::Noop], 8);
    let health = ServiceHealth {
        last_ok: Some(Duration::from_secs(30)),
        last_error: Some((Duration::from_secs(2), ErrorClass::Unreachable, "No connection.".into())),
        recent_ok: 3,
        recent_errors: 4,
        latency_ms: Some(12.5),
    };
    assert!(!stand.work.service_seen(who.id, health.clone()).await.unwrap(), "nobody knows this worker yet");
    stand.work.worker_seen(&who, 2).await.unwrap();
    stand.work.worker_seen(&who, 3).await.unwrap();
    assert!(stand.work.service_seen(who.id, health).await.unwrap());
    let row = stand.row("worker_sessions", who.id).await;
    assert_eq!(
        (&row["job_types"], &row["slots"], &row["in_hand"]),
        (&json!(["demo_enable", "noop"]), &json!(8), &json!(3))
    );
    let told = "demo_service_health WHERE last_error_class = 'unreachable' AND recent_ok = 3 AND recent_errors = 4 \
        AND last_error_at > last_ok_at AND latency_ms = 12.5";
    assert_eq!(stand.count(told).await, 1);
    stand.sql("DELETE FROM worker_sessions").await;
    assert_eq!(stand.count("demo_service_health").await, 0, "it goes with its worker");
}
