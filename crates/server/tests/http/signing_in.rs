//! Signing in: by cookie, by bearer header, and every refusal alike.

use crate::stand::{Reply, Stand};
use reqwest::Method;
use serde_json::json;
use testkit::factories::{PASSWORD, staff, user};

#[tokio::test]
async fn a_customer_signs_in_by_bearer_header() {
    let stand = Stand::new().await;
    let ana = user().email("Ana@Repruv.test").name("Ana Álvarez").insert(&stand.db).await;
    let signed_in = stand.login("ana@repruv.TEST").await.expect(200);
    assert!(signed_in.access().starts_with("rps_") && signed_in.refresh().starts_with("rpr_"));
    let session = stand.get("/auth/session", &signed_in.access()).await.expect(200);
    assert_eq!(session.body["user_id"], json!(ana.id));
    assert_eq!(session.text("email"), "Ana@Repruv.test");
    assert_eq!(session.text("full_name"), "Ana Álvarez");
    let stored = "user_sessions WHERE transport = 'bearer' AND address = '127.0.0.1' AND length(access_hash) = 32";
    assert_eq!(stand.count(stored).await, 1);
    stand.request(Method::POST, "/auth/logout", &signed_in.access()).send().await.expect("an answer");
    stand.get("/auth/session", &signed_in.access()).await.refused(401, "unauthorized");
    assert_eq!(stand.count("audit_entries WHERE action = 'session.sign_out' AND actor = 'customer'").await, 1);
}

#[tokio::test]
async fn a_browser_signs_in_by_cookie() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let login = |host: &'static str| {
        let request = stand.request(Method::POST, "/auth/login", "").header("origin", "https://app.repruv.test");
        let request = if host.is_empty() { request } else { request.header("host", host) };
        Reply::of(request.json(&json!({ "email": "ana@repruv.test", "password": PASSWORD })))
    };
    let here = login("").await.expect(200);
    let cookies: Vec<&str> =
        here.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text")).collect();
    assert!(cookies[0].starts_with("session_token=rps_"), "{cookies:?}");
    assert!(cookies[0].contains("; Path=/; ") && cookies[0].ends_with("; HttpOnly; SameSite=Lax"), "{cookies:?}");
    assert!(cookies[1].starts_with("session_refresh=rpr_") && cookies[1].contains("Path=/api/v1/auth;"), "{cookies:?}");
    assert_eq!(here.header("access-control-allow-origin"), "https://app.repruv.test");
    let away = login("api.repruv.test").await.expect(200);
    assert!(away.header("set-cookie").ends_with("; Secure"), "outside loopback");

    let cookie = |reply: &Reply, name: &str| {
        let all = reply.headers.get_all("set-cookie");
        let found = all.iter().find_map(|value| value.to_str().expect("text").strip_prefix(name).map(str::to_owned));
        format!("{name}{}", found.expect(name).split(';').next().expect("a value"))
    };
    let by_cookie = |method, path: &'static str, cookie: String| {
        Reply::of(stand.request(method, path, "").header("cookie", format!("theme=dark; {cookie}")))
    };
    let token = cookie(&here, "session_token=");
    by_cookie(Method::GET, "/auth/session", token.clone()).await.expect(200);
    let renewed = by_cookie(Method::POST, "/auth/refresh", cookie(&here, "session_refresh=")).await.expect(200);
    by_cookie(Method::GET, "/auth/session", token).await.refused(401, "unauthorized");
    let token = cookie(&renewed, "session_token=");
    let out = by_cookie(Method::POST, "/auth/logout", token.clone()).await.expect(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    by_cookie(Method::GET, "/auth/session", token).await.refused(401, "unauthorized");
    assert_eq!(stand.count("user_sessions WHERE transport = 'cookie'").await, 2);
}

#[tokio::test]
async fn every_refusal_of_a_sign_in_is_the_same() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    user().email("inactive@repruv.test").inactive().insert(&stand.db).await;
    user().email("nopassword@repruv.test").insert(&stand.db).await;
    stand.sql("UPDATE users SET hashed_password = NULL WHERE email = 'nopassword@repruv.test'").await;
    let wrong = |email: &str| json!({ "email": email, "password": "wrong password" });
    let right = |email: &str| json!({ "email": email, "password": PASSWORD });
    let mut bodies = vec![];
    for body in [
        wrong("ana@repruv.test"),
        wrong("nobody@repruv.test"),
        right("inactive@repruv.test"),
        right("nopassword@repruv.test"),
        right("nul\0@repruv.test"),
        json!({ "email": "", "password": "" }),
    ] {
        let begun = std::time::Instant::now();
        let mut reply = stand.post("/auth/login", "", body).await.refused(401, "invalid_credentials");
        assert!(begun.elapsed().as_millis() >= 395, "a refusal that comes early tells something");
        assert_eq!(reply.text("message"), "Invalid email or password.");
        reply.body["request_id"] = json!("");
        bodies.push(reply.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(stand.count("user_sessions").await, 0);

    staff().email("gone@repruv.test").disabled().insert(&stand.db).await;
    let gone = json!({ "email": "gone@repruv.test", "password": PASSWORD });
    stand.post("/staff/auth/login", "", gone).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn a_password_of_the_former_backend_works_and_its_hash_is_replaced() {
    let stand = Stand::new().await;
    user().email("old@repruv.test").insert(&stand.db).await;
    let hash = bcrypt::hash(PASSWORD, 4).expect("a hash");
    sqlx::query("UPDATE users SET hashed_password = $1").bind(hash).execute(stand.db.owner()).await.expect("an update");
    stand.login("old@repruv.test").await.expect(200);
    assert_eq!(stand.count("users WHERE hashed_password LIKE '$argon2id$%'").await, 1);
    stand.login("old@repruv.test").await.expect(200);
}

#[tokio::test]
async fn guessing_has_to_wait() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let guess = || stand.post("/auth/login", "", json!({ "email": "ana@repruv.test", "password": "guess" }));
    for _ in 0..5 {
        guess().await.refused(401, "invalid_credentials");
    }
    // Three at once, because one alone could come when the first short delay is just over.
    let (a, b, c) = tokio::join!(guess(), guess(), guess());
    let refused = [a, b, c].into_iter().filter(|reply| reply.status == 429).collect::<Vec<_>>();
    assert!(refused.len() >= 2, "{refused:?}");
    for reply in refused {
        let reply = reply.refused(429, "rate_limited");
        assert!(reply.body["retry_after_s"].as_u64() > Some(0));
        reply.header("retry-after");
    }
}

#[tokio::test]
async fn tokens_of_customers_and_staff_are_not_interchangeable() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let customer = stand.login("ana@repruv.test").await.expect(200);
    let staff = stand.support().await;
    stand.get("/auth/session", &staff).await.refused(401, "unauthorized");
    stand.get("/staff/auth/session", &customer.access()).await.refused(401, "unauthorized");
    stand.get("/auth/session", &customer.refresh()).await.refused(401, "unauthorized");
    stand.get("/auth/session", "nonsense").await.refused(401, "unauthorized");
    let reply = stand.get("/auth/session", "").await.refused(401, "unauthorized");
    assert_eq!(reply.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn an_account_that_is_closed_is_out_at_once() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let signed_in = stand.login("ana@repruv.test").await.expect(200);
    stand.sql("UPDATE users SET is_active = false").await;
    stand.get("/auth/session", &signed_in.access()).await.refused(401, "unauthorized");
    let refresh = json!({ "refresh_token": signed_in.refresh() });
    stand.post("/auth/refresh", "", refresh).await.refused(401, "unauthorized");
}
