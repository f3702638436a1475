//! Bad input: a 4xx with a code and the field, and nothing changed.

use crate::stand::{Reply, Stand, Write};
use reqwest::Method;
use serde_json::json;
use testkit::{
    factories::{job, staff, user},
    new_id,
};

#[tokio::test]
async fn a_write_without_its_headers_is_refused() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let token = stand.support().await;
    let write = Write::demo_mode(&token, ana.id, "enable", 1);
    for key in [None, Some("short".to_owned()), Some("x".repeat(101)), Some("with a space".to_owned())] {
        let reply = stand.write(Write { key, ..write.clone() }).await.refused(400, "invalid_request");
        assert_eq!(reply.text("field"), "Idempotency-Key");
    }
    let reply = stand.write(Write { version: None, ..write.clone() }).await.refused(428, "version_conflict");
    assert_eq!(reply.text("field"), "If-Match");
    for version in ["\"abc\"", "+1", "\"+1\"", "-1", "1234567890", "\"1"] {
        let request = stand.write_request(&Write { version: None, ..write.clone() }).header("if-match", version);
        let reply = Reply::of(request).await.refused(400, "invalid_request");
        assert_eq!(reply.text("field"), "If-Match", "{version}");
    }
    stand.write(Write { version: Some(9), ..write.clone() }).await.refused(409, "version_conflict");
    stand.write(Write { token: "", ..write.clone() }).await.refused(401, "unauthorized");
    assert_eq!(stand.count("background_jobs").await, 0);
    assert_eq!(stand.count("command_receipts").await, 0, "a refused command leaves its key free");
    stand.write(write).await.expect(200);
}

#[tokio::test]
async fn a_body_that_does_not_fit_names_its_field() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let token = stand.support().await;
    for (field, body) in [
        ("reason", json!({ "reason": "no", "profile": {} })),
        ("reason", json!({ "reason": "x".repeat(501), "profile": {} })),
        ("reason", json!({ "reason": "a\0bc", "profile": {} })),
        ("reason", json!({ "profile": {} })),
        ("reason", json!({ "reason": ["x"], "profile": {} })),
        ("profile.preset", json!({ "reason": "why", "profile": { "preset": "nope" } })),
        ("profile.profile_type", json!({ "reason": "why", "profile": { "profile_type": "wizard" } })),
        ("profile.colour", json!({ "reason": "why", "profile": { "colour": "red" } })),
        ("actor", json!({ "reason": "why", "profile": {}, "actor": "somebody else" })),
        ("run_at", json!({ "reason": "why", "profile": {}, "run_at": "tomorrow" })),
    ] {
        let reply = stand.write(Write::demo_mode(&token, ana.id, "enable", 1).body(body)).await;
        assert_eq!(reply.refused(422, "invalid_request").text("field"), field);
    }
    assert_eq!(stand.count("background_jobs").await, 0);
}

#[tokio::test]
async fn what_the_database_cannot_hold_is_no_fault_of_ours() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let token = stand.staff(staff().admin().insert(&stand.db).await).await;
    let revoke = |body| Write::new(&token, format!("/staff/users/{}/sessions/revoke", ana.id), 1).body(body);
    for device in ["a\0b".to_owned(), "x".repeat(101)] {
        let reply = stand.write(revoke(json!({ "reason": "Asked", "device": device }))).await;
        assert_eq!(reply.refused(422, "invalid_request").text("field"), "device");
    }
    for moment in ["-200000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "+262142-12-31T23:59:59Z"] {
        stand.write(revoke(json!({ "reason": "Asked", "unused_since": moment }))).await.expect(200);
    }
    let words = json!({ "reason": "Asked", "fingerprint": "a\0b", "title": "Words", "customer_sees": "Words", "ticket_reply": "Words" });
    stand.write(Write::new(&token, "/staff/error-words", 1).body(words)).await.refused(404, "not_found");
    job().insert(&stand.db).await;
    let jobs = json!({ "statuses": vec!["pending"; 200], "job_types": [] });
    let plan = json!({ "action": "cancel_jobs", "jobs": jobs, "reason": "Asked" });
    let planned = stand.write(Write::new(&token, "/staff/bulk-plans", 1).body(plan)).await.expect(200);
    assert_eq!(planned.body["plan"]["source"].as_str().map(|words| words.chars().count()), Some(500));
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let token = stand.support().await;
    let raw = async |kind: &str, body: String| {
        let request = stand.request(Method::POST, &format!("/staff/users/{}/demo-mode/disable", ana.id), &token);
        let request = request.header("idempotency-key", new_id().to_string()).header("if-match", "\"1\"");
        Reply::of(request.header("content-type", kind).body(body)).await
    };
    raw("application/json", "{\"reason\":".into()).await.refused(400, "invalid_request");
    raw("application/json", "[]".into()).await.refused(400, "invalid_request");
    raw("application/json; charset=utf-8", "\u{feff}{}".into()).await.refused(400, "invalid_request");
    raw("text/plain", "{}".into()).await.refused(415, "invalid_request");
    raw("application/x-www-form-urlencoded", "reason=why".into()).await.refused(415, "invalid_request");
    let deep = "[".repeat(5_000);
    raw("application/json", deep).await.refused(400, "invalid_request");
    let large = json!({ "reason": "x".repeat(70_000) }).to_string();
    raw("application/json", large).await.refused(413, "payload_too_large");
}

#[tokio::test]
async fn what_does_not_exist_is_refused_as_json() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let id = new_id();
    for path in [
        format!("/staff/users/{id}/demo-mode/disable"),
        format!("/staff/jobs/{id}/cancel"),
        format!("/staff/jobs/{id}/retry"),
        format!("/staff/sessions/{id}/revoke"),
        format!("/staff/users/{id}/sessions/revoke"),
    ] {
        stand.write(Write::new(&token, path.clone(), 1)).await.refused(404, "not_found");
        let malformed = path.replace(&id.to_string(), "1%00");
        let reply = stand.write(Write::new(&token, malformed, 1)).await.refused(400, "invalid_request");
        assert_eq!(reply.text("field"), "id");
    }
    stand.get("/nothing/here", "").await.refused(404, "not_found");
    Reply::of(stand.http.get(format!("{}/", stand.base))).await.refused(404, "not_found");
    Reply::of(stand.request(Method::DELETE, "/auth/login", "")).await.refused(405, "invalid_request");
    let method = Method::from_bytes(b"BREW").expect("a method");
    Reply::of(stand.request(method, "/auth/login", "")).await.refused(405, "invalid_request");
}

#[tokio::test]
async fn a_request_id_is_ours_whatever_the_client_says() {
    let stand = Stand::new().await;
    let reply = Reply::of(stand.request(Method::GET, "/auth/session", "").header("x-request-id", "forged")).await;
    let reply = reply.refused(401, "unauthorized");
    assert!(uuid::Uuid::parse_str(reply.header("x-request-id")).is_ok());
}

#[tokio::test]
async fn other_origins_get_no_leave() {
    let stand = Stand::new().await;
    let from =
        |origin: &'static str| Reply::of(stand.request(Method::GET, "/demo/presets", "").header("origin", origin));
    assert!(!from("https://evil.test").await.headers.contains_key("access-control-allow-origin"));
    let ours = from("https://app.repruv.test").await;
    assert_eq!(ours.header("access-control-allow-credentials"), "true");
}
