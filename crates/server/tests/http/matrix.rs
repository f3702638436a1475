//! Who may ask for what: every operation of the API's description, asked by everybody. A new operation needs its row here.

use crate::stand::{Reply, Stand};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::factories::{PASSWORD, job, session, staff, token_hash, user};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Nobody,
    Customer,
    Viewer,
    Support,
    Admin,
}
use Who::{Admin, Customer, Nobody, Support, Viewer};

const EVERYBODY: [Who; 5] = [Nobody, Customer, Viewer, Support, Admin];

/// What an operation asks for, and so who is let in; others of the staff get 403, everybody else 401.
#[derive(Clone, Copy)]
enum Needs {
    Nothing,
    ACustomer,
    AnyStaff,
    SupportUp,
    AnAdmin,
}
use Needs::{ACustomer, AnAdmin, AnyStaff, Nothing, SupportUp};

impl Needs {
    fn answer(self, who: Who) -> u16 {
        let is_staff = matches!(who, Viewer | Support | Admin);
        let lets_in = match self {
            Nothing => true,
            ACustomer => who == Customer,
            AnyStaff => is_staff,
            SupportUp => matches!(who, Support | Admin),
            AnAdmin => who == Admin,
        };
        match (lets_in, is_staff, self) {
            (true, ..) => 200,
            (false, true, SupportUp | AnAdmin) => 403,
            _ => 401,
        }
    }
}

const TABLE: &[(&str, Needs)] = &[
    ("GET /api/v1/auth/session", ACustomer),
    ("GET /api/v1/demo/presets", ACustomer),
    ("GET /api/v1/demo/status", ACustomer),
    ("GET /api/v1/jobs/{id}/status", ACustomer),
    ("GET /api/v1/staff/auth/session", AnyStaff),
    ("GET /api/v1/staff/members", AnAdmin),
    ("GET /api/v1/staff/sessions/{id}/probe", SupportUp),
    ("POST /api/v1/auth/login", Nothing),
    ("POST /api/v1/auth/logout", ACustomer),
    ("POST /api/v1/auth/logout-everywhere", ACustomer),
    ("POST /api/v1/auth/refresh", Nothing),
    ("POST /api/v1/demo/disable", ACustomer),
    ("POST /api/v1/demo/dismiss", ACustomer),
    ("POST /api/v1/demo/enable", ACustomer),
    ("POST /api/v1/staff/auth/login", Nothing),
    ("POST /api/v1/staff/auth/logout", AnyStaff),
    ("POST /api/v1/staff/auth/password", AnyStaff),
    ("POST /api/v1/staff/auth/reauthenticate", AnyStaff),
    ("POST /api/v1/staff/auth/refresh", Nothing),
    ("POST /api/v1/staff/auth/second-factor/begin", AnyStaff),
    ("POST /api/v1/staff/auth/second-factor/confirm", AnyStaff),
    ("POST /api/v1/staff/commands/{key}/settle", AnyStaff),
    ("POST /api/v1/staff/bulk-plans", SupportUp),
    ("POST /api/v1/staff/bulk-plans/{id}/abort", SupportUp),
    ("POST /api/v1/staff/bulk-plans/{id}/approve", SupportUp),
    ("POST /api/v1/staff/bulk-plans/{id}/confirm", SupportUp),
    ("POST /api/v1/staff/bulk-plans/{id}/discard", SupportUp),
    ("POST /api/v1/staff/bulk-plans/{id}/pause", SupportUp),
    ("POST /api/v1/staff/bulk-plans/{id}/resume", SupportUp),
    ("POST /api/v1/staff/bulk-plans/{id}/retry-failed", SupportUp),
    ("POST /api/v1/staff/database-login", AnyStaff),
    ("POST /api/v1/staff/error-words", AnAdmin),
    ("POST /api/v1/staff/jobs/{id}/cancel", SupportUp),
    ("POST /api/v1/staff/jobs/{id}/fix", SupportUp),
    ("POST /api/v1/staff/jobs/{id}/reschedule", SupportUp),
    ("POST /api/v1/staff/jobs/{id}/retry", SupportUp),
    ("POST /api/v1/staff/members", AnAdmin),
    ("POST /api/v1/staff/members/{id}/disable", AnAdmin),
    ("POST /api/v1/staff/members/{id}/enable", AnAdmin),
    ("POST /api/v1/staff/members/{id}/reset-password", AnAdmin),
    ("POST /api/v1/staff/members/{id}/reset-second-factor", AnAdmin),
    ("POST /api/v1/staff/members/{id}/role", AnAdmin),
    ("POST /api/v1/staff/members/{id}/second-factor", AnAdmin),
    ("POST /api/v1/staff/queues/{name}/pause", AnAdmin),
    ("POST /api/v1/staff/queues/{name}/resume", SupportUp),
    ("POST /api/v1/staff/sessions/{id}/revoke", SupportUp),
    ("POST /api/v1/staff/users/{id}/demo-mode/cancel", SupportUp),
    ("POST /api/v1/staff/users/{id}/demo-mode/disable", SupportUp),
    ("POST /api/v1/staff/users/{id}/demo-mode/dismiss", SupportUp),
    ("POST /api/v1/staff/users/{id}/demo-mode/enable", SupportUp),
    ("POST /api/v1/staff/users/{id}/fix", SupportUp),
    ("POST /api/v1/staff/users/{id}/sessions/revoke", SupportUp),
];

