//! Finished jobs are counted once, by minute, and forgotten after their time.

use crate::stand::{AT_ONCE, Stand, failed, staff, succeeded, worker};
use std::time::Duration;
use testkit::factories::{job, user};

const DAY: Duration = Duration::from_secs(86_400);

/// `n` jobs that ended `ago`, `took` milliseconds after they were due.
async fn ended(stand: &Stand, n: u32, status: &str, ago: &str, took_ms: u32) {
    stand
        .sql(&format!(
            "INSERT INTO background_jobs (id, job_type, status, error_message, scheduled_for, completed_at) \
             SELECT gen_random_uuid(), 'noop', '{status}', 'words', \
               date_trunc('minute', now()) - interval '{ago}' - interval '{took_ms} ms', \
               date_trunc('minute', now()) - interval '{ago}' FROM generate_series(1, {n})"
        ))
        .await;
}

async fn rolled_up_since(stand: &Stand, ago: &str) {
    stand
        .sql(&format!("UPDATE job_stats_watermark SET through = date_trunc('minute', now()) - interval '{ago}'"))
        .await;
}

#[tokio::test]
async fn every_ended_job_is_counted_once_in_its_minute_and_its_bucket() {
    let stand = Stand::new().await;
    rolled_up_since(&stand, "10 min").await;
    ended(&stand, 3, "completed", "5 min", 50).await; // up to 100 ms
    ended(&stand, 2, "completed", "5 min", 101).await; // up to 150 ms
    ended(&stand, 1, "completed", "5 min", 86_400_000).await; // longer than the last bound
    ended(&stand, 4, "failed", "5 min", 1_000).await;
    ended(&stand, 7, "completed", "4 min", 100).await;
    ended(&stand, 9, "completed", "20 min", 100).await; // before the watermark: counted long ago
    job().running().insert(&stand.db).await;
    assert!(stand.work.roll_up_stats().await.unwrap());
    let rows: Vec<(String, i32, f64, Vec<i32>)> =
        sqlx::query_as("SELECT status, n, sum_ms, buckets FROM job_stats ORDER BY minute, status")
            .fetch_all(stand.db.owner())
            .await
            .unwrap();
    let counts: Vec<_> = rows.iter().map(|row| (row.0.as_str(), row.1)).collect();
    assert_eq!(counts, [("completed", 6), ("failed", 4), ("completed", 7)]);
    for (status, n, _, buckets) in &rows {
        assert_eq!((buckets.len(), buckets.iter().sum::<i32>()), (32, *n), "{status}: the histogram sums to n");
    }
    let first = &rows[0];
    assert_eq!((first.3[0], first.3[1], first.3[31]), (3, 2, 1));
    assert!((first.2 - 86_400_352.0).abs() < 1.0, "{}", first.2);
    // 1 s lies in the first bucket whose bound 100 ms * 1.5^k reaches it.
    assert_eq!(rows[1].3.iter().position(|n| *n == 4), Some(6));
}

