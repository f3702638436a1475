//! What staff do: each command, its refusals, and its repeats.

use crate::stand::{Stand, Write};
use serde_json::json;
use testkit::factories::{job, user};
use uuid::Uuid;

#[tokio::test]
async fn staff_turn_a_demo_on_and_see_the_user_as_it_is_then() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let token = stand.support().await;
    let body =
        json!({ "reason": "Asked by phone", "profile": { "profile_type": "creator", "niche": "Food & travel" } });
    let reply = stand.write(Write::demo_mode(&token, ana.id, "enable", 1).body(body)).await.expect(200);
    assert_eq!(reply.body["user"]["demo_mode"], "enabling");
    assert_eq!(reply.body["user"]["version"], 2);
    assert_eq!(reply.body["demo"]["niche"], "Food & travel");
    assert_eq!(reply.body["demo"]["job"]["status"], "pending");
    let written = "audit_entries a JOIN staff s ON s.id = a.staff_id AND s.email = a.actor WHERE a.action = 'demo_mode.enable' \
        AND a.reason = 'Asked by phone' AND a.before_state = 'disabled' AND a.after_state = 'enabling' \
        AND a.request_id IS NOT NULL AND a.address = '127.0.0.1'";
    assert_eq!(stand.count(written).await, 1);
}

#[tokio::test]
async fn staff_turn_off_cancel_and_dismiss() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let after = async |user_id: Uuid, verb: &str| {
        let reply = stand.write(Write::demo_mode(&token, user_id, verb, 1)).await.expect(200);
        reply.body["user"]["demo_mode"].as_str().expect("a word").to_owned()
    };
    assert_eq!(after(user().enabled().insert(&stand.db).await.id, "disable").await, "disabling");
    assert_eq!(after(user().failed_to_disable().insert(&stand.db).await.id, "disable").await, "disabling");
    assert_eq!(after(user().enabling().insert(&stand.db).await.id, "cancel").await, "disabled");
    assert_eq!(after(user().disabling().insert(&stand.db).await.id, "cancel").await, "enabled");
    assert_eq!(after(user().enabling().job_running().insert(&stand.db).await.id, "cancel").await, "enabling");
    assert_eq!(after(user().failed().insert(&stand.db).await.id, "dismiss").await, "disabled");
    assert_eq!(after(user().failed().insert(&stand.db).await.id, "enable").await, "enabling");
}

#[tokio::test]
async fn staff_cancel_retry_and_reschedule_a_job() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let at = async |id: Uuid, verb: &str, version: u32, body: serde_json::Value| {
        stand.write(Write::new(&token, format!("/staff/jobs/{id}/{verb}"), version).body(body)).await
    };
    let reason = || json!({ "reason": "The customer asked" });
    let waiting = job().insert(&stand.db).await;
    let moved = at(waiting.id, "reschedule", 1, json!({ "reason": "Later", "run_at": later() })).await.expect(200);
    assert_eq!((&moved.body["job"]["status"], &moved.body["job"]["version"]), (&json!("pending"), &json!(2)));
    assert_eq!(stand.count("background_jobs WHERE run_at > now() + interval '1 hour'").await, 1);
    let stopped = at(waiting.id, "cancel", 2, reason()).await.expect(200);
    assert_eq!(stopped.body["job"]["status"], "cancelled");
    let again = at(waiting.id, "retry", 3, reason()).await.expect(200);
    assert_eq!((&again.body["job"]["status"], &again.body["job"]["attempt"]), (&json!("pending"), &json!(0)));
    assert_eq!(again.body["events"].as_array().map(Vec::len), Some(4), "made, moved, stopped, retried");
    let running = job().running().insert(&stand.db).await;
    let asked = at(running.id, "cancel", 1, reason()).await.expect(200);
    assert_eq!(
        (&asked.body["job"]["status"], &asked.body["job"]["cancel_requested"]),
        (&json!("running"), &json!(true))
    );
    at(running.id, "retry", 2, reason()).await.refused(409, "illegal_transition");
    at(running.id, "reschedule", 2, json!({ "reason": "Later", "run_at": later() }))
        .await
        .refused(409, "illegal_transition");
    let far = at(running.id, "reschedule", 2, json!({ "reason": "Later", "run_at": "2999-01-01T00:00:00Z" })).await;
    assert_eq!(far.refused(422, "invalid_request").text("field"), "run_at");
}