fn document() -> Value {
    serde_json::from_str(&repruv_server::api::document().expect("a document")).expect("JSON")
}

#[test]
fn every_operation_has_its_row_and_every_row_its_operation() {
    let document = document();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods").keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let listed: BTreeSet<String> = TABLE.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    let without_row: Vec<_> = described.difference(&listed).collect();
    let without_operation: Vec<_> = listed.difference(&described).collect();
    assert!(without_row.is_empty() && without_operation.is_empty(), "{without_row:?} {without_operation:?}");
    for (operation, needs) in TABLE {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let told = &document["paths"][path][method.to_lowercase()]["responses"];
        for who in EVERYBODY {
            let status = needs.answer(who).to_string();
            assert!(status == "200" || told[&status].is_object(), "{operation} does not tell of {status}");
        }
    }
}

/// A token of this person, made for one question: some answers end it.
async fn token(stand: &Stand, who: Who) -> String {
    let member = match who {
        Nobody => return String::new(),
        Customer => return session(user().insert(&stand.db).await.id).bearer().insert(&stand.db).await.access_token,
        Viewer => staff().viewer(),
        Support => staff(),
        Admin => staff().admin(),
    };
    let member = member.insert(&stand.db).await;
    let token = format!("rpt_matrix_{}", testkit::new_id().simple());
    sqlx::query(
        "INSERT INTO staff_sessions (id, staff_id, access_hash, access_expires_at, expires_at) \
         VALUES (gen_random_uuid(), $1, $2, now() + interval '1 hour', now() + interval '1 hour')",
    )
    .bind(member.id)
    .bind(token_hash(&token))
    .execute(stand.db.owner())
    .await
    .expect("a session");
    token
}

#[tokio::test]
async fn everybody_asks_for_everything() {
    let stand = Stand::new().await;
    let (ana, bens) = (user().insert(&stand.db).await, staff().insert(&stand.db).await);
    let (job, anas) = (job().insert(&stand.db).await, session(ana.id).insert(&stand.db).await);
    let mut wrong = vec![];
    for (operation, needs) in TABLE {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let id = match path {
            _ if path.contains("/jobs/") => job.id,
            _ if path.contains("/staff/sessions/") => anas.id,
            _ if path.contains("/members/") => bens.id,
            _ => ana.id,
        };
        let path = path.trim_start_matches("/api/v1").replace("{id}", &id.to_string());
        let path = path.replace("{name}", "default").replace("{key}", &testkit::new_id().to_string());
        for who in EVERYBODY {
            let token = token(&stand, who).await;
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let request = stand.request(method.clone(), &path, &token);
            let request = request.header("idempotency-key", testkit::new_id().to_string()).header("if-match", "\"1\"");
            let request = if method == Method::POST { request.json(&body(&path, &ana.email)) } else { request };
            let reply = Reply::of(request).await;
            let let_in = !matches!(reply.status.as_u16(), 401 | 403) || reply.body["code"] == "invalid_credentials";
            let answered = if let_in { 200 } else { reply.status.as_u16() };
            let code = match answered {
                401 => "unauthorized",
                403 => "forbidden",
                _ => "",
            };
            let is_fault = reply.status.is_server_error();
            if answered != needs.answer(who) || is_fault || (!code.is_empty() && reply.body["code"] != code) {
                wrong.push(format!("{operation} by {who:?}: {} {}", reply.status, reply.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Something that the operation can read; whether it makes sense is not asked here.
fn body(path: &str, email: &str) -> Value {
    let reason = "The matrix asks";
    match path {
        "/auth/login" => json!({ "email": email, "password": PASSWORD }),
        "/staff/auth/login" => json!({ "email": "nobody@repruv.test", "password": PASSWORD }),
        // Without a token in the body a refresh is refused for everybody alike; the field at fault shows that it got in.
        "/auth/refresh" | "/staff/auth/refresh" => json!({ "unknown": true }),
        "/staff/auth/password" => json!({ "current_password": "wrong", "new_password": "a longer password" }),
        "/staff/auth/reauthenticate" | "/staff/auth/second-factor/begin" => json!({ "password": "wrong" }),
        "/staff/auth/second-factor/confirm" => json!({ "code": "123456" }),
        "/staff/members" => json!({ "reason": reason, "email": email, "name": "New", "role": "viewer" }),
        "/staff/error-words" => {
            json!({ "reason": reason, "fingerprint": "none", "title": "None", "customer_sees": "Nothing.",
            "ticket_reply": "Nothing is known." })
        }
        "/staff/bulk-plans" => json!({ "reason": reason, "action": "retry_jobs", "ids": [testkit::new_id()] }),
        _ if path.ends_with("/fix") => json!({ "fix": "retry_now", "reason": reason }),
        _ if path.starts_with("/demo/") || !path.starts_with("/staff/") => json!({}),
        _ if path.ends_with("/enable") && path.contains("demo-mode") => json!({ "reason": reason, "profile": {} }),
        _ if path.ends_with("/reschedule") => json!({ "reason": reason, "run_at": "2026-01-01T00:00:00Z" }),
        _ if path.ends_with("/role") => json!({ "reason": reason, "role": "viewer" }),
        _ if path.ends_with("/second-factor") => json!({ "reason": reason, "required": false }),
        _ => json!({ "reason": reason }),
    }
}
