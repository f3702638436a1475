//! A worker that lost its job writes nothing any more, whatever it does.

use crate::stand::{AT_ONCE, Stand, TTL, failed, staff, succeeded, worker};
use state_machine::{JobType, RetryPolicy};
use store::{
    StoreError,
    engine::{Ending, Lease, NewJob, WorkerSession},
};
use testkit::factories::user;
use uuid::Uuid;

/// A demo job of `user` that `old` held and another worker holds now.
async fn stolen(stand: &Stand, user: Uuid, old: &WorkerSession) -> Lease {
    stand.enable(user).await;
    let lease = stand.claim(old).await.lease;
    stand.leases_run_out().await;
    assert_eq!(stand.work.rescue(JobType::ALL, 10, AT_ONCE).await.unwrap().len(), 1);
    let thief = stand.claim(&worker(2)).await;
    assert_eq!((thief.lease.job_id, thief.lease.epoch), (lease.job_id, lease.epoch + 1));
    lease
}

fn lost<T: std::fmt::Debug>(answer: Result<T, StoreError>, lease: &Lease) {
    assert!(matches!(answer, Err(StoreError::LeaseLost { job_id }) if job_id == lease.job_id), "{answer:?}");
}

/// Every way in which a worker writes about a job of a user.
async fn try_everything(stand: &Stand, lease: &Lease) {
    let work = &stand.work;
    for ending in [
        succeeded(),
        failed("Late.", false),
        failed("Late.", true),
        Ending::Cancelled { touched: true },
        Ending::HandedBack,
    ] {
        lost(work.finish(lease, ending, RetryPolicy::default()).await, lease);
    }
    lost(work.report_progress(lease, 99, "Late").await, lease);
    lost(work.remember_profile(lease, "prof_late").await, lease);
    let beat = work.renew(lease.worker_id, vec![(lease.job_id, lease.epoch)], TTL).await.unwrap();
    assert_eq!(beat, store::engine::Renewal::default());
    assert_eq!(work.complete_batch(vec![lease.clone()]).await.unwrap(), Vec::<Uuid>::new());
}

#[tokio::test]
async fn after_another_took_the_job_nothing_of_the_first_is_written() {
    let stand = Stand::new().await;
    let (user, old) = (user().insert(&stand.db).await.id, worker(1));
    let lease = stolen(&stand, user, &old).await;
    let before = stand.everything().await;
    try_everything(&stand, &lease).await;
    // Not even when it says that it is the other worker.
    let thief: Uuid = stand.job(lease.job_id).await["locked_by"].as_str().unwrap().parse().unwrap();
    try_everything(&stand, &Lease { worker_id: thief, ..lease.clone() }).await;
    assert_eq!(stand.everything().await, before);
}

#[tokio::test]
async fn the_right_epoch_of_the_wrong_worker_writes_nothing() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    let before = stand.everything().await;
    try_everything(&stand, &Lease { worker_id: testkit::new_id(), ..lease }).await;
    assert_eq!(stand.everything().await, before);
}

#[tokio::test]
async fn after_the_job_went_back_or_ended_nothing_more_is_written() {
    let stand = Stand::new().await;
    for ending in [Ending::HandedBack, succeeded(), failed("No.", true)] {
        let user = user().insert(&stand.db).await.id;
        stand.enable(user).await;
        let lease = stand.claim(&worker(1)).await.lease;
        stand.work.finish(&lease, ending, AT_ONCE).await.unwrap();
        let before = stand.everything().await;
        try_everything(&stand, &lease).await;
        assert_eq!(stand.everything().await, before);
        stand.sql("UPDATE background_jobs SET run_at = now() + interval '1 day' WHERE status = 'pending'").await;
    }
}

#[tokio::test]
async fn a_removed_job_is_a_lost_lease_too() {
    let stand = Stand::new().await;
    let lease = Lease {
        job_id: testkit::new_id(),
        job_type: JobType::DemoEnable,
        user_id: Some(user().insert(&stand.db).await.id),
        epoch: 1,
        worker_id: testkit::new_id(),
        worker: "test-host:1".into(),
    };
    try_everything(&stand, &lease).await;
}

#[tokio::test]
async fn a_batch_completes_what_is_held_and_names_the_rest() {
    let stand = Stand::new().await;
    for _ in 0..6 {
        stand.api.enqueue(NewJob::new(JobType::Noop)).await.unwrap();
    }
    let who = worker(1);
    let leases: Vec<Lease> = stand.claim_up_to(&who, 6).await.into_iter().map(|job| job.lease).collect();
    // One is taken by another, one by the same worker a second time, one goes back, one is asked to stop.
    for (taken, by) in [(1, worker(2)), (5, who)] {
        stand.work.finish(&leases[taken], Ending::HandedBack, AT_ONCE).await.unwrap();
        assert_eq!(stand.claim(&by).await.lease.job_id, leases[taken].job_id);
    }
    stand.work.finish(&leases[0], Ending::HandedBack, AT_ONCE).await.unwrap();
    stand.api.cancel_job(leases[2].job_id, &staff()).await.unwrap();
    let gone = [&leases[0], &leases[1], &leases[5]];
    let mut lost_before = vec![];
    for lease in gone {
        lost_before.push(stand.job(lease.job_id).await);
    }
    let mut done = stand.work.complete_batch(leases.clone()).await.unwrap();
    done.sort_unstable();
    let mut held: Vec<_> = leases[2..5].iter().map(|lease| lease.job_id).collect();
    held.sort_unstable();
    assert_eq!(done, held);
    for (lease, before) in gone.into_iter().zip(lost_before) {
        assert_eq!(stand.job(lease.job_id).await, before);
    }
    assert_eq!(stand.events(leases[3].job_id).await, ["enqueue", "start", "succeed"]);
    assert_eq!(stand.work.complete_batch(leases).await.unwrap(), Vec::<Uuid>::new(), "once only");
    assert_eq!(stand.work.complete_batch(vec![]).await.unwrap(), Vec::<Uuid>::new());
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_batch_never_completes_the_job_of_a_user() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    assert!(stand.work.complete_batch(vec![lease]).await.unwrap().is_empty());
    assert_eq!(stand.user(user).await["demo_mode_status"], "enabling");
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_heartbeat_renews_what_is_held_and_nothing_else() {
    let stand = Stand::new().await;
    for _ in 0..3 {
        stand.api.enqueue(NewJob::new(JobType::Noop)).await.unwrap();
    }
    let who = worker(1);
    let leases: Vec<Lease> = stand.claim_up_to(&who, 3).await.into_iter().map(|job| job.lease).collect();
    stand.leases_run_out().await;
    let mut asked: Vec<_> = leases.iter().map(|lease| (lease.job_id, lease.epoch)).collect();
    asked[0].1 += 1;
    asked.pop();
    let beat = stand.work.renew(who.id, asked, TTL).await.unwrap();
    assert_eq!((beat.held, beat.cancel_requested), (vec![leases[1].job_id], vec![]));
    assert_eq!(stand.count("background_jobs WHERE lease_expires_at > now() + interval '55 s'").await, 1);
}
