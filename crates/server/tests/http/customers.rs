//! A customer's own demo mode and jobs.

use crate::stand::{Reply, Stand};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::factories::{job, user};

#[tokio::test]
async fn turning_demo_mode_on_answers_at_once_with_the_job() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let ana = stand.login("ana@repruv.test").await.access();
    let status = stand.get("/demo/status", &ana).await.expect(200);
    assert_eq!((status.text("status"), &status.body["job"]), ("disabled", &Value::Null));

    let accepted =
        stand.post("/demo/enable", &ana, json!({ "profile": { "preset": "local_business" } })).await.expect(202);
    assert_eq!(accepted.text("status"), "enabling");
    let job = stand.get(&format!("/jobs/{}/status", accepted.text("job_id")), &ana).await.expect(200);
    assert_eq!((job.text("status"), job.text("job_type")), ("pending", "demo_enable"));
    let status = stand.get("/demo/status", &ana).await.expect(200);
    assert_eq!((status.text("status"), status.text("profile_type")), ("enabling", "brand"));
    assert_eq!(status.body["job"], job.body);

    let again = stand.post("/demo/enable", &ana, json!({})).await.expect(202);
    assert_eq!(again.body["job_id"], accepted.body["job_id"], "a double click is one operation");
    stand.post("/demo/disable", &ana, json!({})).await.refused(409, "illegal_transition");
    stand.post("/demo/dismiss", &ana, json!({})).await.refused(409, "illegal_transition");
    assert_eq!(stand.count("background_jobs").await, 1);
    assert_eq!(stand.count("audit_entries WHERE action = 'demo_mode.enable' AND actor = 'customer'").await, 1);
}

#[tokio::test]
async fn a_body_is_not_needed_where_nothing_needs_saying() {
    let stand = Stand::new().await;
    user().email("on@repruv.test").enabled().insert(&stand.db).await;
    user().email("broken@repruv.test").failed().insert(&stand.db).await;
    let bare = async |path: &str, token: &str| Reply::of(stand.request(Method::POST, path, token)).await;
    let on = stand.login("on@repruv.test").await.access();
    assert_eq!(bare("/demo/disable", &on).await.expect(202).text("status"), "disabling");
    assert_eq!(bare("/demo/disable", &on).await.expect(202).text("status"), "disabling");
    bare("/demo/enable", &on).await.refused(409, "illegal_transition");
    let broken = stand.login("broken@repruv.test").await.access();
    let failed = stand.get("/demo/status", &broken).await.expect(200);
    assert!(failed.text("error").len() > 3);
    assert_eq!(bare("/demo/dismiss", &broken).await.expect(202).text("status"), "disabled");
    assert_eq!(bare("/demo/enable", &broken).await.expect(202).text("status"), "enabling");
}

#[tokio::test]
async fn fifty_at_once_make_one_job() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let ana = stand.login("ana@repruv.test").await.access();
    let replies = futures_util::future::join_all((0..50).map(|_| stand.post("/demo/enable", &ana, json!({})))).await;
    let first = replies[0].body["job_id"].clone();
    for reply in replies {
        assert_eq!(reply.expect(202).body["job_id"], first);
    }
    assert_eq!(stand.count("background_jobs").await, 1);
}

#[tokio::test]
async fn a_demo_can_be_scheduled_but_not_for_ever() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let ana = stand.login("ana@repruv.test").await.access();
    for far in ["2999-01-01T00:00:00Z", "+262142-12-31T23:59:59Z"] {
        let reply = stand.post("/demo/enable", &ana, json!({ "run_at": far })).await.refused(422, "invalid_request");
        assert_eq!(reply.text("field"), "run_at");
    }
    stand.post("/demo/enable", &ana, json!({ "run_at": "0001-01-01T00:00:00Z" })).await.expect(202);
    assert_eq!(stand.count("background_jobs WHERE run_at BETWEEN now() - interval '1 minute' AND now()").await, 1);
}

#[tokio::test]
async fn another_customers_job_does_not_exist() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let ben = user().insert(&stand.db).await;
    let bens = job().of(ben.id).insert(&stand.db).await;
    let systems = job().insert(&stand.db).await;
    let ana = stand.login("ana@repruv.test").await.access();
    let mut bodies = vec![];
    for id in [bens.id, systems.id, testkit::new_id()] {
        let mut reply = stand.get(&format!("/jobs/{id}/status"), &ana).await.refused(404, "not_found");
        reply.body["request_id"] = json!("");
        bodies.push(reply.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let reply = stand.get("/jobs/12/status", &ana).await.refused(400, "invalid_request");
    assert_eq!(reply.text("field"), "id");
}

#[tokio::test]
async fn presets_are_listed_with_the_default_first() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let ana = stand.login("ana@repruv.test").await.access();
    let presets = stand.get("/demo/presets", &ana).await.expect(200);
    assert_eq!(presets.body[0]["name"], "Mid-Tier Creator");
}
