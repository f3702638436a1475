//! The live feed: told once each, whatever the order of commits, with or without notifications.

use crate::stand;
use read_model::{Feed, FeedBatch, FeedSettings, FeedSource, ReadError};
use sqlx::{Executor, PgConnection, PgPool, Postgres};
use std::{collections::BTreeSet, time::Duration};
use testkit::{FaultProxy, Faults, Role, TestDb, new_id, wait_for, wait_until};
use uuid::Uuid;

const POLLED: FeedSettings = FeedSettings { poll: Duration::from_millis(50), push: false };
/// A poll that no test lives to see, so that only a notification can have woken the read.
const PUSHED: FeedSettings = FeedSettings { poll: Duration::from_secs(600), push: true };
const LIMIT: Duration = Duration::from_secs(20);

async fn happen(on: impl Executor<'_, Database = Postgres>) -> Uuid {
    let job_id = new_id();
    sqlx::query("INSERT INTO job_events (job_id, user_id, event, to_status, attempt, actor) VALUES ($1, $1, 'enqueue', 'pending', 0, 'test')")
        .bind(job_id)
        .execute(on)
        .await
        .expect("an event");
    job_id
}

async fn notify(db: &TestDb) {
    sqlx::query("NOTIFY repruv_feed").execute(db.owner()).await.expect("notified");
}

/// A feed that has begun.
async fn begun(db: &TestDb, settings: FeedSettings) -> Feed {
    let mut feed = Feed::start(db.reader().clone(), settings);
    let first = next(&mut feed).await.expect("the first read");
    assert_eq!((first.events, first.gap), (0, false), "what happened before is not told");
    feed
}

async fn next(feed: &mut Feed) -> Result<FeedBatch, ReadError> {
    tokio::time::timeout(LIMIT, feed.next()).await.expect("the feed never waits for ever")
}

/// Reads until all of `wanted` are told; fails on anything told twice.
async fn told(feed: &mut Feed, wanted: &[Uuid]) {
    let mut open: BTreeSet<Uuid> = wanted.iter().copied().collect();
    while !open.is_empty() {
        let batch = next(feed).await.expect("a read");
        for job_id in &batch.job_ids {
            assert!(open.remove(job_id), "{job_id} was told twice, or is not meant");
        }
        assert_eq!(batch.job_ids, batch.user_ids);
    }
}

#[tokio::test]
async fn a_change_is_told_once_with_the_time_of_the_read() {
    let (db, reader) = stand().await;
    happen(db.owner()).await;
    let mut feed = begun(&db, POLLED).await;
    let made = happen(db.owner()).await;
    let before = reader.database_time().await.expect("a time");
    let batch = wait_for_news(&mut feed).await;
    assert_eq!((batch.job_ids, batch.user_ids, batch.events, batch.gap), (vec![made], vec![made], 1, false));
    assert!(batch.as_of >= before);
    assert_eq!(batch.source, FeedSource::Poll);
    for _ in 0..5 {
        assert_eq!(next(&mut feed).await.expect("a read").events, 0);
    }
}

async fn wait_for_news(feed: &mut Feed) -> FeedBatch {
    loop {
        let batch = next(feed).await.expect("a read");
        if batch.events > 0 {
            return batch;
        }
    }
}

#[tokio::test]
async fn a_low_id_that_commits_late_is_told() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, POLLED).await;
    let mut slow = db.owner().begin().await.expect("begin");
    let late = happen(&mut *slow).await;
    let mut rolled_back = db.owner().begin().await.expect("begin");
    happen(&mut *rolled_back).await;
    let early = happen(db.owner()).await;
    told(&mut feed, &[early]).await;
    rolled_back.rollback().await.expect("rolled back");
    // Far more than an overlap of ids would cover.
    sqlx::query("INSERT INTO job_events (job_id, event, to_status, attempt, actor) SELECT gen_random_uuid(), 'start', 'running', 1, 'test' FROM generate_series(1, 4000)")
        .execute(db.owner())
        .await
        .expect("many events");
    assert_eq!(wait_for_news(&mut feed).await.events, 4000);
    slow.commit().await.expect("committed late");
    told(&mut feed, &[late]).await;
}

