//! Every failpoint, with every fault: a step that is cut anywhere leaves a legal state from which the others go on, and a
//! step that is done again changes nothing twice.

use crate::{
    scenes::{Scene, connections_die, turn},
    stand::Stand,
};
use std::sync::Arc;
use store::faults::{self, POINTS};

/// Points that the store cannot pass by itself; the tests of the worker pass them.
const IN_THE_WORKER: &[&str] = &["enable", "disable", "work"];

/// A lost connection, a deadlock, and a refusal that no retry heals.
const FAULTS: &[&str] = &["error", "40P01", "XX000"];

/// (step, point) of all that the store passes.
fn points() -> impl Iterator<Item = (&'static str, &'static str)> {
    let named = POINTS.iter().map(|point| (point.split_once('.').expect("step.moment").0, *point));
    named.filter(|(step, _)| !IN_THE_WORKER.contains(step))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_at_any_point_leaves_a_state_from_which_all_goes_on() {
    let _turn = turn().await;
    let stand = Arc::new(Stand::new().await);
    for (step, point) in points() {
        for fault in FAULTS {
            let (scene, before) = (Scene::before(&stand, step).await, faults::hits(point));
            let armed = faults::arm(point, &format!("1*return({fault})"));
            let cut = scene.act().await;
            assert!(faults::hits(point) > before, "the step `{step}` does not pass {point}");
            stand.assert_sound().await;
            drop(armed);
            // Again, as a caller does who knows nothing of what became of it; and once more.
            for _ in 0..2 {
                let again = scene.act().await;
                let told = matches!(&again, Ok(_) | Err(store::StoreError::LeaseLost { .. }));
                assert!(told, "{point} {fault}: {cut:?}, then {again:?}");
                stand.assert_sound().await;
            }
            scene.others_go_on().await;
            scene.assert_settled().await;
            assert_done_once(&scene, point).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_at_any_point_leaves_a_state_from_which_the_others_go_on() {
    let _turn = turn().await;
    let stand = Arc::new(Stand::new().await);
    for (step, point) in points() {
        let scene = Arc::new(Scene::before(&stand, step).await);
        let held = faults::hold(point);
        let dying = tokio::spawn({
            let scene = scene.clone();
            async move { scene.act().await }
        });
        held.reached().await;
        if !point.ends_with("after_commit") && !["before", "after", "found"].iter().any(|at| point.ends_with(at)) {
            connections_die(&stand).await;
        }
        stand.assert_sound().await;
        scene.others_go_on().await;
        let all = stand.everything().await;
        held.release();
        // What is left of it wakes up late: it may still claim or ask, as anybody may, but it writes for nobody else.
        let late = dying.await.unwrap();
        if scene.lease.is_some() {
            assert_eq!(stand.everything().await, all, "{point}: {late:?}");
        }
        stand.assert_sound().await;
        scene.others_go_on().await;
        scene.assert_settled().await;
    }
}

/// However often the step was tried, it is there once.
async fn assert_done_once(scene: &Scene, point: &str) {
    let (stand, user) = (&scene.stand, scene.user);
    match scene.step.as_str() {
        "command" => {
            for one in ["audit_entries WHERE user_id", "command_receipts WHERE right(key, 36)::uuid"] {
                assert_eq!(stand.count(&format!("{one} = '{user}'")).await, 1, "{point}: {one}");
            }
            assert_eq!(stand.count(&format!("background_jobs WHERE user_id = '{user}'")).await, 1, "{point}");
        }
        "enqueue" => {
            let live_or_done = format!("background_jobs WHERE dedupe_key = 'key-of-{user}'");
            assert_eq!(stand.count(&live_or_done).await, 1, "{point}");
        }
        "bulk" => {
            let ended =
                "(SELECT FROM job_events WHERE event = 'manual_retry' GROUP BY job_id HAVING count(*) > 1) AS twice";
            assert_eq!(stand.count(ended).await, 0, "{point}");
        }
        _ => {
            let twice = "(SELECT FROM job_events WHERE to_status IN ('completed', 'failed', 'cancelled') \
                         AND job_id NOT IN (SELECT job_id FROM job_events WHERE event = 'manual_retry') \
                         GROUP BY job_id HAVING count(*) > 1) AS twice";
            assert_eq!(stand.count(twice).await, 0, "{point}");
        }
    }
}
