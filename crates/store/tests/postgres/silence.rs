//! Connections whose other side vanished without a word: they are given up, and their places in the pool are free again.

use crate::stand::{Stand, enable, settings, staff};
use std::time::Duration;
use store::{DemoModeRequest, PoolSettings, Store, StoreError};
use testkit::{FaultProxy, Faults, Role, Swallow, Then, factories::user, wait_until};
use uuid::Uuid;

const CONNECTIONS: u32 = 3;
/// For what a pool of ours is waited, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(60);

async fn through(stand: &Stand) -> (FaultProxy, Store) {
    let proxy = FaultProxy::start(stand.db.server_address().await).await.unwrap();
    let limits = PoolSettings {
        max: CONNECTIONS,
        acquire_timeout: Duration::from_secs(3),
        statement_timeout: Duration::from_secs(1),
        ..settings()
    };
    let api = Store::connect(&stand.db.url_through(Role::Api, proxy.address()), limits).await.unwrap();
    (proxy, api)
}

async fn users(stand: &Stand) -> Vec<Uuid> {
    let mut users = vec![];
    for _ in 0..CONNECTIONS {
        users.push(user().insert(&stand.db).await.id);
    }
    users
}

/// Every place in the pool can be taken, at once.
async fn assert_all_places_free(api: &Store) {
    wait_until("every connection is back or gone", PATIENCE, async || {
        api.pool().num_idle() == api.pool().size() as usize
    })
    .await;
    let mut held = vec![];
    for _ in 0..CONNECTIONS {
        held.push(api.pool().acquire().await.unwrap());
    }
    drop(held);
    wait_until("every connection rests", PATIENCE, async || {
        api.pool().num_idle() == CONNECTIONS as usize && api.pool().size() == CONNECTIONS
    })
    .await;
}

async fn in_parallel(api: &Store, users: &[Uuid], request: &DemoModeRequest) -> Vec<bool> {
    let asked: Vec<_> = users
        .iter()
        .map(|&user| {
            let (api, request) = (api.clone(), request.clone());
            tokio::spawn(async move { api.change_demo_mode(user, &staff(), request).await })
        })
        .collect();
    let mut silent = vec![];
    for answer in asked {
        match tokio::time::timeout(PATIENCE, answer).await.expect("an answer, not silence").unwrap() {
            Ok(_) => silent.push(false),
            Err(StoreError::Unavailable(_)) => silent.push(true),
            Err(other) => panic!("{other:?}"),
        }
    }
    silent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_open_connections_are_given_up_and_leave_their_places() {
    let stand = Stand::new().await;
    let (proxy, api) = through(&stand).await;
    let users = users(&stand).await;
    for (requests, replies) in [(true, true), (true, false), (false, true)] {
        assert_all_places_free(&api).await; // as many connections as there are places
        proxy.requests().set(Faults { stalled: requests, ..Faults::default() });
        proxy.replies().set(Faults { stalled: replies, ..Faults::default() });
        for read in [true, false] {
            if read {
                let asked = users.iter().map(|&user| {
                    let api = api.clone();
                    tokio::spawn(async move { api.demo_status(user).await })
                });
                for answer in asked.collect::<Vec<_>>() {
                    let answer = tokio::time::timeout(PATIENCE, answer).await.expect("an answer, not silence").unwrap();
                    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
                }
            } else {
                assert_eq!(in_parallel(&api, &users, &enable()).await, [true; CONNECTIONS as usize]);
            }
        }
        // They are closed while they are silent still, and nothing comes from them any more.
        wait_until("none is left", PATIENCE, async || api.pool().size() == 0).await;
        proxy.heal();
        assert_all_places_free(&api).await;
        api.demo_status(users[0]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_commit_costs_no_place_in_the_pool() {
    let stand = Stand::new().await;
    let (proxy, api) = through(&stand).await;
    let users = users(&stand).await;
    // One after the other, as many as there are places: each connection stays open and says nothing any more.
    for &user in &users {
        let lost = proxy.swallowed();
        proxy.swallow(Swallow::reply_to("COMMIT").then(Then::Silence));
        let answer = api.change_demo_mode(user, &staff(), enable()).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        assert_eq!(proxy.swallowed(), lost + 1);
    }
    assert_all_places_free(&api).await;
    assert_eq!(
        stand.count("background_jobs").await,
        i64::from(CONNECTIONS),
        "each was committed, and nobody heard of it"
    );
    stand.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_falls_silent_as_it_is_given_back_leaves_its_place() {
    let stand = Stand::new().await;
    let (proxy, api) = through(&stand).await;
    let mut held = vec![];
    for _ in 0..CONNECTIONS {
        held.push(api.pool().acquire().await.unwrap());
    }
    proxy.stall();
    drop(held);
    wait_until("every place is free", PATIENCE, async || {
        api.pool().num_idle() == api.pool().size() as usize && api.pool().size() == 0
    })
    .await;
    proxy.heal();
    assert_all_places_free(&api).await;
    tokio::time::timeout(PATIENCE, api.pool().close()).await.expect("the pool closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_no_command_and_no_rested_read_meets_a_dead_connection() {
    let stand = Stand::new().await;
    let (proxy, api) = through(&stand).await;
    let users = users(&stand).await;
    let restart = async || {
        assert_all_places_free(&api).await;
        let before = proxy.accepted_connections();
        proxy.reset_all();
        wait_until("they are gone", PATIENCE, async || proxy.open_connections() == 0).await;
        before
    };
    // Commands, as soon as it is back: a transaction that cannot begin has asked for nothing.
    let before = restart().await;
    assert_eq!(in_parallel(&api, &users, &enable()).await, [false; CONNECTIONS as usize]);
    assert!(proxy.accepted_connections() > before, "connections were made anew");
    // One command finds out; reads at the same moment are not sent to the other dead ones.
    restart().await;
    api.cancel_demo_mode(users[0], &staff()).await.unwrap();
    for &user in &users {
        api.demo_status(user).await.unwrap();
    }
    // Nobody asked for anything meanwhile: the first read finds out for itself.
    restart().await;
    tokio::time::sleep(Duration::from_millis(600)).await; // rested long enough to be in doubt; nothing to await on
    for &user in &users {
        api.demo_status(user).await.unwrap();
    }
}
