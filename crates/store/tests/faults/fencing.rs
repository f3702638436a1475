//! A worker stands still in the midst of each of its writes, loses the job to another, and goes on: it changes nothing.
//! `FAULT_ROUNDS=100` for the long run.

use crate::{
    scenes::{Scene, rounds, turn},
    stand::{AT_ONCE, Stand, succeeded},
};
use std::sync::Arc;
use store::{StoreError, faults};

/// Every write of a worker, by the last point before it.
pub const SITES: &[(&str, &str)] = &[
    ("heartbeat", "heartbeat.before"),
    ("progress", "progress.before"),
    ("remember", "remember.begun"),
    ("finish", "finish.begun"),
    ("batch", "batch.before"),
    ("fail", "fail.begun"),
    ("retry", "retry.begun"),
    ("hand_back", "hand_back.begun"),
    ("cancel", "cancel.begun"),
    ("bulk", "bulk.begun"),
];

/// Tables that the stale worker changed, of `users`, `background_jobs`, `job_events`, `audit_entries` and receipts.
pub async fn changed_by_the_stale(stand: &Arc<Stand>, step: &str, point: &str) -> usize {
    let scene = Arc::new(Scene::before(stand, step).await);
    let held = faults::hold(point);
    let stale = tokio::spawn({
        let scene = scene.clone();
        async move { scene.act().await }
    });
    held.reached().await;
    let thief = match step {
        // A stop that was asked for ends the job at its rescue; nobody gets it any more.
        "cancel" => {
            stand.leases_run_out().await;
            assert_eq!(stand.work.rescue(crate::stand::TYPES, 10, AT_ONCE).await.unwrap().len(), 1);
            None
        }
        _ => Some(scene.steal().await),
    };
    let before = stand.everything().await;
    held.release();
    let answer = stale.await.unwrap();
    let after = stand.everything().await;
    let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
    if changed == 0 {
        let told = matches!(&answer, Err(StoreError::LeaseLost { .. }));
        assert!(told || ["heartbeat", "batch"].contains(&step), "{step}: the stale worker was told {answer:?}");
        if let Some(lease) = thief {
            stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
        }
        scene.others_go_on().await;
        scene.assert_settled().await;
    }
    changed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_stood_still_changes_nothing_when_it_wakes() {
    let _turn = turn().await;
    let stand = Arc::new(Stand::new().await);
    let rounds = rounds();
    for (step, point) in SITES {
        let mut changed = 0;
        for _ in 0..rounds {
            changed += changed_by_the_stale(&stand, step, point).await;
        }
        println!("{step}: {rounds} rounds, {changed} tables changed by the stale worker");
        assert_eq!(changed, 0, "{step}");
    }
}
