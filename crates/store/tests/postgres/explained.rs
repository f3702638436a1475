//! The engine's own statements with the plans they ran by: each finds its rows by the index that is there for them and looks
//! at few pages, however often it is repeated (from the sixth time on PostgreSQL may use a plan for any parameters).

use crate::stand::{AT_ONCE, DEADLINE, Stand, TTL, TYPES, settings, worker};
use std::time::Duration;
use store::{
    Store,
    engine::{Ending, Front, NewJob},
};
use testkit::{Plan, Plans, Role, factories::user};

/// 60,000 finished jobs with their history, the last of them a minute ago; 3,000 waiting ones in three priorities, and 200 that
/// run.
async fn filled() -> Stand {
    let stand = Stand::new().await;
    for sql in [
        "INSERT INTO background_jobs (id, job_type, status, created_at, completed_at) \
         SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(60000 - n), 12, '0'))::uuid, 'noop', \
           CASE WHEN n % 20 = 0 THEN 'failed' ELSE 'completed' END, now() - n * interval '1 min', now() - n * interval '1 min' \
         FROM generate_series(1, 60000) n",
        "INSERT INTO job_events (job_id, at, event, to_status, attempt, actor) SELECT id, completed_at, 'succeed', 'completed', 1, 'test' \
         FROM background_jobs ORDER BY id",
        "INSERT INTO background_jobs (id, job_type, priority, run_at) SELECT gen_random_uuid(), 'noop', 100 + n % 3, \
         now() + CASE WHEN n % 2 = 0 THEN interval '1 hour' ELSE -n * interval '1 s' END FROM generate_series(1, 3000) n",
        "INSERT INTO background_jobs (id, job_type, status, attempt, locked_by, lease_expires_at, deadline_at) \
         SELECT gen_random_uuid(), 'noop', 'running', 1, gen_random_uuid(), now() + interval '1 hour', now() + interval '1 hour' \
         FROM generate_series(1, 200)",
        "UPDATE job_stats_watermark SET through = date_trunc('minute', now() - interval '10 min')",
        "VACUUM ANALYZE background_jobs",
        "VACUUM ANALYZE job_events",
    ] {
        stand.sql(sql).await;
    }
    stand
}

/// The stand, and a worker's store whose plans are heard.
async fn heard() -> (Stand, Store, Plans) {
    let stand = filled().await;
    let (store, plans) = hear(&stand).await;
    (stand, store, plans)
}

pub async fn hear(stand: &Stand) -> (Store, Plans) {
    let plans = Plans::of(&stand.db, Role::Worker).await;
    // One connection: what is repeated is repeated on it, as prepared there.
    let store =
        Store::connect(&stand.db.url(Role::Worker), store::PoolSettings { max: 1, ..settings() }).await.unwrap();
    plans.take();
    (store, plans)
}

/// Every one of the plans uses these indexes, reads neither the jobs nor their history through, and looks at few pages.
#[track_caller]
fn by(plans: &[Plan], indexes: &[&str], pages_max: u64) {
    for plan in plans {
        for index in indexes {
            assert!(plan.indexes().contains(index), "{index} was not used: {plan:#?}");
        }
        let through: Vec<_> = plan
            .read_through()
            .into_iter()
            .filter(|table| ["background_jobs", "job_events", "users", "fix_records"].contains(table))
            .collect();
        assert!(through.is_empty(), "{through:?} read through: {plan:#?}");
        assert!(plan.pages() <= pages_max, "{} pages: {plan:#?}", plan.pages());
    }
}

#[tokio::test]
async fn a_claim_finds_what_is_due_by_its_index() {
    let (_stand, store, plans) = heard().await;
    for _ in 0..8 {
        assert_eq!(store.claim(&worker(1), &Front::new("default", TYPES), 10, TTL, DEADLINE).await.unwrap().len(), 10);
    }
    let claims = plans.take_of("SKIP LOCKED");
    assert_eq!(claims.len(), 8);
    // Ten rows, each with its new version in two tables and their indexes.
    by(&claims, &["background_jobs_ready"], 900);
}

#[tokio::test]
async fn a_claim_that_finds_nothing_looks_at_next_to_nothing() {
    let (stand, store, plans) = heard().await;
    stand.sql("UPDATE background_jobs SET run_at = now() + interval '1 hour' WHERE status = 'pending'").await;
    stand.sql("VACUUM ANALYZE background_jobs").await;
    for _ in 0..8 {
        assert!(store.claim(&worker(1), &Front::new("default", TYPES), 10, TTL, DEADLINE).await.unwrap().is_empty());
        assert!(store.claim(&worker(1), &Front::new("elsewhere", TYPES), 10, TTL, DEADLINE).await.unwrap().is_empty());
    }
    by(&plans.take_of("SKIP LOCKED"), &["background_jobs_ready"], 120);
}

