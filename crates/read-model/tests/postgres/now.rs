//! The first screen.

use crate::{sql, stand};
use testkit::factories::{job, worker};

#[tokio::test]
async fn a_quiet_system_says_nothing_of_what_it_does_not_know() {
    let (db, reader) = stand().await;
    worker().insert(&db).await;
    worker().silent(7200.0).insert(&db).await;
    let now = reader.now().await.expect("the first screen");
    assert_eq!(now.workers.len(), 1, "the one heard of within the hour");
    assert_eq!(now.levels.workers_alive, 1);
    assert_eq!((now.levels.success_rate, now.levels.completion_p50_s, now.levels.oldest_waiting_s), (None, None, None));
    assert_eq!(now.minutes.len(), 60);
    assert!(now.minutes.is_sorted_by(|a, b| (b.minute - a.minute).num_seconds() == 60), "no gaps");
    assert_eq!(now.failures, []);
}

#[tokio::test]
async fn the_oldest_due_job_tells_how_long_it_waits() {
    let (db, reader) = stand().await;
    job().scheduled(-300.0).insert(&db).await;
    job().scheduled(600.0).insert(&db).await;
    let levels = reader.now().await.expect("the first screen").levels;
    assert!(levels.oldest_waiting_s.is_some_and(|s| (300.0..360.0).contains(&s)), "{levels:?}");
}

#[tokio::test]
async fn service_levels_add_the_rolled_up_minutes_and_what_ended_since() {
    let (db, reader) = stand().await;
    // Rolled up: 90 completed within 29 to 44 s (bucket 15), 5 failed; noise of another type.
    sql(&db, "UPDATE job_stats_watermark SET through = date_trunc('minute', now()) - interval '2 minutes'").await;
    sql(
        &db,
        "INSERT INTO job_stats SELECT date_trunc('minute', now()) - interval '10 minutes', t, s, n, 0, \
           array_fill(0, ARRAY[15]) || n || array_fill(0, ARRAY[16]) \
         FROM (VALUES ('demo_enable', 'completed', 90), ('demo_disable', 'failed', 5), ('noop', 'completed', 7)) v (t, s, n)",
    )
    .await;
    // Since: 4 completed after 100 s, 1 failed.
    for n in 0..5 {
        let made = job().job_type("demo_enable");
        if n < 4 { made.completed() } else { made.failed() }.insert(&db).await;
    }
    sql(&db, "UPDATE background_jobs SET scheduled_for = completed_at - interval '100 seconds'").await;
    let now = reader.now().await.expect("the first screen");
    assert_eq!(now.levels.finished, 100);
    assert_eq!(now.levels.success_rate, Some(0.94));
    assert!(now.levels.completion_p50_s.is_some_and(|s| (29.0..=44.0).contains(&s)), "{:?}", now.levels);
    assert!(now.levels.completion_p95_s.is_some_and(|s| (29.0..=44.0).contains(&s)), "{:?}", now.levels);
    let sum = now.minutes.iter().fold((0, 0), |sum, minute| (sum.0 + minute.completed, sum.1 + minute.failed));
    assert_eq!(sum, (101, 6));
    // Again, from what is kept of the rolled-up part.
    assert_eq!(reader.now().await.expect("the first screen").levels, now.levels);
}

#[tokio::test]
async fn failures_of_the_hour_are_grouped_by_error() {
    let (db, reader) = stand().await;
    let mut last = None;
    for _ in 0..3 {
        last = Some(job().job_type("demo_enable").failed().insert(&db).await.id);
    }
    job().job_type("demo_disable").failed().insert(&db).await;
    let failures = reader.now().await.expect("the first screen").failures;
    assert_eq!(
        failures.iter().map(|f| (f.job_type.as_str(), f.count)).collect::<Vec<_>>(),
        [("demo_enable", 3), ("demo_disable", 1)]
    );
    assert_eq!(Some(failures[0].last_job_id), last);
    assert!(failures[0].error.contains("503"));
}

#[tokio::test]
async fn workers_show_what_they_have_in_hand() {
    let (db, reader) = stand().await;
    let busy = worker().insert(&db).await.id;
    let gone = worker().stopped().insert(&db).await.id;
    job().running_on(busy).insert(&db).await;
    job().running_on(busy).insert(&db).await;
    let workers = reader.workers().await.expect("workers");
    let seen: Vec<_> = workers.iter().map(|w| (w.id, w.alive, w.jobs_in_hand)).collect();
    assert_eq!(seen, [(busy, true, 2), (gone, false, 0)]);
}
