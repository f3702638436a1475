//! Plans that a worker must not or cannot execute: nothing is changed, and the plan says why it stands still.

use crate::{
    bulk::{plan, reason, step, worker},
    stand::Stand,
};
use serde_json::json;
use std::time::Duration;
use testkit::{factories::job, wait_until};

/// What the plan's job says, once the plan stands still. `change`: what happens to the plan after it was confirmed.
async fn stands_still_after(change: &str) -> (Stand, String) {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let ids = [job().failed().insert(&stand.db).await.id, job().failed().insert(&stand.db).await.id];
    let body = json!({ "action": "retry_jobs", "ids": ids, "reason": "Ticket 4711" });
    let made = plan(&stand, &token, body).await.expect(200);
    step(&stand, &token, &made, "confirm", reason()).await.expect(200);
    stand.sql(change).await;
    // Its attempts are as good as used up: each would find the same.
    stand.sql("UPDATE background_jobs SET max_attempts = 1 WHERE job_type = 'bulk'").await;
    let worker = worker(&stand);
    wait_until("the plan stands still", Duration::from_secs(60), async || {
        stand.count("bulk_plans WHERE status = 'paused'").await == 1
    })
    .await;
    worker.stop(std::future::pending()).await;
    assert_eq!(stand.count("bulk_items WHERE state = 'waiting'").await, 2, "no item was tried");
    assert_eq!(stand.count("background_jobs WHERE job_type = 'noop' AND status = 'failed'").await, 2);
    let said = sqlx::query_scalar("SELECT coalesce(note, '') FROM bulk_plans").fetch_one(stand.db.owner()).await;
    (stand, said.expect("a plan"))
}

#[tokio::test]
async fn items_that_are_not_those_that_were_confirmed_are_not_executed() {
    let exchanged = "UPDATE bulk_items SET target_id = gen_random_uuid() WHERE seq = (SELECT max(seq) FROM bulk_items)";
    let (_stand, said) = stands_still_after(exchanged).await;
    assert!(said.contains("not what was confirmed"), "{said}");
}

/// As a worker meets it that is older than the API: the digest is right, the action is none that it knows.
#[tokio::test]
async fn an_action_that_the_worker_does_not_know_waits_for_a_newer_worker() {
    let newer =
        "UPDATE bulk_plans SET action = 'polish_jobs', digest = bulk_digest(id, 'polish_jobs', reason, rate_per_s)";
    let (_stand, said) = stands_still_after(newer).await;
    assert!(said.contains("Update the workers, then resume it."), "{said}");
}
