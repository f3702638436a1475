//! Every planted bug does harm that a test can see: without it all is well, with it something is broken. A test that could
//! not tell the two builds apart would prove nothing.

use crate::{
    access,
    fencing::changed_by_the_stale,
    scenes::{Scene, broken, somebody_waits, turn},
    stand::{AT_ONCE, Stand, TTL, TYPES, enable, keyed, staff, worker},
};
use std::{sync::Arc, time::Duration};
use store::faults::{self, PLANTED};
use testkit::factories::user;

/// Whether this bug's harm is there.
async fn harm(bug: &str) -> bool {
    let stand = Arc::new(Stand::new().await);
    match bug {
        "finish-without-epoch" => changed_by_the_stale(&stand, "finish", "finish.begun").await > 0,
        "fail-without-epoch" => changed_by_the_stale(&stand, "retry", "retry.begun").await > 0,
        "heartbeat-without-epoch" => changed_by_the_stale(&stand, "heartbeat", "heartbeat.before").await > 0,
        "rows-affected-ignored" => changed_by_the_stale(&stand, "finish", "finish.begun").await > 0,
        "rescue-by-id-only" => rescues_a_job_that_was_renewed(&stand).await,
        "rescue-forgets-user" => {
            let scene = Scene::before(&stand, "rescue").await;
            stand.sql("UPDATE background_jobs SET max_attempts = 1").await;
            scene.act().await.unwrap();
            !broken(&stand).await.is_empty()
        }
        "ack-before-commit" => {
            let scene = Scene::before(&stand, "command").await;
            scene.act().await.unwrap();
            stand.count("command_receipts").await == 0
        }
        "audit-apart" => {
            let scene = Scene::before(&stand, "command").await;
            let _armed = faults::arm("command.before_commit", "1*return(XX000)");
            assert!(scene.act().await.is_err());
            stand.count("background_jobs").await > stand.count("audit_entries").await
        }
        "worker-clock-leases" => {
            let scene = Scene::before(&stand, "heartbeat").await;
            faults::turn_worker_clock(-3_600.0);
            scene.act().await.unwrap();
            faults::turn_worker_clock(0.0);
            stand.count("background_jobs WHERE lease_expires_at < now()").await > 0
        }
        "attempts-at-completion" => survives_more_deaths_than_it_may(&stand).await,
        "idempotency-without-index" => both_of_two_at_once_are_done(&stand).await,
        "revoked-session-accepted" => access::goes_on_when_revoked(&stand).await,
        "revoke-all-without-lock" => access::signs_in_past_a_revoke(&stand).await,
        "reuse-forgiven" => access::two_hands_go_on(&stand).await,
        "ended-login-stays" => access::login_outlives_its_session(&stand).await,
        // Shown by a real worker, in the server's tests.
        "listener-loss-without-reread" => faults::planted(bug),
        unknown => panic!("no test shows the harm of {unknown}"),
    }
}

async fn rescues_a_job_that_was_renewed(stand: &Arc<Stand>) -> bool {
    let scene = Arc::new(Scene::before(stand, "rescue").await);
    let held = faults::hold("rescue.found");
    let rescuing = tokio::spawn({
        let scene = scene.clone();
        async move { scene.stand.work.rescue(TYPES, 10, AT_ONCE).await }
    });
    held.reached().await;
    let lease = scene.lease.as_ref().unwrap();
    let beat = stand.work.renew(scene.who.id, vec![(lease.job_id, lease.epoch)], TTL).await.unwrap();
    assert_eq!(beat.held, [lease.job_id]);
    held.release();
    !rescuing.await.unwrap().unwrap().is_empty()
}

async fn survives_more_deaths_than_it_may(stand: &Arc<Stand>) -> bool {
    let scene = Scene::before(stand, "claim").await;
    for death in 0..=5 {
        if stand.claim_up_to(&worker(death), 1).await.is_empty() {
            return false;
        }
        stand.leases_run_out().await;
        stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
    }
    stand.user(scene.user).await["demo_mode_status"] == "enabling"
}

async fn both_of_two_at_once_are_done(stand: &Arc<Stand>) -> bool {
    let user = user().insert(&stand.db).await.id;
    let held = faults::hold("command.receipted");
    let ask = |stand: Arc<Stand>| async move {
        stand.api.change_demo_mode(user, &keyed("one-key-for-both", 1), enable()).await
    };
    let first = tokio::spawn(ask(stand.clone()));
    held.reached().await;
    let second = tokio::spawn(ask(stand.clone()));
    somebody_waits(stand).await;
    held.release();
    let answers = [first.await.unwrap(), second.await.unwrap()];
    !answers.iter().any(|answer| answer.as_ref().is_ok_and(|done| done.replayed))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_planted_bug_does_harm_that_a_test_sees() {
    let _turn = turn().await;
    for bug in PLANTED {
        assert!(!harm(bug).await, "{bug}: harm without the bug");
        let sown = faults::plant(bug);
        assert!(harm(bug).await, "{bug}: no harm is seen");
        drop(sown);
        println!("{bug}: seen");
    }
}

#[tokio::test]
async fn nothing_is_planted_and_nothing_armed_unless_asked_for() {
    let _turn = turn().await;
    assert!(!PLANTED.iter().any(|bug| faults::planted(bug)));
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.api.change_demo_mode(user, &staff(), enable()).await.unwrap();
    testkit::wait_until("its line is there", Duration::from_secs(30), async || stand.count("audit_entries").await == 1)
        .await;
}
