//! The metrics of API and worker after real work.

use crate::{program::Serving, scrape::Scrape};
use simulator::{Dials, Simulator};
use std::time::Duration;
use store::{Actor, Command, DemoModeRequest, PoolSettings, Profile, Store};
use testkit::{
    Role, TestDb,
    factories::{job, user},
    wait_until,
};

const PATIENCE: Duration = Duration::from_secs(60);
/// Every label there is. A new one needs a line here, so that somebody asks whether its values are few and nobody's.
const LABELS: [&str; 14] = [
    "became", "class", "event", "how", "job_type", "kind", "le", "method", "quantile", "route", "state", "status",
    "what", "why",
];

async fn count(db: &TestDb, from: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {from}"));
    sqlx::query_scalar(sql).fetch_one(db.owner()).await.expect("a count")
}

async fn sql(db: &TestDb, statement: &'static str) {
    sqlx::query(statement).execute(db.owner()).await.expect(statement);
}

async fn demo_service(dials: Dials) -> Simulator {
    Simulator::start("127.0.0.1:0".parse().expect("an address"), dials).await.expect("a simulator")
}

#[tokio::test]
async fn after_real_work_the_metrics_of_api_and_worker_tell_what_was_done_and_what_waits() {
    let db = TestDb::new().await;
    for _ in 0..20 {
        job().insert(&db).await;
    }
    for _ in 0..3 {
        job().scheduled(3_600.0).insert(&db).await;
    }
    for _ in 0..2 {
        job().orphaned().insert(&db).await;
    }
    job().job_type("of_a_newer_build").scheduled(-600.0).insert(&db).await;
    let ana = user().email("ana@repruv.test").enabling().insert(&db).await;
    let refusing = Dials { refuse: Some("no such niche".into()), ..Dials::default() };
    let service = demo_service(refusing).await;
    let (api, url) = (Serving::api(&db).await, service.base_url());
    let worker = Serving::worker(&db, &url, &[]).await;
    wait_until("the work is done", PATIENCE, async || {
        count(&db, "background_jobs WHERE status = 'completed' AND job_type = 'noop'").await == 22
            && count(&db, "users WHERE demo_mode_status = 'failed'").await == 1
    })
    .await;
    // The first scrape of each comes after the work: what the queue's gauges show is as fresh as the scrape.
    wait_until("the worker has counted it all", PATIENCE, async || {
        let done = [("event", "succeed"), ("job_type", "batched")];
        let text = Scrape::of(&worker.base).await;
        text.text.contains("batched") && text.value("repruv_jobs_finished_total", &done) == 22.0
    })
    .await;
    wait_until("it listens", PATIENCE, async || Scrape::of(&worker.base).await.value("repruv_listener_up", &[]) == 1.0)
        .await;

    let told = Scrape::of(&worker.base).await;
    // 20 jobs, the demo job, the two that were rescued; retention may have come.
    let claimed = told.value("repruv_jobs_claimed_total", &[]);
    assert!((23.0..=24.0).contains(&claimed), "{claimed}");
    let failed = |class| told.value("repruv_attempts_failed_total", &[("job_type", "demo_enable"), ("class", class)]);
    assert_eq!((failed("permanent"), failed("retryable"), failed("panicked")), (1.0, 0.0, 0.0));
    assert_eq!(told.value("repruv_demo_service_errors_total", &[("kind", "refused")]), 1.0);
    assert_eq!(told.value("repruv_jobs_rescued_total", &[("became", "pending")]), 2.0);
    assert_eq!(told.value("repruv_jobs_rescued_total", &[("became", "failed")]), 0.0);
    for (name, labels) in [
        ("repruv_claim_seconds_count", [].as_slice()),
        ("repruv_finish_seconds_count", &[("how", "batch")]),
        ("repruv_finish_seconds_count", &[("how", "one")]),
        ("repruv_job_seconds_count", &[("job_type", "demo_enable")]),
        ("repruv_watchdog_seconds_count", &[]),
    ] {
        assert!(told.value(name, labels) >= 1.0, "{name}");
    }
    let at_most_15_s = told.value("repruv_claim_seconds_bucket", &[("le", "15")]);
    assert!(at_most_15_s >= 1.0, "a histogram, not quantiles of this one process");
    assert_eq!(told.value("repruv_jobs_in_hand", &[]), 0.0);
    assert_eq!(told.value("repruv_leases_lost_total", &[("why", "taken")]), 0.0);
    assert_eq!(told.value("database_pool_connections_max", &[]), 6.0);

    let presets = format!("{}/api/v1/demo/presets", api.base);
    let status = reqwest::get(presets).await.expect("an answer").status();
    let told_by_api = Scrape::of(&api.base).await;
    let route = [("route", "/api/v1/demo/presets"), ("method", "GET"), ("status", status.as_str())];
    assert_eq!(told_by_api.value("http_requests_total", &route), 1.0);
    assert!(told_by_api.value("database_pool_connections", &[]) >= 1.0);
    for told in [&told, &told_by_api] {
        let jobs = |job_type, state| told.value("repruv_queue_jobs", &[("job_type", job_type), ("state", state)]);
        assert_eq!((jobs("noop", "scheduled"), jobs("noop", "waiting"), jobs("noop", "running")), (3.0, 0.0, 0.0));
        assert_eq!((jobs("other", "waiting"), jobs("demo_enable", "waiting")), (1.0, 0.0));
        assert_eq!(told.value("repruv_queue_jobs_capped", &[]), 0.0);
        let oldest = told.value("repruv_queue_oldest_due_seconds", &[]);
        assert!((600.0..1_200.0).contains(&oldest), "{oldest}");
        for line in told.text.lines().filter(|line| line.starts_with("# TYPE ")) {
            let name = line.split(' ').nth(2).unwrap_or_default();
            assert!(told.text.contains(&format!("# HELP {name} ")), "{name} says what it means");
        }
        let unknown: Vec<_> = told.labels().into_iter().filter(|label| !LABELS.contains(label)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        for somebodys in ["ana", "repruv.test", &ana.id.to_string(), "test_worker"] {
            assert!(!told.text.contains(somebodys), "{somebodys} in\n{}", told.text);
        }
    }
}

#[tokio::test]
async fn a_lost_lease_a_lost_listener_and_a_queue_that_cannot_be_read_are_told() {
    let db = TestDb::new().await;
    let ana = user().insert(&db).await.id;
    let store = Store::connect(&db.url(Role::Api), PoolSettings::default()).await.expect("a store");
    let profile = Profile { profile_type: "creator".into(), niche: None, preset: None };
    let enable = DemoModeRequest::Enable { profile, run_at: None };
    store.change_demo_mode(ana, &Command::by(Actor::System), enable).await.expect("enabling");
    let service = demo_service(Dials::default()).await; // a profile takes a minute
    let worker = Serving::worker(&db, &service.base_url(), &[]).await;
    wait_until("it works", PATIENCE, async || count(&db, "background_jobs WHERE status = 'running'").await == 1).await;
    wait_until("it listens", PATIENCE, async || {
        Scrape::of(&worker.base).await.value("repruv_listener_connects_total", &[]) == 1.0
    })
    .await;

    sql(
        &db,
        "UPDATE background_jobs SET lease_epoch = lease_epoch + 1, locked_by = gen_random_uuid(), \
        lease_expires_at = now() + interval '1 hour' WHERE status = 'running'",
    )
    .await;
    sql(&db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
        .await;
    wait_until("both are told", PATIENCE, async || {
        let told = Scrape::of(&worker.base).await;
        told.value("repruv_leases_lost_total", &[("why", "taken")]) >= 1.0
            && told.value("repruv_listener_connects_total", &[]) >= 2.0
            && told.value("repruv_listener_up", &[]) == 1.0
    })
    .await;

    let waiting = [("job_type", "noop"), ("state", "waiting")];
    assert_eq!(Scrape::of(&worker.base).await.value("repruv_queue_jobs", &waiting), 0.0);
    sql(&db, "ALTER TABLE background_jobs RENAME COLUMN priority TO something_else").await;
    wait_until("an old number is not shown for a new one", PATIENCE, async || {
        let told = Scrape::of(&worker.base).await;
        let oldest = told.value("repruv_queue_oldest_due_seconds", &[]);
        told.value("repruv_queue_jobs", &waiting).is_nan() && oldest.is_nan()
    })
    .await;
    assert!(Scrape::of(&worker.base).await.value("repruv_queue_reads_failed_total", &[]) >= 1.0);
}
