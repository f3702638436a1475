//! Answers that get lost on the way, and a database that goes away.

use crate::stand::{AT_ONCE, Stand, enable, failed, keyed, settings, succeeded, worker};
use sqlx::PgConnection;
use state_machine::JobStatus;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{PoolSettings, Store, StoreError, engine::Ending};
use testkit::{FaultProxy, Role, Swallow, factories::user};
use tokio::sync::Barrier;
use uuid::Uuid;

/// A store whose connections pass through a proxy.
async fn through(stand: &Stand, role: Role) -> (FaultProxy, Store) {
    let proxy = FaultProxy::start(stand.db.server_address().await).await.unwrap();
    let limits = PoolSettings { max: 2, acquire_timeout: Duration::from_secs(5), ..settings() };
    let store = Store::connect(&stand.db.url_through(role, proxy.address()), limits).await.unwrap();
    (proxy, store)
}

#[tokio::test]
async fn a_finish_whose_answer_is_lost_is_found_out() {
    let stand = Stand::new().await;
    let (proxy, work) = through(&stand, Role::Worker).await;
    for (ending, status) in [
        (succeeded(), JobStatus::Completed),
        (failed("Refused.", true), JobStatus::Failed),
        (failed("Busy.", false), JobStatus::Pending),
        (Ending::Cancelled { touched: false }, JobStatus::Cancelled),
    ] {
        let user = user().insert(&stand.db).await.id;
        stand.enable(user).await;
        let lease = stand.claim(&worker(1)).await.lease;
        let lost = proxy.swallowed();
        proxy.swallow(Swallow::reply_to("COMMIT"));
        let done = work.finish(&lease, ending, AT_ONCE).await.unwrap();
        assert_eq!((done.status, proxy.swallowed()), (status, lost + 1));
        assert_eq!(stand.job(lease.job_id).await["status"], status.as_str());
        stand.assert_sound().await;
        stand.sql("UPDATE background_jobs SET run_at = now() + interval '1 day' WHERE status = 'pending'").await;
    }
}

#[tokio::test]
async fn a_finish_that_never_reached_the_database_is_not_called_done() {
    let stand = Stand::new().await;
    let (proxy, work) = through(&stand, Role::Worker).await;
    let user = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(user, &worker(1)).await;
    let before = stand.everything().await;
    proxy.swallow(Swallow::reply_to("FOR NO KEY UPDATE")); // the first statement of the transaction
    let answer = work.finish(&lease, succeeded(), AT_ONCE).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert_eq!(stand.everything().await, before);
    proxy.heal();
    work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "enabled");
}

#[tokio::test]
async fn a_command_whose_answer_is_lost_is_sent_again_with_its_key_and_done_once() {
    let stand = Stand::new().await;
    let (proxy, api) = through(&stand, Role::Api).await;
    let user = user().insert(&stand.db).await.id;
    proxy.swallow(Swallow::reply_to("COMMIT"));
    let unheard = api.change_demo_mode(user, &keyed("key-00001", 1), enable()).await;
    assert!(matches!(unheard, Err(StoreError::Unavailable(_))), "{unheard:?}");
    let done = api.change_demo_mode(user, &keyed("key-00001", 1), enable()).await.unwrap();
    assert!(done.replayed);
    assert_eq!((stand.count("background_jobs").await, stand.count("audit_entries").await), (1, 1));
    stand.assert_sound().await;
}

#[tokio::test]
async fn connections_that_are_cut_are_replaced() {
    let stand = Stand::new().await;
    let (proxy, api) = through(&stand, Role::Api).await;
    let user = user().insert(&stand.db).await.id;
    for _ in 0..10 {
        api.demo_status(user).await.unwrap();
        proxy.reset_all();
        // At most the connections that were open answer with trouble; none answers wrongly or for ever.
        for _ in 0..3 {
            match api.demo_status(user).await {
                Ok(_) => break,
                Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}"),
            }
        }
    }
    api.demo_status(user).await.unwrap();
}

#[tokio::test]
async fn a_database_that_is_away_is_called_unavailable() {
    let stand = Stand::new().await;
    let (proxy, api) = through(&stand, Role::Api).await;
    let user = user().insert(&stand.db).await.id;
    proxy.refuse(true);
    proxy.reset_all();
    for _ in 0..3 {
        let answer = api.demo_status(user).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    proxy.heal();
    testkit::wait_until("it answers again", Duration::from_secs(60), async || api.demo_status(user).await.is_ok())
        .await;
}

#[tokio::test]
async fn a_deadlock_is_tried_again_and_nobody_hears_of_it() {
    let stand = Stand::new().await;
    let (one, two) = (user().insert(&stand.db).await.id, user().insert(&stand.db).await.id);
    // Two transactions that lock the same rows in opposite order. Neither goes on to its second row before both have their
    // first; the one that is tried again has nobody to meet.
    let both = Arc::new(Barrier::new(2));
    let cross = async |first, second| {
        let (both, alone) = (both.clone(), Arc::new(AtomicBool::new(false)));
        stand
            .api
            .transaction(move |tx| {
                let (both, alone) = (both.clone(), alone.clone());
                Box::pin(async move {
                    lengthen(tx, first).await?;
                    if !alone.swap(true, Ordering::SeqCst) {
                        both.wait().await;
                    }
                    lengthen(tx, second).await
                })
            })
            .await
    };
    let answers = tokio::join!(cross(one, two), cross(two, one));
    assert!(answers.0.is_ok() && answers.1.is_ok(), "{answers:?}");
    for id in [one, two] {
        assert_eq!(stand.user(id).await["full_name"], "xx", "each was done once");
    }
    // The server publishes its counters about once a second.
    testkit::wait_until("the deadlock is counted", Duration::from_secs(60), async || {
        stand.count("pg_stat_database WHERE datname = current_database() AND deadlocks > 0").await == 1
    })
    .await;
}

async fn lengthen(tx: &mut PgConnection, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("UPDATE users SET full_name = coalesce(full_name, '') || 'x' WHERE id = $1")
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}