#[tokio::test]
async fn a_transaction_open_before_the_feed_began_is_told() {
    let (db, _reader) = stand().await;
    let mut slow = db.owner().begin().await.expect("begin");
    let late = happen(&mut *slow).await;
    happen(db.owner()).await;
    happen(db.owner()).await;
    let mut below = db.owner().begin().await.expect("begin");
    let later = happen(&mut *below).await;
    happen(db.owner()).await;
    let mut feed = begun(&db, POLLED).await;
    below.commit().await.expect("committed");
    told(&mut feed, &[later]).await;
    slow.commit().await.expect("committed");
    // The lowest id of all has nothing below it that the feed could have seen a hole against.
    let after = happen(db.owner()).await;
    let mut seen = BTreeSet::new();
    while !seen.contains(&after) {
        seen.extend(next(&mut feed).await.expect("a read").job_ids);
    }
    assert!(seen.contains(&late), "the first event of all commits late");
}

#[tokio::test]
async fn without_notifications_the_poll_tells() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, FeedSettings { push: true, ..POLLED }).await;
    let mut made = Vec::new();
    for _ in 0..20 {
        made.push(happen(db.owner()).await);
    }
    told(&mut feed, &made).await;
}

#[tokio::test]
async fn a_notification_brings_the_read_forward() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, PUSHED).await;
    for _ in 0..3 {
        let made = happen(db.owner()).await;
        notify(&db).await;
        let batch = wait_for_news(&mut feed).await;
        assert_eq!((batch.source, batch.job_ids), (FeedSource::Push, vec![made]));
    }
}

async fn backend(db: &TestDb, like: &'static str) -> Option<i32> {
    sqlx::query_scalar("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'test_reader' AND query LIKE $1 LIMIT 1")
        .bind(like)
        .fetch_optional(db.owner())
        .await
        .expect("activity")
}

async fn terminate(db: &TestDb, pid: i32) {
    sqlx::query("SELECT pg_terminate_backend($1)").bind(pid).execute(db.owner()).await.expect("terminated");
}

#[tokio::test]
async fn a_listener_that_was_ended_listens_again() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, PUSHED).await;
    let listening = wait_for("the feed listens", LIMIT, async || backend(&db, "LISTEN%").await).await;
    terminate(&db, listening).await;
    wait_for("another connection listens", LIMIT, async || {
        backend(&db, "LISTEN%").await.filter(|pid| *pid != listening)
    })
    .await;
    let made = happen(db.owner()).await;
    notify(&db).await;
    told(&mut feed, &[made]).await;
}

#[tokio::test]
async fn a_broken_connection_is_told_and_nothing_is_lost_over_it() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, POLLED).await;
    let reading = wait_for("the feed has read", LIMIT, async || backend(&db, "%pg_snapshot_xmin%").await).await;
    terminate(&db, reading).await;
    let made = happen(db.owner()).await;
    let mut failures = 0;
    let told = loop {
        match next(&mut feed).await {
            Ok(batch) if batch.events > 0 => break batch,
            Ok(_) => {}
            Err(ReadError::Unavailable(_)) => failures += 1,
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!((told.job_ids, told.gap, failures), (vec![made], false, 1));
}

/// Whatever broke the reading may have left the listening half-open, which it does not notice; outages follow one another.
#[tokio::test]
async fn whenever_the_reading_broke_off_the_listening_begins_anew() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, FeedSettings { push: true, ..POLLED }).await;
    let mut listening = wait_for("the feed listens", LIMIT, async || backend(&db, "LISTEN%").await).await;
    for _ in 0..7 {
        next(&mut feed).await.expect("a read");
        let reading = wait_for("the feed has read", LIMIT, async || backend(&db, "%pg_snapshot_xmin%").await).await;
        terminate(&db, reading).await;
        while next(&mut feed).await.is_ok() {}
        next(&mut feed).await.expect("a read on a new connection");
        listening = wait_for("another connection listens", LIMIT, async || {
            backend(&db, "LISTEN%").await.filter(|pid| *pid != listening)
        })
        .await;
    }
}

