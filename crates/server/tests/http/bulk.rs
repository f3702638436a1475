//! Bulk over HTTP: planned by ids and by a filter, guarded, executed by a real worker.

use crate::stand::{Reply, Stand, Write};
use repruv_server::worker::{Bulk, EngineSettings, Handlers, Worker};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Role, factories, factories::job, wait_until};

pub async fn plan(stand: &Stand, token: &str, body: Value) -> Reply {
    let write = Write::new(token, "/staff/bulk-plans", 1).body(body);
    stand.write(Write { version: None, ..write }).await
}

pub async fn step(stand: &Stand, token: &str, plan: &Reply, verb: &str, body: Value) -> Reply {
    let (id, version) = (plan.body["plan"]["id"].as_str().expect("an id"), plan.body["plan"]["version"].as_u64());
    let version = version.and_then(|version| u32::try_from(version).ok()).expect("a version");
    stand.write(Write::new(token, format!("/staff/bulk-plans/{id}/{verb}"), version).body(body)).await
}

pub fn reason() -> Value {
    json!({ "reason": "Ticket 4711" })
}

pub fn worker(stand: &Stand) -> Worker {
    let engine = EngineSettings { poll: Duration::from_millis(50), ..EngineSettings::default() };
    Worker::start(&stand.db.url(Role::Worker), Handlers::default().with(Bulk::default()), engine).expect("a worker")
}

#[tokio::test]
async fn a_plan_tells_what_is_to_be_expected_and_changes_nothing() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let failed = job().failed().insert(&stand.db).await.id;
    let (done, waiting) = (job().completed().insert(&stand.db).await.id, job().insert(&stand.db).await.id);
    let running = job().running().insert(&stand.db).await.id;
    let gone = testkit::new_id();
    let ids = json!([failed, done, waiting, running, gone, failed]);
    let body = json!({ "action": "retry_jobs", "ids": ids, "reason": "Ticket 4711" });
    let before = stand.count("job_events").await;
    let made = plan(&stand, &token, body).await.expect(200);
    let row = &made.body["plan"];
    let counts = ["items", "will_change", "already_there", "in_flight", "not_allowed"].map(|name| row[name].as_u64());
    assert_eq!(counts, [5, 1, 1, 1, 2].map(Some), "{row}");
    assert_eq!(
        (&row["status"], &row["second_person"], &row["typed_count"]),
        (&json!("planned"), &json!(false), &json!(false))
    );
    assert_eq!(made.body["sample"][0]["target_id"], json!(failed));
    let reasons = made.body["reasons"].as_array().expect("reasons");
    assert!(reasons.iter().any(|reason| reason["why"] == "There is no such job, or no longer."), "{reasons:?}");
    assert!(made.body["undo"].as_str().expect("words").starts_with("This cannot be undone"));
    assert_eq!((stand.count("job_events").await, stand.count("background_jobs").await), (before, 4));
}

#[tokio::test]
async fn a_plan_is_made_of_one_choice_that_fits_its_action() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let filter =
        json!({ "statuses": ["failed"], "job_types": [], "user": null, "id": null, "worker_id": null, "error": null });
    let everybody = json!({ "search": null, "demo_modes": [] });
    for (body, field) in [
        (json!({ "action": "retry_jobs", "reason": "Ticket" }), "ids"),
        (json!({ "action": "retry_jobs", "ids": [], "reason": "Ticket" }), "ids"),
        (json!({ "action": "retry_jobs", "ids": [testkit::new_id()], "jobs": filter, "reason": "Ticket" }), "ids"),
        (json!({ "action": "retry_jobs", "users": everybody, "reason": "Ticket" }), "users"),
        (json!({ "action": "disable_demo_mode", "jobs": filter, "reason": "Ticket" }), "jobs"),
        (json!({ "action": "retry_jobs", "jobs": filter, "reason": "Ticket" }), "ids"),
        (json!({ "action": "retry_jobs", "ids": vec![testkit::new_id(); 1_001], "reason": "Ticket" }), "ids"),
        (json!({ "action": "retry_jobs", "ids": [testkit::new_id()], "reason": "x" }), "reason"),
    ] {
        let refused = plan(&stand, &token, body.clone()).await.refused(422, "invalid_request");
        assert_eq!(refused.text("field"), field, "{body}");
    }
    assert_eq!(stand.count("bulk_plans").await, 0);
}

#[tokio::test]
async fn the_same_request_makes_one_plan() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let ids = [job().failed().insert(&stand.db).await.id];
    let write = Write::new(&token, "/staff/bulk-plans", 1);
    let write =
        Write { version: None, ..write.body(json!({ "action": "retry_jobs", "ids": ids, "reason": "Ticket 4711" })) };
    let first = stand.write(write.clone()).await.expect(200);
    let second = stand.write(write).await.expect(200);
    assert_eq!(
        (&first.body["plan"]["id"], second.header("idempotency-replayed")),
        (&second.body["plan"]["id"], "true")
    );
    let begun = step(&stand, &token, &first, "confirm", reason()).await.expect(200);
    assert_eq!(begun.body["plan"]["status"], "running");
    step(&stand, &token, &first, "confirm", reason()).await.refused(409, "version_conflict");
}

