//! The second factor of staff: required, enrolled, asked for, used once, reset by an admin.

use crate::stand::{Reply, Stand, Write, serve_with, settings};
use repruv_server::serve::ServeSettings;
use serde_json::json;
use testkit::{
    Role, TestDb,
    factories::{PASSWORD, TestStaff, staff},
};
use totp_rs::{Builder, Secret, Totp};

/// An authenticator.
pub struct Phone(Totp);

impl Phone {
    pub fn of(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).expect("base32");
        Self(Builder::new().with_secret(secret).build().expect("an authenticator"))
    }

    /// The code of a moment, in steps of 30 s from now.
    pub async fn code(&self, stand: &Stand, steps: i64) -> String {
        let now: i64 = sqlx::query_scalar("SELECT floor(extract(epoch FROM now()))::bigint")
            .fetch_one(stand.db.owner())
            .await
            .expect("a time");
        self.0.generate(u64::try_from(now + 30 * steps).expect("a time")).to_string()
    }
}

pub async fn login(stand: &Stand, member: &TestStaff, code: Option<&str>) -> Reply {
    let body = json!({ "email": member.email, "password": PASSWORD, "code": code });
    stand.post("/staff/auth/login", "", body).await
}

/// Enrols, and answers the authenticator. The code of now is used up. The next one is good already, and still is when a step
/// ends meanwhile: so that is what the tests go on with.
pub async fn enrolled(stand: &Stand, token: &str) -> Phone {
    let begun = stand.post("/staff/auth/second-factor/begin", token, json!({ "password": PASSWORD })).await.expect(200);
    assert!(begun.text("uri").starts_with("otpauth://totp/"));
    let phone = Phone::of(begun.text("secret"));
    let code = json!({ "code": phone.code(stand, 0).await });
    stand.post("/staff/auth/second-factor/confirm", token, code).await.expect(200);
    phone
}

#[tokio::test]
async fn where_it_is_required_nothing_goes_before_it_is_enrolled() {
    let db = TestDb::new().await;
    let server = serve_with(ServeSettings { require_second_factor: true, ..settings(db.url(Role::Api)) }).await;
    let stand = Stand::over(db, server);
    let member = staff().admin().insert(&stand.db).await;
    let signed_in = login(&stand, &member, None).await.expect(200);
    assert_eq!(signed_in.body["access"]["to_do"], json!(["enrol_second_factor"]));
    let token = signed_in.access();
    stand.get("/staff/members", &token).await.refused(403, "sign_in_incomplete");
    stand.post("/staff/database-login", &token, json!({})).await.refused(403, "sign_in_incomplete");
    let refresh = json!({ "refresh_token": signed_in.refresh() });
    let token = stand.post("/staff/auth/refresh", "", refresh).await.expect(200).access();
    stand.get("/staff/members", &token).await.refused(403, "sign_in_incomplete");
    enrolled(&stand, &token).await;
    assert_eq!(stand.get("/staff/members", &token).await.expect(200).body["second_factor_required"], true);
    stand.post("/staff/database-login", &token, json!({})).await.expect(200);
}

#[tokio::test]
async fn a_code_is_asked_for_and_used_once() {
    let stand = Stand::new().await;
    let member = staff().insert(&stand.db).await;
    let token = stand.staff(member.clone()).await;
    let phone = enrolled(&stand, &token).await;
    let missing = login(&stand, &member, None).await.refused(401, "second_factor_required");
    assert_eq!(missing.text("field"), "code");
    let code = phone.code(&stand, 1).await;
    let (a, b) = tokio::join!(login(&stand, &member, Some(&code)), login(&stand, &member, Some(&code)));
    let passed = [&a, &b].into_iter().filter(|reply| reply.status == 200).count();
    assert_eq!(passed, 1, "one code, one sign-in: {a:?} {b:?}");
    login(&stand, &member, Some(&code)).await.refused(401, "second_factor_required");
    login(&stand, &member, Some("nonsense")).await.refused(401, "second_factor_required");
    stand
        .post("/staff/auth/second-factor/begin", &token, json!({ "password": PASSWORD }))
        .await
        .refused(409, "illegal_transition");
}