/// Each of them has one of the few places of its login until the server notices by itself.
#[tokio::test]
async fn a_feed_that_ends_closes_its_connections_also_where_nothing_answers() {
    let (db, _reader) = stand().await;
    let proxy = FaultProxy::start(db.server_address().await).await.expect("a proxy");
    let through = PgPool::connect_lazy_with(db.options_through(Role::Reader, proxy.address()));
    let mut feed = Feed::start(through, FeedSettings::default());
    next(&mut feed).await.expect("a read");
    wait_for("the feed listens", LIMIT, async || backend(&db, "LISTEN%").await).await;
    proxy.replies().set(Faults { stalled: true, ..Faults::default() });
    drop(feed);
    wait_until("the server has none of its connections", LIMIT, async || {
        backend(&db, "LISTEN%").await.is_none()
            && backend(&db, "UNLISTEN%").await.is_none()
            && backend(&db, "%pg_snapshot_xmin%").await.is_none()
    })
    .await;
}

#[tokio::test]
async fn a_caller_that_drops_the_wait_loses_nothing() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, FeedSettings { poll: Duration::from_millis(1), push: false }).await;
    let mut open = BTreeSet::new();
    for n in 0..300_u64 {
        if n % 10 == 0 {
            open.insert(happen(db.owner()).await);
        }
        if let Ok(batch) = tokio::time::timeout(Duration::from_micros(n * 13 % 1500), feed.next()).await {
            for job_id in batch.expect("a read").job_ids {
                assert!(open.remove(&job_id), "told twice");
            }
        }
    }
    let left: Vec<Uuid> = open.into_iter().collect();
    told(&mut feed, &left).await;
}

#[tokio::test]
async fn more_than_can_be_told_is_a_gap_and_the_feed_goes_on_behind_it() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, POLLED).await;
    sqlx::query("INSERT INTO job_events (job_id, event, to_status, attempt, actor) SELECT gen_random_uuid(), 'start', 'running', 1, 'test' FROM generate_series(1, 12000)")
        .execute(db.owner())
        .await
        .expect("many events");
    assert!(wait_for_news(&mut feed).await.gap);
    assert!(!next(&mut feed).await.expect("a read").gap);
    let made = happen(db.owner()).await;
    told(&mut feed, &[made]).await;
}

#[tokio::test]
async fn a_random_mix_of_slow_fast_and_failed_transactions_is_told_exactly_once() {
    let (db, _reader) = stand().await;
    let mut feed = begun(&db, FeedSettings { poll: Duration::from_millis(5), push: false }).await;
    let writers: Vec<_> = (0..6_u64)
        .map(|writer| {
            let pool = db.owner().clone();
            tokio::spawn(async move {
                let mut committed = Vec::new();
                for n in 0..60 {
                    let mut transaction = pool.begin().await.expect("begin");
                    let connection: &mut PgConnection = &mut transaction;
                    let made = happen(connection).await;
                    tokio::time::sleep(Duration::from_millis((writer * 31 + n * 17) % 23)).await;
                    if (writer + n) % 7 == 0 {
                        transaction.rollback().await.expect("rolled back");
                    } else {
                        transaction.commit().await.expect("committed");
                        committed.push(made);
                    }
                }
                committed
            })
        })
        .collect();
    let done = tokio::spawn(async move {
        let mut committed = Vec::new();
        for writer in writers {
            committed.extend(writer.await.expect("a writer"));
        }
        committed
    });
    let mut seen = BTreeSet::new();
    while !done.is_finished() {
        for job_id in next(&mut feed).await.expect("a read").job_ids {
            assert!(seen.insert(job_id), "told twice");
        }
    }
    let committed: BTreeSet<Uuid> = done.await.expect("all writers").into_iter().collect();
    while seen.len() < committed.len() {
        for job_id in next(&mut feed).await.expect("a read").job_ids {
            assert!(seen.insert(job_id), "told twice");
        }
    }
    assert_eq!(seen, committed);
}
