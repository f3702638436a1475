//! The worker goes on after a fault at any of its points, and stops cleanly under load.

use crate::stand::{AT_ONCE, POLL, Stand, staff};
use repruv_server::worker::{DemoDisable, DemoEnable, EngineSettings, JobContext, JobError, JobHandler};
use state_machine::JobType;
use std::time::Duration;
use store::{
    engine::{ClaimedJob, NewJob},
    faults::{self, POINTS},
};
use testkit::{factories::user, wait_until};
use tokio_util::sync::CancellationToken;

/// Steps that a worker takes on the way to enabled and back. The others are the API's, or of a stop.
const ON_THE_WAY: &[&str] =
    &["claim", "heartbeat", "progress", "finish", "remember", "enable", "disable", "work", "transaction"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_error_at_any_point_a_real_worker_brings_the_user_on_and_off() {
    let stand = Stand::new().await;
    let worker = stand.worker(Stand::engine());
    for point in POINTS {
        let step = point.split_once('.').expect("step.moment").0;
        if !ON_THE_WAY.contains(&step) {
            continue;
        }
        let user = user().insert(&stand.db).await.id;
        let before = faults::hits(point);
        let armed = faults::arm(point, "1*return(error)");
        stand.enable(user).await;
        stand.becomes(user, "enabled", point).await;
        stand.disable(user).await;
        stand.becomes(user, "disabled", point).await;
        if !["transaction", "heartbeat"].contains(&step) {
            assert!(faults::hits(point) > before, "{point} was not passed");
        }
        drop(armed);
    }
    worker.stop(std::future::pending()).await;
    let (made, removed) = stand.effects();
    assert_eq!(made, removed, "one profile a user, all of them removed");
    assert_eq!(made as i64, stand.count("users").await, "however often it was tried");
}

fn context(stand: &Stand, job: ClaimedJob) -> JobContext {
    let (cancelled, stopped) = (CancellationToken::new(), CancellationToken::new());
    JobContext { job, store: stand.work.clone(), cancelled, stopped }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_a_dead_worker_made_is_removed_after_a_cancel() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.enable(user).await;
    // The service has made it; before it could be written down the worker is gone.
    let dead = faults::arm("enable.made", "1*return(error)");
    let enable = DemoEnable::new(stand.service.clone(), POLL);
    let cut = enable.run(context(&stand, stand.claim(1).await)).await;
    assert!(matches!(cut, Err(JobError::Retry { .. })), "{cut:?}");
    drop(dead);
    assert_eq!(stand.effects(), (1, 0));
    stand.sql("UPDATE background_jobs SET lease_expires_at = now() - interval '1 s' WHERE status = 'running'").await;
    stand.work.rescue(JobType::ALL, 10, AT_ONCE).await.expect("a rescue");
    stand.api.cancel_demo_mode(user, &staff()).await.expect("a cancel");
    assert_eq!(stand.status(user).await, "disabling");
    let removal = context(&stand, stand.claim(2).await);
    let lease = removal.job.lease.clone();
    let result = DemoDisable::new(stand.service.clone(), POLL).run(removal).await.expect("removed");
    stand.work.finish(&lease, store::engine::Ending::Succeeded { result }, AT_ONCE).await.expect("finished");
    assert_eq!(stand.effects(), (1, 1), "the one that was made is removed");
    assert_eq!(stand.status(user).await, "disabled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_an_earlier_time_left_behind_is_removed_before_a_new_one_is_made() {
    let stand = Stand::new().await;
    let (stays, stops) = (user().insert(&stand.db).await.id, user().insert(&stand.db).await.id);
    for user in [stays, stops] {
        let choice = serde_json::json!({ "profile_type": "brand" });
        let old = stand.service.create(&format!("of-old-{user}"), &choice).await.expect("made").profile_id;
        sqlx::query("UPDATE users SET demo_profile_id = $2 WHERE id = $1")
            .bind(user)
            .bind(&old)
            .execute(stand.db.owner())
            .await
            .expect("left over");
        stand.enable(user).await;
        assert_eq!(stand.api.demo_status(user).await.expect("a user").profile_id, Some(old), "not forgotten");
    }
    // One is stopped before it begins: what was left over is removed all the same.
    stand.api.cancel_demo_mode(stops, &staff()).await.expect("a cancel");
    let worker = stand.worker(Stand::engine());
    stand.becomes(stays, "enabled", "an old profile").await;
    stand.becomes(stops, "disabled", "an old profile and a stop").await;
    assert_eq!(stand.effects(), (3, 2), "two old ones are gone, a new one is there");
    worker.stop(std::future::pending()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_told_to_stop_claims_no_more_and_leaves_no_lease() {
    let stand = Stand::new().await;
    for round in 0..rounds() {
        for _ in 0..3 {
            let user = user().insert(&stand.db).await.id;
            stand.enable(user).await;
        }
        // Without grace the jobs in hand are handed back; with it they finish. Both under load.
        let grace = if round % 2 == 0 { Duration::ZERO } else { Duration::from_secs(5) };
        let worker = stand.worker(EngineSettings { grace, ..Stand::engine() });
        wait_until("a job is in hand", Duration::from_secs(60), async || {
            stand.count("background_jobs WHERE status = 'running'").await > 0
        })
        .await;
        worker.stop(std::future::pending()).await;
        let late = "job_events e JOIN worker_sessions s ON e.actor = s.host || ':' || s.pid \
                    WHERE e.event = 'start' AND e.at > s.stopped_at";
        assert_eq!(stand.count("background_jobs WHERE status = 'running'").await, 0, "round {round}: orphan leases");
        assert_eq!(stand.count("background_jobs WHERE status = 'pending' AND attempt > 0").await, 0, "no attempt used");
        if round == 0 {
            assert_eq!(stand.count(late).await, 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_trusts_hints_alone_is_told_from_one_that_looks() {
    let stand = Stand::new().await;
    let deaf = || EngineSettings { push: false, ..Stand::engine() };
    for planted in [false, true] {
        let sown = planted.then(|| faults::plant("listener-loss-without-reread"));
        let asked = faults::hits("claim.after");
        let worker = stand.worker(deaf());
        wait_until("it has looked once", Duration::from_secs(60), async || faults::hits("claim.after") > asked).await;
        stand.api.enqueue(NewJob::new(JobType::Noop)).await.expect("a job");
        let done = wait_for_job(&stand).await;
        assert_eq!(done, !planted);
        worker.stop(std::future::pending()).await;
        drop(sown);
    }
}

/// Whether the job is done within 40 polls.
async fn wait_for_job(stand: &Stand) -> bool {
    let until = std::time::Instant::now() + Stand::engine().poll * 40;
    while std::time::Instant::now() < until {
        if stand.count("background_jobs WHERE status <> 'completed'").await == 0 {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

/// `FAULT_ROUNDS=200` for the long run.
fn rounds() -> u32 {
    std::env::var("FAULT_ROUNDS").ok().map_or(4, |rounds| rounds.parse().expect("FAULT_ROUNDS is a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_are_cancelled_at_any_moment_leave_no_transaction_open() {
    let stand = Stand::new().await;
    let worker = stand.worker(Stand::engine());
    let mut users = vec![];
    for n in 0..20 * rounds() {
        let user = user().insert(&stand.db).await.id;
        stand.enable(user).await;
        tokio::time::sleep(Duration::from_millis(u64::from(n * 7 % 60))).await;
        // Perhaps it is over already; then there is nothing to stop.
        let _ = stand.api.cancel_demo_mode(user, &staff()).await;
        users.push(user);
    }
    wait_until("all have ended", Duration::from_secs(60), async || {
        stand.count("background_jobs WHERE completed_at IS NULL").await == 0
    })
    .await;
    let open = "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    wait_until("none is open", Duration::from_secs(60), async || stand.count(open).await == 0).await;
    for user in users {
        let status = stand.status(user).await;
        assert!(["disabled", "enabled"].contains(&status.as_str()), "{status}");
    }
    worker.stop(std::future::pending()).await;
}