#[tokio::test]
async fn codes_are_not_guessed_faster_than_passwords() {
    let stand = Stand::new().await;
    let member = staff().insert(&stand.db).await;
    let token = stand.staff(member.clone()).await;
    let phone = enrolled(&stand, &token).await;
    let mut limited = 0;
    for guess in 0..12 {
        let reply = login(&stand, &member, Some(&format!("{guess:06}"))).await;
        limited += usize::from(reply.status == 429);
    }
    assert!(limited >= 5, "only {limited} of 12 guesses had to wait");
    let right = phone.code(&stand, 1).await;
    login(&stand, &member, Some(&right)).await.refused(429, "rate_limited");
}

#[tokio::test]
async fn a_password_alone_does_not_authenticate_again() {
    let stand = Stand::new().await;
    let member = staff().insert(&stand.db).await;
    let token = stand.staff(member.clone()).await;
    let phone = enrolled(&stand, &token).await;
    let again = |code: Option<String>| json!({ "password": PASSWORD, "code": code });
    stand.post("/staff/auth/reauthenticate", &token, again(None)).await.refused(401, "second_factor_required");
    let code = phone.code(&stand, 1).await;
    stand.post("/staff/auth/reauthenticate", &token, again(Some(code))).await.expect(200);
}

#[tokio::test]
async fn an_admin_resets_a_lost_one_and_requires_another() {
    let stand = Stand::new().await;
    let admin = stand.staff(staff().admin().insert(&stand.db).await).await;
    let member = staff().insert(&stand.db).await;
    let token = stand.staff(member.clone()).await;
    let path = |verb: &str| format!("/staff/members/{}/{verb}", member.id);
    stand.write(Write::new(&admin, path("reset-second-factor"), 1)).await.refused(409, "illegal_transition");
    enrolled(&stand, &token).await;
    let require = Write::new(&admin, path("second-factor"), 2).body(json!({ "reason": "Policy", "required": true }));
    let required = stand.write(require).await.expect(200);
    assert_eq!(required.body["member"]["second_factor_required"], true);
    stand.get("/staff/auth/session", &token).await.expect(200);
    stand.write(Write::new(&admin, path("reset-second-factor"), 3)).await.expect(200);
    stand.get("/staff/auth/session", &token).await.refused(401, "unauthorized");
    let signed_in = login(&stand, &member, None).await.expect(200);
    assert_eq!(signed_in.body["access"]["to_do"], json!(["enrol_second_factor"]));
}

#[tokio::test]
async fn the_secret_is_for_the_api_alone() {
    let stand = Stand::new().await;
    for role in [Role::Worker, Role::Reader] {
        let refused = sqlx::query("SELECT secret FROM staff_second_factors").execute(stand.db.pool(role)).await;
        let code = refused.expect_err("refused").as_database_error().and_then(|e| e.code().map(|c| c.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{role:?}");
    }
}

#[tokio::test]
async fn a_person_who_asks_too_fast_waits_and_the_others_do_not() {
    let db = TestDb::new().await;
    let server = serve_with(ServeSettings {
        staff_requests_per_minute: std::num::NonZeroU32::new(5).expect("a number"),
        ..settings(db.url(Role::Api))
    })
    .await;
    let stand = Stand::over(db, server);
    let (fast, other) = (stand.support().await, stand.support().await);
    let asked = futures_util::future::join_all((0..20).map(|_| stand.get("/staff/auth/session", &fast))).await;
    let limited: Vec<Reply> = asked.into_iter().filter(|reply| reply.status != 200).collect();
    assert!(limited.len() >= 10, "{}", limited.len());
    for reply in limited {
        let reply = reply.refused(429, "rate_limited");
        assert!(reply.header("retry-after").parse::<u32>().is_ok_and(|wait_s| (1..=12).contains(&wait_s)));
    }
    stand.get("/staff/auth/session", &other).await.expect(200);
}
