//! Wake-ups are hints: sent after the commit, seldom, and not needed.

use crate::stand::{AT_ONCE, Stand, settings, staff, succeeded, worker};
use sqlx::postgres::PgListener;
use std::time::Duration;
use store::{CANCEL_CHANNEL, FEED_CHANNEL, JOBS_CHANNEL, PoolSettings, Store, engine::NewJob};
use testkit::{Role, factories::user};

const SOON: Duration = Duration::from_secs(5);

async fn listener(stand: &Stand, channels: &[&str]) -> PgListener {
    let mut listener = PgListener::connect(&stand.db.url(Role::Worker)).await.unwrap();
    listener.listen_all(channels.iter().copied()).await.unwrap();
    listener
}

async fn loud(stand: &Stand) -> Store {
    Store::connect(&stand.db.url(Role::Api), PoolSettings { notify: true, ..settings() }).await.unwrap()
}

#[tokio::test]
async fn a_new_job_and_a_stop_are_announced_without_data() {
    let stand = Stand::new().await;
    let api = loud(&stand).await;
    let user = user().insert(&stand.db).await.id;
    let mut heard = listener(&stand, &[JOBS_CHANNEL]).await;
    api.change_demo_mode(user, &staff(), crate::stand::enable()).await.unwrap();
    let hint = tokio::time::timeout(SOON, heard.recv()).await.expect("announced").unwrap();
    assert_eq!((hint.channel(), hint.payload()), (JOBS_CHANNEL, ""));
    stand.claim(&worker(1)).await;
    let mut heard = listener(&stand, &[CANCEL_CHANNEL, FEED_CHANNEL]).await;
    api.cancel_demo_mode(user, &staff()).await.unwrap();
    let mut channels = vec![];
    while channels.len() < 2 {
        let hint = tokio::time::timeout(SOON, heard.recv()).await.expect("announced").unwrap();
        if !channels.contains(&hint.channel().to_owned()) {
            channels.push(hint.channel().to_owned());
        }
    }
}

#[tokio::test]
async fn many_changes_are_few_announcements() {
    let stand = Stand::new().await;
    let api = loud(&stand).await;
    let mut heard = listener(&stand, &[FEED_CHANNEL]).await;
    let begun = std::time::Instant::now();
    for _ in 0..200 {
        api.enqueue(NewJob::new(state_machine::JobType::Noop)).await.unwrap();
    }
    let took = begun.elapsed();
    // A mark of our own tells that nothing more is to come.
    tokio::time::sleep(Duration::from_millis(150)).await;
    sqlx::query("SELECT pg_notify($1, 'end')").bind(FEED_CHANNEL).execute(stand.db.worker()).await.unwrap();
    let mut hints = 0_u128;
    while tokio::time::timeout(SOON, heard.recv()).await.unwrap().unwrap().payload() != "end" {
        hints += 1;
    }
    assert!(hints >= 1 && hints <= took.as_millis() / 50 + 3, "{hints} in {took:?}");
}

#[tokio::test]
async fn with_wake_ups_off_everything_still_happens() {
    let stand = Stand::new().await; // its stores send none
    let mut heard = listener(&stand, &[JOBS_CHANNEL, FEED_CHANNEL, CANCEL_CHANNEL]).await;
    let user = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(user, &worker(1)).await;
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(stand.user(user).await["demo_mode_status"], "enabled");
    sqlx::query("SELECT pg_notify($1, 'end')").bind(JOBS_CHANNEL).execute(stand.db.worker()).await.unwrap();
    let first = tokio::time::timeout(SOON, heard.recv()).await.unwrap().unwrap();
    assert_eq!(first.payload(), "end", "nothing was announced before");
}