/// Ten thousand of more that match, by two people, with a pause in between.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_are_executed_once_each_after_a_second_person_agreed() {
    let stand = Stand::by_two().await;
    let dana = factories::staff().insert(&stand.db).await;
    let (first, second) = (stand.staff(dana).await, stand.support().await);
    stand
        .sql(
            "WITH made AS (INSERT INTO background_jobs (id, job_type, status, attempt, completed_at, error_message) \
             SELECT ('0190a0c4-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'noop', 'failed', 1, now(), 'no answer' \
             FROM generate_series(1, 10050) n RETURNING id) \
             INSERT INTO job_events (job_id, event, from_status, to_status, attempt, actor) \
             SELECT id, 'fail', 'running', 'failed', 1, 'test' FROM made",
        )
        .await;
    let filter = json!({ "statuses": ["failed"], "job_types": [], "user": null, "id": null, "worker_id": null, "error": "no answer" });
    let body = json!({ "action": "retry_jobs", "jobs": filter, "reason": "The demo service is back" });
    let made = plan(&stand, &first, body).await.expect(200);
    let row = &made.body["plan"];
    assert_eq!((&row["items"], &row["will_change"], &row["or_more"]), (&json!(10_000), &json!(10_000), &json!(true)));
    assert_eq!(
        (&row["second_person"], &row["source"]),
        (&json!(true), &json!("all jobs with status failed, error “no answer”"))
    );
    step(&stand, &first, &made, "confirm", reason()).await.refused(409, "illegal_transition");
    let typed = json!({ "reason": "Ticket 4711", "typed_count": 10_000 });
    let asked = step(&stand, &first, &made, "confirm", typed).await.expect(200);
    assert_eq!(asked.body["plan"]["status"], "awaiting_approval");
    let own = step(&stand, &first, &asked, "approve", reason()).await.refused(409, "illegal_transition");
    assert!(own.text("message").contains("yourself"), "{own:?}");
    assert_eq!(stand.count("background_jobs WHERE job_type = 'bulk'").await, 0);
    stand.sql("DELETE FROM background_jobs WHERE id = '0190a0c4-0000-7000-8000-000000010000'").await;
    stand
        .sql("UPDATE background_jobs SET version = version + 1 WHERE id = '0190a0c4-0000-7000-8000-000000009000'")
        .await;
    let begun = step(&stand, &second, &asked, "approve", reason()).await.expect(200);
    assert_eq!(begun.body["plan"]["status"], "running");

    let worker = worker(&stand);
    let patience = Duration::from_secs(300);
    wait_until("a good part is done", patience, || async {
        stand.count("bulk_items WHERE state = 'done'").await > 500
    })
    .await;
    let pausing = step(&stand, &second, &begun, "pause", reason()).await.expect(200);
    let done = stand.count("bulk_items WHERE state = 'done'").await;
    wait_until("it stands still", patience, || async { stand.count("bulk_plans WHERE status = 'paused'").await == 1 })
        .await;
    assert_eq!(stand.count("bulk_items WHERE state = 'done'").await, done, "nothing after the pause was answered");
    let id = pausing.body["plan"]["id"].as_str().expect("an id");
    let paused = stand.write(Write::new(&first, format!("/staff/bulk-plans/{id}/resume"), 5).body(reason())).await;
    paused.expect(200);
    wait_until("all is done", patience, || async { stand.count("bulk_plans WHERE status = 'completed'").await == 1 })
        .await;
    worker.stop(std::future::pending()).await;

    assert_eq!(stand.count("bulk_items WHERE state = 'done'").await, 9_998);
    assert_eq!(stand.count("bulk_items WHERE result_code IN ('gone', 'moved')").await, 2);
    assert_eq!(stand.count("background_jobs WHERE job_type = 'noop' AND status = 'pending'").await, 9_998);
    let once = "(SELECT job_id FROM job_events WHERE event = 'manual_retry' AND actor <> '' GROUP BY job_id HAVING count(*) = 1) once";
    assert_eq!(stand.count(once).await, 9_999, "each job once, and the plan's own job, which was resumed");
    let lines =
        format!("audit_entries WHERE action = 'job.retry' AND request_id = 'bulk:{id}' AND staff_id IS NOT NULL");
    assert_eq!(stand.count(&lines).await, 9_998);

    let again = stand
        .write(Write::new(&first, format!("/staff/bulk-plans/{id}/retry-failed"), 7).body(reason()))
        .await
        .expect(200);
    let row = &again.body["plan"];
    assert_eq!(
        (&row["items"], &row["will_change"], &row["not_allowed"], &row["retry_of"]),
        (&json!(2), &json!(1), &json!(1), &json!(id))
    );
}
