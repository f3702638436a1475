//! A caller may go away at any moment: no connection is left inside a transaction, nothing is half done.

use crate::stand::{Stand, enable, settings, staff};
use rand::{Rng, SeedableRng, rngs::StdRng};
use sqlx::Connection;
use state_machine::JobType;
use std::time::{Duration, Instant};
use store::{DemoModeRequest, PoolSettings, Store, engine::NewJob};
use testkit::{Role, TestDb, factories::user};

/// Drops wanted; fewer when the time is over first.
const DROPS: u32 = 10_000;
const TIME_MAX: Duration = Duration::from_secs(8);

/// The sections go on to their end; then no connection of the pool is inside a transaction.
async fn assert_none_open(stand: &Stand, store: &Store, drops: u32) {
    given_back(store).await;
    let open = "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(stand.count(open).await, 0, "after {drops} drops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_go_away_leave_no_transaction_open() {
    let stand = Stand::new().await;
    let store = Store::connect(&stand.db.url(Role::Api), PoolSettings { max: 4, ..settings() }).await.unwrap();
    let user = user().insert(&stand.db).await.id;
    let (mut dice, begun, mut drops) = (StdRng::seed_from_u64(42), Instant::now(), 0_u32);
    while drops < DROPS && begun.elapsed() < TIME_MAX {
        let after = Duration::from_micros(dice.random_range(0..800));
        let which = dice.random_range(0..4);
        let call = async {
            let command = staff();
            match which {
                0 => drop(store.change_demo_mode(user, &command, enable()).await),
                1 => drop(store.cancel_demo_mode(user, &command).await),
                2 => drop(store.demo_status(user).await),
                _ => drop(store.change_demo_mode(user, &command, DemoModeRequest::Disable).await),
            }
        };
        if tokio::time::timeout(after, call).await.is_err() {
            drops += 1;
            // Often, because the next transaction on a connection would close what the last one left open.
            if drops % 20 == 0 {
                assert_none_open(&stand, &store, drops).await;
            }
        }
    }
    assert!(drops >= 300, "only {drops} calls were dropped: this tried too little");
    assert_none_open(&stand, &store, drops).await;
    let mut held = vec![];
    for _ in 0..store.pool().size() {
        held.push(store.pool().acquire().await.unwrap());
    }
    for connection in &mut held {
        connection.ping().await.unwrap();
    }
    stand.assert_sound().await;
    let (moves, told) = (stand.count("audit_entries").await, stand.user(user).await["demo_mode_version"].as_i64());
    assert_eq!(Some(moves + 1), told, "every change that was made has its line");
}

#[tokio::test]
async fn a_dropped_call_is_still_carried_out_whole() {
    let stand = Stand::new().await;
    for _ in 0..20 {
        let call = stand.api.enqueue(NewJob::new(JobType::Noop));
        // Polled once, so that it is under way, then dropped.
        tokio::select! { biased; _ = call => {}, () = std::future::ready(()) => {} }
    }
    testkit::wait_until("all are there", Duration::from_secs(10), async || stand.count("background_jobs").await == 20)
        .await;
    stand.assert_sound().await;
}

async fn small(db: &TestDb) -> Store {
    Store::connect(&db.url(Role::Api), PoolSettings { max: 1, ..settings() }).await.unwrap()
}

async fn backend(store: &Store) -> i32 {
    sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(store.pool()).await.unwrap()
}

/// Waits for the check that runs in the background when a connection is given back.
async fn given_back(store: &Store) {
    testkit::wait_until("the connection is back or gone", Duration::from_secs(5), async || {
        store.pool().num_idle() == store.pool().size() as usize
    })
    .await;
}

#[tokio::test]
async fn a_clean_connection_is_used_again() {
    let db = TestDb::new().await;
    let store = small(&db).await;
    let first = backend(&store).await;
    for _ in 0..20 {
        given_back(&store).await;
        assert_eq!(backend(&store).await, first);
    }
}

#[tokio::test]
async fn a_connection_that_comes_back_inside_a_transaction_is_not_used_again() {
    let db = TestDb::new().await;
    let store = small(&db).await;
    let first = backend(&store).await;
    let mut connection = store.pool().acquire().await.unwrap();
    // As sqlx leaves it when `begin()` is dropped: it does not know that a transaction is open.
    sqlx::raw_sql("BEGIN").execute(&mut *connection).await.unwrap();
    drop(connection);
    given_back(&store).await;
    assert_ne!(backend(&store).await, first);
}
