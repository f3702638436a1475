//! A worker that is told to go.

use crate::program::Serving;
use simulator::{Dials, Simulator};
use std::time::Duration;
use store::{Actor, Command, DemoModeRequest, PoolSettings, Profile, Store};
use testkit::{Role, TestDb, factories::user, wait_until};

async fn count(db: &TestDb, from: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {from}"));
    sqlx::query_scalar(sql).fetch_one(db.owner()).await.expect("a count")
}

/// Two signals at once, of two kinds, because two of one kind may arrive as one. The grace is an hour: only the second ends it.
#[tokio::test]
async fn a_second_request_to_stop_ends_a_worker_at_once_and_its_job_goes_back_unharmed() {
    let db = TestDb::new().await;
    let slow = Dials { pace: 100.0, ..Dials::default() };
    let service = Simulator::start("127.0.0.1:0".parse().expect("an address"), slow).await.expect("a simulator");
    let store = Store::connect(&db.url(Role::Api), PoolSettings::default()).await.expect("a store");
    let ana = user().insert(&db).await.id;
    let profile = Profile { profile_type: "creator".into(), niche: None, preset: None };
    let enable = DemoModeRequest::Enable { profile, run_at: None };
    store.change_demo_mode(ana, &Command::by(Actor::System), enable).await.expect("a job");
    for second in ["INT", "TERM"] {
        let worker = Serving::worker(&db, &service.base_url(), &["--grace=1h"]).await;
        let begun =
            "background_jobs WHERE job_type = 'demo_enable' AND status = 'running' AND progress_step IS NOT NULL";
        wait_until("it is at work", Duration::from_secs(60), async || count(&db, begun).await == 1).await;
        worker.signal(if second == "INT" { "TERM" } else { "INT" }).await;
        worker.signal(second).await;
        assert_eq!(worker.ended().await, Some(0));
        assert_eq!(count(&db, "background_jobs WHERE status = 'running'").await, 0, "no lease is left");
        let back = "background_jobs WHERE job_type = 'demo_enable' AND status = 'pending' AND attempt = 0";
        assert_eq!(count(&db, back).await, 1, "the attempt does not count");
    }
    // A claim that was under way when the request came gives back what it got as well.
    let of_hers = |event: &str| format!("job_events WHERE event = '{event}' AND user_id IS NOT NULL");
    let (begun, back) = (count(&db, &of_hers("start")).await, count(&db, &of_hers("hand_back")).await);
    assert!(begun == back && back >= 2, "{begun} attempts begun, {back} handed back");
}
