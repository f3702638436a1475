//! A caller may go away at any moment: no connection is left inside a transaction, nothing is half done.

use crate::stand::{Stand, enable, settings, staff};
use rand::{Rng, SeedableRng, rngs::StdRng};
use state_machine::JobType;
use std::time::Duration;
use store::{DemoModeRequest, PoolSettings, Store, engine::NewJob};
use testkit::{Role, TestDb, factories::user};

/// Each drop costs a look at every connection of the pool, hence not more; the ten thousand are in `dropped_begins`.
const DROPS: u32 = 400;
const CONNECTIONS: u32 = 4;

/// With every connection of the pool in hand no section is under way, and none of them may be inside a transaction.
async fn assert_none_open(stand: &Stand, store: &Store, drops: u32) {
    let mut held = vec![];
    for _ in 0..CONNECTIONS {
        held.push(store.pool().acquire().await.unwrap());
    }
    let open = "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(stand.count(open).await, 0, "after {drops} drops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_go_away_leave_no_transaction_open() {
    let stand = Stand::new().await;
    let store =
        Store::connect(&stand.db.url(Role::Api), PoolSettings { max: CONNECTIONS, ..settings() }).await.unwrap();
    let user = user().insert(&stand.db).await.id;
    let (mut dice, mut drops) = (StdRng::seed_from_u64(42), 0_u32);
    while drops < DROPS {
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
    assert_none_open(&stand, &store, drops).await;
    stand.assert_sound().await;
    let untold = "users WHERE demo_mode_version <> 1 + (SELECT count(*) FROM audit_entries)";
    assert_eq!(stand.count(untold).await, 0, "every change that was made has its line");
    assert!(stand.count("audit_entries").await > 0, "no call was carried out");
}

#[tokio::test]
async fn a_dropped_call_is_still_carried_out_whole() {
    let stand = Stand::new().await;
    for _ in 0..20 {
        let call = stand.api.enqueue(NewJob::new(JobType::Noop));
        // Polled once, so that it is under way, then dropped.
        tokio::select! { biased; _ = call => {}, () = std::future::ready(()) => {} }
    }
    testkit::wait_until("all are there", Duration::from_secs(60), async || stand.count("background_jobs").await == 20)
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
    testkit::wait_until("the connection is back or gone", Duration::from_secs(30), async || {
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
