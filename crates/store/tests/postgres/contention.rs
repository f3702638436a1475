//! Many at once on one user: no deadlock that anybody hears of, no state between the states.

use crate::stand::{AT_ONCE, Stand, TYPES, enable, failed, staff, succeeded, worker};
use rand::{Rng, SeedableRng, rngs::StdRng};
use store::{DemoModeRequest, StoreError, engine::Ending};
use testkit::factories::user;
use uuid::Uuid;

/// What the rules may answer to somebody who comes too late. Anything else is a fault.
fn expected(error: &StoreError) -> bool {
    matches!(error, StoreError::Illegal(_) | StoreError::LeaseLost { .. } | StoreError::VersionConflict { .. })
}

async fn person(stand: &Stand, users: &[Uuid], seed: u64, rounds: u32) {
    let mut dice = StdRng::seed_from_u64(seed);
    for _ in 0..rounds {
        let user = users[dice.random_range(0..users.len())];
        let known = stand.api.demo_status(user).await.unwrap().job_id;
        let answer = match (dice.random_range(0..6), known) {
            (0 | 1, _) => stand.api.change_demo_mode(user, &staff(), enable()).await,
            (2, _) => stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Disable).await,
            (3, _) => stand.api.cancel_demo_mode(user, &staff()).await,
            (4, Some(job)) => stand.api.retry_job(job, &staff()).await,
            (5, Some(job)) => stand.api.cancel_job(job, &staff()).await,
            _ => stand.api.change_demo_mode(user, &staff(), DemoModeRequest::Dismiss).await,
        };
        if let Err(error) = answer {
            assert!(expected(&error), "seed {seed}: {error:?}");
        }
    }
}

async fn works(stand: &Stand, seed: u64, rounds: u32) {
    let mut dice = StdRng::seed_from_u64(seed);
    let who = worker(u32::try_from(seed).unwrap());
    for _ in 0..rounds {
        for claimed in stand.claim_up_to(&who, 2).await {
            let lease = claimed.lease;
            let _ = stand.work.remember_profile(&lease, "prof_x").await.map_err(|e| assert!(expected(&e), "{e:?}"));
            let _ = stand.work.report_progress(&lease, 50, "Half").await.map_err(|e| assert!(expected(&e), "{e:?}"));
            let ending = match dice.random_range(0..6) {
                0 | 1 => succeeded(),
                2 => failed("Busy.", false),
                3 => failed("Refused.", true),
                4 => Ending::Cancelled { touched: dice.random() },
                _ => Ending::HandedBack,
            };
            if dice.random_bool(0.2) {
                continue; // the worker dies: a rescuer must see to it
            }
            if let Err(error) = stand.work.finish(&lease, ending, AT_ONCE).await {
                assert!(expected(&error), "seed {seed}: {error:?}");
            }
        }
    }
}

async fn rescues(stand: &Stand, rounds: u32) {
    for _ in 0..rounds {
        stand
            .sql(
                "UPDATE background_jobs SET lease_expires_at = now() - interval '1 s' \
                 WHERE id IN (SELECT id FROM background_jobs WHERE status = 'running' FOR NO KEY UPDATE SKIP LOCKED)",
            )
            .await;
        stand.work.rescue(TYPES, 10, AT_ONCE).await.unwrap();
        stand.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_workers_and_rescuers_on_the_same_users_end_in_legal_states() {
    let stand = Stand::new().await;
    let mut users = vec![];
    for _ in 0..3 {
        users.push(user().insert(&stand.db).await.id);
    }
    tokio::join!(
        person(&stand, &users, 1, 60),
        person(&stand, &users, 2, 60),
        person(&stand, &users, 3, 60),
        works(&stand, 11, 60),
        works(&stand, 12, 60),
        rescues(&stand, 30),
    );
    stand.assert_sound().await;
    // Everything drains: nobody is left between two states.
    for _ in 0..12 {
        stand.leases_run_out().await;
        stand.work.rescue(TYPES, 100, AT_ONCE).await.unwrap();
        for claimed in stand.claim_up_to(&worker(99), 100).await {
            stand.work.finish(&claimed.lease, succeeded(), AT_ONCE).await.unwrap();
        }
    }
    stand.assert_sound().await;
    assert_eq!(stand.count("users WHERE demo_mode_status IN ('enabling', 'disabling')").await, 0);
    // A connection that ends publishes what it has counted.
    stand.api.pool().close().await;
    stand.work.pool().close().await;
    let met = "pg_stat_database WHERE datname = current_database() AND deadlocks > 0";
    assert_eq!(stand.count(met).await, 0, "locks are taken in one order, so there is nothing to try again");
    let moves = stand.count("job_events").await;
    assert!(moves > 60, "only {moves} moves: this tried too little");
}