#[tokio::test]
async fn a_rescue_looks_at_the_running_jobs_alone() {
    let (stand, store, plans) = heard().await;
    for _ in 0..7 {
        assert!(store.rescue(TYPES, 5, AT_ONCE).await.unwrap().is_empty());
    }
    by(&plans.take_of("lease_expires_at < now()"), &["background_jobs_running"], 400); // two pages a running job
    stand.leases_run_out().await;
    assert_eq!(store.rescue(TYPES, 5, AT_ONCE).await.unwrap().len(), 5);
    for plan in plans.take() {
        let through = plan.read_through();
        assert!(!through.contains(&"background_jobs") && !through.contains(&"job_events"), "{plan:#?}");
        assert!(plan.pages() < 200, "{plan:#?}");
    }
}

#[tokio::test]
async fn heartbeat_progress_and_finish_go_by_the_primary_key() {
    let (stand, store, plans) = heard().await;
    let ana = user().insert(&stand.db).await.id;
    stand.enable(ana).await;
    stand.sql("UPDATE background_jobs SET priority = 1 WHERE user_id IS NOT NULL").await;
    let who = worker(1);
    let mut claimed = store.claim(&who, &Front::new("default", TYPES), 20, TTL, DEADLINE).await.unwrap();
    assert_eq!(claimed[0].lease.user_id, Some(ana), "the one with the lowest priority comes first");
    plans.take();
    let held: Vec<_> = claimed.iter().map(|job| (job.lease.job_id, job.lease.epoch)).collect();
    for _ in 0..8 {
        store.renew(who.id, held.clone(), TTL).await.unwrap();
        store.report_progress(&claimed[0].lease, 50, "Half").await.unwrap();
    }
    by(&plans.take_of("SET lease_expires_at"), &["background_jobs_pkey"], 1_000);
    let demo = claimed.remove(0).lease;
    store.remember_profile(&demo, "prof_1").await.unwrap();
    store.finish(&demo, Ending::Succeeded { result: serde_json::json!({}) }, AT_ONCE).await.unwrap();
    let leases = claimed.into_iter().map(|job| job.lease).collect();
    assert_eq!(store.complete_batch(leases).await.unwrap().len(), 19);
    // Nineteen ends, each with its new version and its line of history: some 35 pages each, and more when the versions
    // that the heartbeats left could not be pruned yet.
    for plan in plans.take() {
        by(std::slice::from_ref(&plan), &[], 1_200);
    }
}

#[tokio::test]
async fn retention_finds_the_oldest_finished_jobs_by_their_index() {
    let stand = filled().await;
    // A batch is 2,000 rows, and to read 60,000 through costs no more than to look for so many. In a table of millions it does.
    stand.sql("DO $$ BEGIN EXECUTE format('ALTER ROLE test_worker IN DATABASE %I SET enable_seqscan = off', current_database()); END $$").await;
    let (store, plans) = hear(&stand).await;
    // 60,000 minutes are 41 days.
    for _ in 0..2 {
        assert_eq!(store.remove_finished(Duration::from_secs(30 * 86_400)).await.unwrap(), 2_000);
    }
    let removals = plans.take_of("DELETE FROM background_jobs");
    by(&removals, &["background_jobs_done", "background_jobs_pkey", "job_events_job", "users_demo_mode_job"], 60_000);
    stand.sql("VACUUM ANALYZE background_jobs").await;
    for _ in 0..7 {
        assert_eq!(store.remove_finished(Duration::from_secs(60 * 86_400)).await.unwrap(), 0);
    }
    // Nothing is that old: that is found out without looking for it.
    by(&plans.take_of("DELETE FROM background_jobs"), &["background_jobs_done"], 60);
    assert!(store.count_prunable(Duration::from_secs(40 * 86_400)).await.unwrap().jobs < 2_000);
    by(&plans.take_of("LIMIT $2) old"), &[], 8_000);
}