#[tokio::test]
async fn rolling_up_again_counts_nothing_twice() {
    let stand = Stand::new().await;
    rolled_up_since(&stand, "10 min").await;
    ended(&stand, 5, "completed", "5 min", 50).await;
    ended(&stand, 5, "completed", "0 min", 50).await; // this minute is not over
    let table = "SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY minute), '[]') FROM job_stats s";
    let mut seen: Vec<serde_json::Value> = vec![];
    for _ in 0..3 {
        assert!(stand.work.roll_up_stats().await.unwrap());
        seen.push(sqlx::query_scalar(table).fetch_one(stand.db.owner()).await.unwrap());
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(stand.count("job_stats").await, 1);
    // Several at once: the others leave it to the one.
    let (one, two, three) =
        tokio::join!(stand.work.roll_up_stats(), stand.work.roll_up_stats(), stand.work.roll_up_stats());
    assert!([one, two, three].into_iter().any(|mine| mine.unwrap()));
    let after: serde_json::Value = sqlx::query_scalar(table).fetch_one(stand.db.owner()).await.unwrap();
    assert_eq!(after, seen[0]);
}

#[tokio::test]
async fn retention_removes_what_ended_long_ago_with_its_history() {
    let stand = Stand::new().await;
    let (old, new) = (job().completed().insert(&stand.db).await.id, job().completed().insert(&stand.db).await.id);
    let live = [
        job().insert(&stand.db).await.id,
        job().running().insert(&stand.db).await.id,
        job().scheduled(9.0).insert(&stand.db).await.id,
    ];
    stand.sql("UPDATE background_jobs SET created_at = now() - interval '90 days'").await;
    stand
        .sql(&format!("UPDATE background_jobs SET completed_at = now() - interval '31 days' WHERE id = '{old}'"))
        .await;
    assert_eq!(stand.work.remove_finished(30 * DAY).await.unwrap(), 1);
    assert_eq!(stand.work.remove_finished(30 * DAY).await.unwrap(), 0);
    assert_eq!(stand.count(&format!("job_events WHERE job_id = '{old}'")).await, 0);
    for kept in live.into_iter().chain([new]) {
        assert_eq!(stand.count(&format!("background_jobs WHERE id = '{kept}'")).await, 1);
        assert!(!stand.events(kept).await.is_empty());
    }
}

#[tokio::test]
async fn what_a_failed_demo_mode_names_stays_until_somebody_has_dealt_with_it() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let job_id = stand.enable(user).await;
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, failed("The demo service is down.", true), AT_ONCE).await.unwrap();
    stand.sql("UPDATE background_jobs SET completed_at = now() - interval '90 days'").await;
    assert_eq!(stand.work.remove_finished(DAY).await.unwrap(), 0);
    stand.api.retry_job(job_id, &staff()).await.unwrap();
    assert_eq!(stand.work.remove_finished(Duration::ZERO).await.unwrap(), 0, "it is live again");
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    stand.sql("UPDATE background_jobs SET completed_at = now() - interval '90 days'").await;
    assert_eq!(stand.work.remove_finished(DAY).await.unwrap(), 1);
    let row = stand.user(user).await;
    assert_eq!((&row["demo_mode_status"], row["demo_mode_job_id"].is_null()), (&"enabled".into(), true));
}

#[tokio::test]
async fn retention_passes_over_a_user_whom_somebody_is_changing() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    let job_id = stand.enable(user).await;
    stand.api.cancel_demo_mode(user, &staff()).await.unwrap();
    stand.sql("UPDATE background_jobs SET completed_at = now() - interval '90 days'").await;
    // Somebody is about to retry the job, and has locked the user, as everybody does first.
    let mut held = stand.db.owner().begin().await.unwrap();
    sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE").bind(user).execute(&mut *held).await.unwrap();
    let removing = tokio::time::timeout(Duration::from_secs(4), stand.work.remove_finished(DAY));
    assert_eq!(removing.await.expect("it does not wait for the user while it holds the job").unwrap(), 0);
    let free = "SELECT 1 FROM background_jobs WHERE id = $1 FOR NO KEY UPDATE NOWAIT";
    sqlx::query(free).bind(job_id).execute(&mut *held).await.expect("the job is free for whoever holds the user");
    held.rollback().await.unwrap();
    assert_eq!(stand.work.remove_finished(DAY).await.unwrap(), 1);
    assert!(stand.user(user).await["demo_mode_job_id"].is_null());
    stand.assert_sound().await;
}

#[tokio::test]
async fn retention_waits_until_a_job_has_been_counted() {
    let stand = Stand::new().await;
    rolled_up_since(&stand, "40 days").await;
    ended(&stand, 3, "completed", "35 days", 50).await;
    stand.sql("UPDATE job_stats_watermark SET through = now() - interval '36 days'").await;
    assert_eq!(stand.work.remove_finished(30 * DAY).await.unwrap(), 0);
    assert!(stand.work.roll_up_stats().await.unwrap());
    assert_eq!(stand.work.remove_finished(30 * DAY).await.unwrap(), 3);
    assert_eq!(stand.count("job_stats WHERE n = 3").await, 1);
}

#[tokio::test]
async fn leftovers_go_after_their_time_and_not_before() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.api.change_demo_mode(user, &crate::stand::keyed("key-00001", 1), crate::stand::enable()).await.unwrap();
    let who = worker(1);
    stand.work.worker_seen(&who, 0).await.unwrap();
    stand.work.worker_seen(&who, 3).await.unwrap();
    assert_eq!(stand.count("worker_sessions").await, 1);
    assert_eq!(stand.work.remove_leftovers().await.unwrap(), 0);
    stand.work.worker_stopped(&who).await.unwrap();
    assert_eq!(stand.count("worker_sessions WHERE stopped_at IS NOT NULL").await, 1);
    stand.sql("UPDATE command_receipts SET created_at = now() - interval '8 days'").await;
    stand.sql("UPDATE worker_sessions SET stopped_at = now() - interval '8 days'").await;
    assert_eq!(stand.work.remove_leftovers().await.unwrap(), 2);
    assert_eq!((stand.count("command_receipts").await, stand.count("worker_sessions").await), (0, 0));
}