#[tokio::test]
async fn a_repeat_with_the_same_key_changes_nothing_and_answers_the_view() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let token = stand.support().await;
    let write = Write::demo_mode(&token, ana.id, "enable", 1);
    let first = stand.write(write.clone()).await.expect(200);
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let again = stand.write(write.clone()).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body["user"], first.body["user"]);
    let other = json!({ "reason": "Another reason", "profile": {} });
    let reply = stand.write(write.clone().body(other)).await.refused(422, "idempotency_mismatch");
    assert_eq!(reply.text("field"), "Idempotency-Key");
    let elsewhere = Write { path: write.path.replace("enable", "disable"), ..write.clone() };
    stand.write(elsewhere.body(json!({ "reason": "The customer asked" }))).await.refused(422, "idempotency_mismatch");
    stand.write(Write { version: Some(2), ..write }).await.refused(422, "idempotency_mismatch");
    assert_eq!(stand.count("background_jobs").await, 1);
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_its_key_for_the_one_who_asked() {
    let stand = Stand::new().await;
    let (ana, ben) = (user().insert(&stand.db).await, user().insert(&stand.db).await);
    let (token, other) = (stand.support().await, stand.support().await);
    let settle =
        async |token: &str, key: &str| stand.post(&format!("/staff/commands/{key}/settle"), token, json!({})).await;
    let done = Write::demo_mode(&token, ana.id, "enable", 1);
    stand.write(done.clone()).await.expect(200);
    let key = done.key.as_deref().expect("a key");
    assert_eq!(settle(&token, key).await.expect(200).body, json!({ "done": true }));
    assert_eq!(settle(&other, key).await.expect(200).body, json!({ "done": false }), "the key of somebody else");

    let late = Write::demo_mode(&token, ben.id, "enable", 1);
    let key = late.key.as_deref().expect("a key");
    assert_eq!(settle(&token, key).await.expect(200).body, json!({ "done": false }));
    stand.write(late.clone()).await.refused(422, "idempotency_mismatch");
    assert_eq!(stand.count("background_jobs").await, 1);
    settle(&token, "short").await.refused(400, "invalid_request");
    settle("", key).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn fifty_repeats_at_once_make_one_job() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let token = stand.support().await;
    let write = Write::demo_mode(&token, ana.id, "enable", 1);
    let replies = futures_util::future::join_all((0..50).map(|_| stand.write(write.clone()))).await;
    let fresh = replies.iter().filter(|reply| !reply.headers.contains_key("idempotency-replayed")).count();
    for reply in replies {
        assert_eq!(reply.expect(200).body["user"]["version"], 2);
    }
    assert_eq!((fresh, stand.count("background_jobs").await), (1, 1));
    assert_eq!(stand.count("audit_entries WHERE action = 'demo_mode.enable'").await, 1);
}

#[tokio::test]
async fn of_two_people_who_saw_the_same_one_wins() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let (one, two) = (stand.support().await, stand.support().await);
    let (a, b) = tokio::join!(
        stand.write(Write::demo_mode(&one, ana.id, "enable", 1)),
        stand.write(Write::demo_mode(&two, ana.id, "enable", 1)),
    );
    let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
    won.expect(200);
    let lost = lost.refused(409, "version_conflict");
    assert_eq!(lost.body["current"]["user"]["version"], 2);
    assert_eq!(lost.body["current"]["user"]["demo_mode"], "enabling");
}

fn later() -> String {
    let in_two_hours = std::time::SystemTime::now() + std::time::Duration::from_secs(7_200);
    chrono::DateTime::<chrono::Utc>::from(in_two_hours).to_rfc3339()
}