#[tokio::test]
async fn the_state_of_the_queue_is_read_from_what_is_live_alone() {
    let (stand, store, plans) = heard().await;
    store.enqueue(NewJob { queue: "mails".into(), ..NewJob::new(state_machine::JobType::Noop) }).await.unwrap();
    plans.take();
    for _ in 0..7 {
        let state = store.queue_state().await.unwrap();
        let noop = &state.types[0];
        assert_eq!((noop.waiting, noop.scheduled, noop.running), (1_501, 1_500, 200));
        assert!(state.oldest_due >= Duration::from_secs(2_999) && !state.capped, "{state:?}");
    }
    let all = plans.take();
    let lanes: Vec<Plan> = all.iter().filter(|plan| plan.sql.contains("RECURSIVE")).cloned().collect();
    // Four pairs of queue and priority: a step of the index each, however many wait there.
    by(&lanes, &["background_jobs_ready"], 200);
    assert_eq!(lanes.len(), 7);
    let counts: Vec<Plan> = all.into_iter().filter(|plan| plan.sql.contains("counted")).collect();
    by(&counts, &["background_jobs_ready", "background_jobs_running"], 8_000);
    assert_eq!(counts.len(), 7);

    // A backlog is counted to its cap and not beyond.
    stand.sql("INSERT INTO background_jobs (id, job_type) SELECT gen_random_uuid(), 'noop' FROM generate_series(1, 20000)").await;
    assert!(store.queue_state().await.unwrap().capped);
}

#[tokio::test]
async fn a_roll_up_reads_what_ended_since_the_last_one() {
    let (stand, store, plans) = heard().await;
    for sql in [
        "UPDATE background_jobs SET error_message = 'Refused: 422', error_class = 'rejected' \
         WHERE status = 'failed' AND completed_at > now() - interval '3 hours'",
        "UPDATE job_stats_watermark SET through = date_trunc('minute', now() - interval '130 min')",
    ] {
        stand.sql(sql).await;
    }
    for _ in 0..7 {
        assert!(store.roll_up_stats().await.unwrap());
    }
    let all = plans.take();
    for words in ["INSERT INTO job_stats", "INSERT INTO error_words"] {
        let rolled: Vec<Plan> = all.iter().filter(|plan| plan.sql.contains(words)).cloned().collect();
        assert_eq!(rolled.len(), 7, "{words}");
        // Two hours of jobs, and a line for each of their minutes.
        by(&rolled, &["background_jobs_done"], 900);
    }
    let seen: i64 = sqlx::query_scalar("SELECT seen::int8 FROM error_words").fetch_one(stand.db.owner()).await.unwrap();
    assert_eq!(seen, 6, "one each twenty minutes, all of them the same error");
}

/// 20,000 fixes of the past, 40 that are open, 20 whose hour is over.
#[tokio::test]
async fn what_became_of_a_fix_is_found_by_what_is_open() {
    let stand = filled().await;
    let record = "INSERT INTO fix_records (id, at, actor, cause, fix, expected, user_id, job_id, watched_job_id, due_at, confirmed_at, held, closed_at) ";
    for sql in [
        "SELECT gen_random_uuid(), now() - n * interval '1 min', 'test', 'failed_for_good', 'retry_now', 'enabled', gen_random_uuid(), \
         NULL, NULL, now(), now(), 'yes', now() FROM generate_series(1, 20000) n",
        "SELECT gen_random_uuid(), now(), 'test', 'retrying', 'retry_now', 'completed', NULL, id, id, now() + interval '1 hour', NULL, 'unknown', NULL::timestamptz \
         FROM background_jobs WHERE status = 'running' LIMIT 40",
        "SELECT gen_random_uuid(), completed_at, 'test', 'retrying', 'retry_now', 'completed', NULL, id, id, completed_at, completed_at, 'unknown', NULL::timestamptz \
         FROM background_jobs WHERE status = 'completed' AND completed_at < now() - interval '2 hours' LIMIT 20",
    ] {
        stand.sql(&format!("{record}{sql}")).await;
    }
    stand.sql("INSERT INTO users (id, email) SELECT gen_random_uuid(), 'user' || n || '@repruv.test' FROM generate_series(1, 20000) n").await;
    stand.sql("VACUUM ANALYZE fix_records").await;
    stand.sql("VACUUM ANALYZE users").await;
    let (store, plans) = hear(&stand).await;
    assert_eq!(store.follow_fixes(Duration::from_secs(3_600)).await.unwrap(), 20);
    for _ in 0..6 {
        assert_eq!(store.follow_fixes(Duration::from_secs(3_600)).await.unwrap(), 0);
    }
    let all = plans.take();
    let of = |words: &str| all.iter().filter(|plan| plan.sql.contains(words)).cloned().collect::<Vec<Plan>>();
    by(&of("WITH open AS MATERIALIZED"), &["fix_records_open", "job_events_job"], 600);
    by(&of("WITH due AS MATERIALIZED"), &["fix_records_open"], 900);
}
