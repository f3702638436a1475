//! The statements on the hot table find their rows by the index that is there for them, and read little.

use crate::stand::{AT_ONCE, Stand, TYPES, worker};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// 20,000 finished jobs, 300 pending ones and 40 running ones.
async fn filled() -> Stand {
    let stand = Stand::new().await;
    stand
        .sql(
            "INSERT INTO background_jobs (id, job_type, status, error_message, created_at, completed_at) \
             SELECT gen_random_uuid(), 'noop', 'completed', NULL, now() - n * interval '1 min', now() - n * interval '1 min' \
             FROM generate_series(1, 20000) n",
        )
        .await;
    stand
        .sql("INSERT INTO background_jobs (id, job_type, run_at) SELECT gen_random_uuid(), 'noop', now() FROM generate_series(1, 300)")
        .await;
    stand
        .sql(
            "INSERT INTO background_jobs (id, job_type, status, locked_by, lease_expires_at, deadline_at) \
             SELECT gen_random_uuid(), 'noop', 'running', gen_random_uuid(), now(), now() FROM generate_series(1, 40)",
        )
        .await;
    stand.sql("VACUUM ANALYZE background_jobs").await;
    stand
}

/// The plan of what is called, as it ran: the indexes it used, and the pages it read.
async fn plan(stand: &Stand, sql: &str) -> (Vec<String>, u64) {
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}");
    let plan: Value = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(stand.db.worker()).await.unwrap();
    let root = &plan[0]["Plan"];
    let mut indexes = vec![];
    collect(root, &mut indexes);
    let pages = |kind: &str| root[kind].as_u64().unwrap_or(0);
    (indexes, pages("Shared Hit Blocks") + pages("Shared Read Blocks"))
}

fn collect(node: &Value, indexes: &mut Vec<String>) {
    // Whether the queue is paused is asked of a table of a few rows, in whatever way.
    if let Some(name) = node["Index Name"].as_str().filter(|name| *name != "queues_pkey") {
        indexes.push(name.to_owned());
    }
    assert!(
        node["Node Type"] != "Seq Scan" || node["Relation Name"] != "background_jobs",
        "the whole table is read: {node}"
    );
    for child in node["Plans"].as_array().into_iter().flatten() {
        collect(child, indexes);
    }
}

#[tokio::test]
async fn a_claim_reads_the_due_jobs_by_their_index() {
    let stand = filled().await;
    let sql = "SELECT id FROM background_jobs WHERE status = 'pending' AND queue = 'default' AND run_at <= now() \
               AND job_type = ANY (ARRAY['noop', 'demo_enable']) AND attempt < max_attempts AND schema_version <= 1 \
               AND NOT EXISTS (SELECT FROM queues WHERE name = 'default' AND paused_at IS NOT NULL) \
               ORDER BY priority, run_at, id LIMIT 10 FOR NO KEY UPDATE SKIP LOCKED";
    let (indexes, pages) = plan(&stand, sql).await;
    assert_eq!(indexes, ["background_jobs_ready"]);
    assert!(pages < 60, "{pages} pages");
}

#[tokio::test]
async fn a_rescue_reads_the_running_jobs_by_their_index() {
    let stand = filled().await;
    let sql = "SELECT id, job_type, user_id, lease_epoch, locked_by, lease_expires_at < now() FROM background_jobs \
               WHERE status = 'running' AND job_type = ANY (ARRAY['noop']) \
               AND (lease_expires_at < now() OR deadline_at < now()) ORDER BY id LIMIT 100";
    let (indexes, pages) = plan(&stand, sql).await;
    assert_eq!(indexes, ["background_jobs_running"]);
    assert!(pages < 60, "{pages} pages");
}

#[tokio::test]
async fn retention_reads_the_oldest_finished_jobs_by_their_index() {
    let stand = filled().await;
    let sql = "SELECT id FROM background_jobs j WHERE completed_at < now() - interval '10 days' \
               AND completed_at < (SELECT through FROM job_stats_watermark) \
               AND NOT EXISTS (SELECT FROM users u WHERE u.demo_mode_job_id = j.id) \
               ORDER BY completed_at LIMIT 100 FOR UPDATE SKIP LOCKED";
    let (indexes, pages) = plan(&stand, sql).await;
    assert!(indexes.contains(&"background_jobs_done".to_owned()), "{indexes:?}");
    assert!(pages < 800, "{pages} pages for 100 rows");
}

#[tokio::test]
async fn counting_reads_only_what_ended_since_the_last_time() {
    let stand = filled().await;
    let sql = "SELECT count(*) FROM background_jobs \
               WHERE completed_at >= now() - interval '3 min' AND completed_at < now()";
    let (indexes, pages) = plan(&stand, sql).await;
    assert_eq!(indexes, ["background_jobs_done"]);
    assert!(pages < 20, "{pages} pages");
}

/// The plans above are of copies of the statements; this is the engine itself, often enough for a generic plan.
/// Without retention: a batch of 2,000 rows is a tenth of this table, which is then rightly read whole.
#[tokio::test]
async fn the_engine_finds_its_rows_by_these_indexes_and_never_reads_the_table() {
    let stand = filled().await;
    let table = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'background_jobs'";
    let read_whole = async || -> i64 { sqlx::query_scalar(table).fetch_one(stand.db.owner()).await.unwrap() };
    let before = read_whole().await;
    let who = worker(1);
    for _ in 0..10 {
        let claimed = stand.claim_up_to(&who, 10).await;
        assert_eq!(claimed.len(), 10);
        let leases: Vec<_> = claimed.into_iter().map(|job| job.lease).collect();
        let held = leases.iter().map(|lease| (lease.job_id, lease.epoch)).collect();
        stand.work.renew(who.id, held, Duration::from_secs(60)).await.unwrap();
        stand.work.report_progress(&leases[0], 50, "Half").await.unwrap();
        stand.work.complete_batch(leases).await.unwrap();
        stand.work.rescue(TYPES, 3, AT_ONCE).await.unwrap();
        stand.work.roll_up_stats().await.unwrap();
    }
    // A connection that ends publishes what it has counted.
    stand.work.pool().close().await;
    for index in ["background_jobs_ready", "background_jobs_running", "background_jobs_done", "background_jobs_pkey"] {
        let used = format!("pg_stat_user_indexes WHERE indexrelname = '{index}' AND idx_scan > 0");
        testkit::wait_until(index, Duration::from_secs(60), async || stand.count(&used).await == 1).await;
    }
    assert_eq!(read_whole().await, before, "somebody reads the whole table");
}

#[tokio::test]
async fn what_a_heartbeat_and_a_progress_report_change_stands_in_no_index() {
    let stand = Stand::new().await;
    let indexed: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) \
         WHERE i.indrelid = 'background_jobs'::regclass AND a.attname IN ('lease_expires_at', 'progress', 'progress_step')",
    )
    .fetch_one(stand.db.owner())
    .await
    .unwrap();
    assert_eq!(indexed, 0);
    let mentioned: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_indexes WHERE tablename = 'background_jobs' AND indexdef ~ 'lease_expires_at|progress'",
    )
    .fetch_one(stand.db.owner())
    .await
    .unwrap();
    assert_eq!(mentioned, 0);
}
