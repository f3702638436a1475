//! Jobs whose worker is gone or hangs.

use crate::stand::{AT_ONCE, DEADLINE, Stand, TTL, TYPES, staff, worker};
use state_machine::{JobEvent, JobStatus, JobType, RetryPolicy};
use std::time::Duration;
use store::{
    DemoModeRequest,
    engine::{Front, NewJob},
};
use testkit::factories::{job, user};

#[tokio::test]
async fn the_job_of_a_dead_worker_runs_again_with_its_attempt_consumed() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    assert!(stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap().is_empty(), "its lease still stands");
    stand.leases_run_out().await;
    let rescued = stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
    assert_eq!(rescued.len(), 1);
    assert_eq!((rescued[0].0, rescued[0].1.event), (lease.job_id, JobEvent::Rescue));
    assert_eq!(stand.user(user).await["demo_mode_status"], "enabling");
    assert_eq!(stand.job(lease.job_id).await["error_message"], "The worker was lost while it worked on this.");
    stand.assert_sound().await;
    assert_eq!(stand.claim(&worker(2)).await.attempt, 2);
    let actor: String = sqlx::query_scalar("SELECT actor FROM job_events WHERE event = 'rescue'")
        .fetch_one(stand.db.owner())
        .await
        .unwrap();
    assert_eq!(actor, "system");
}

#[tokio::test]
async fn work_that_hangs_is_given_up_at_its_deadline_although_its_worker_lives() {
    let stand = Stand::new().await;
    let made = job().overdue().insert(&stand.db).await.id;
    let rescued = stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
    assert_eq!(rescued[0].1.status, JobStatus::Pending);
    assert!(stand.job(made).await["error_message"].as_str().unwrap().contains("longer than its limit"));
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_poison_job_runs_out_of_attempts_and_its_user_is_told() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let job_id = stand.enable(user).await;
    for attempt in 1..=5 {
        assert_eq!(stand.claim(&worker(attempt)).await.attempt, attempt);
        stand.leases_run_out().await;
        let rescued = stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
        assert_eq!(rescued[0].1.event, if attempt == 5 { JobEvent::Fail } else { JobEvent::Rescue });
        stand.assert_sound().await;
    }
    assert!(stand.claim_up_to(&worker(6), 10).await.is_empty(), "it cannot loop");
    assert_eq!(stand.job(job_id).await["status"], "failed");
    let row = stand.user(user).await;
    assert_eq!((&row["demo_mode_status"], row["demo_mode_error"].is_string()), (&"failed".into(), true));
}

#[tokio::test]
async fn the_rescue_of_a_last_attempt_with_a_profile_keeps_it_for_removal() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(user, &worker(1)).await;
    stand.sql("UPDATE background_jobs SET max_attempts = 1").await;
    stand.leases_run_out().await;
    stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
    let row = stand.user(user).await;
    assert_eq!((&row["demo_mode_status"], &row["demo_profile_id"]), (&"failed".into(), &"prof_1".into()));
    let done = stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Disable).await.unwrap();
    assert_ne!(done.job_id, Some(lease.job_id));
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_stop_that_was_asked_of_a_dead_worker_is_carried_out() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(user, &worker(1)).await;
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    stand.leases_run_out().await;
    let rescued = stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
    assert_eq!((rescued[0].0, rescued[0].1.status), (lease.job_id, JobStatus::Cancelled));
    assert_eq!(stand.user(user).await["demo_mode_status"], "disabling", "what it made is removed");
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_user_who_is_held_by_somebody_holds_up_no_other_rescue() {
    let stand = Stand::new().await;
    let who = worker(1);
    let mut users = vec![];
    for _ in 0..3 {
        let user = user().insert(&stand.db).await.id;
        stand.enable(user).await;
        users.push(user);
    }
    let jobs = stand.claim_up_to(&who, 3).await;
    stand.leases_run_out().await;
    let mut held = stand.db.owner().begin().await.unwrap();
    sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE")
        .bind(users[0])
        .execute(&mut *held)
        .await
        .unwrap();
    let rescued = stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
    assert_eq!(rescued.len(), 2, "the held one is passed over, the others are not");
    let theirs = jobs.iter().find(|job| job.lease.user_id == Some(users[0])).unwrap().lease.clone();
    assert_eq!(stand.job(theirs.job_id).await["status"], "running");
    // A heartbeat in the meantime keeps it; without one the next round takes it.
    let beat = stand.work.renew(who.id, vec![(theirs.job_id, theirs.epoch)], TTL).await.unwrap();
    assert_eq!(beat.held, [theirs.job_id]);
    held.rollback().await.unwrap();
    assert!(stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap().is_empty());
    stand.leases_run_out().await;
    assert_eq!(stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap()[0].0, theirs.job_id);
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_user_who_is_held_for_a_moment_is_rescued_in_the_same_round() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    stand.claim(&worker(1)).await;
    stand.leases_run_out().await;
    let mut held = stand.db.owner().begin().await.unwrap();
    sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE").bind(user).execute(&mut *held).await.unwrap();
    let work = stand.work.clone();
    let rounds = tokio::spawn(async move {
        loop {
            let rescued = work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
            if !rescued.is_empty() {
                return rescued.len();
            }
        }
    });
    held.rollback().await.unwrap();
    assert_eq!(rounds.await.unwrap(), 1);
    stand.assert_sound().await;
}

#[tokio::test]
async fn many_rescuers_consume_one_attempt() {
    let stand = Stand::new().await;
    for _ in 0..20 {
        job().orphaned().insert(&stand.db).await;
    }
    let mut rescuers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let work = stand.work.clone();
        rescuers.spawn(async move { work.rescue(TYPES, 100, AT_ONCE).await.unwrap().len() });
    }
    let rescued: usize = rescuers.join_all().await.into_iter().sum();
    assert_eq!(rescued, 20);
    assert_eq!(stand.count("background_jobs WHERE status = 'pending' AND attempt = 1").await, 20);
    assert_eq!(stand.count("job_events WHERE event = 'rescue'").await, 20);
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_rescue_keeps_to_its_limit_its_types_and_its_backoff() {
    let stand = Stand::new().await;
    for _ in 0..3 {
        job().orphaned().insert(&stand.db).await;
    }
    job().job_type("made_by_a_newer_build").orphaned().insert(&stand.db).await;
    let slow = RetryPolicy { base_ms: 60_000, cap_ms: 60_000, floor_ms: 60_000 };
    assert_eq!(stand.work.rescue(TYPES, 2, slow).await.unwrap().len(), 2);
    assert_eq!(stand.count("background_jobs WHERE status = 'pending' AND run_at > now() + interval '50 s'").await, 2);
    assert_eq!(stand.work.rescue(TYPES, 10, slow).await.unwrap().len(), 1);
    assert_eq!(stand.count("background_jobs WHERE status = 'running'").await, 1, "left to the build that knows it");
}

#[tokio::test]
async fn a_rescue_needs_no_row_of_a_worker() {
    let stand = Stand::new().await;
    stand.api.enqueue(NewJob::new(JobType::Noop)).await.unwrap();
    let none = stand.work.claim(&worker(9), &Front::new("default", TYPES), 1, Duration::ZERO, DEADLINE).await.unwrap();
    assert_eq!(none.len(), 1);
    assert_eq!(stand.count("worker_sessions").await, 0);
    assert_eq!(stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap().len(), 1);
}
