//! Who operates: an admin adds, disables and changes people; nobody changes themselves, and an admin always remains.

use crate::stand::{Reply, Stand, Write};
use serde_json::{Value, json};
use testkit::factories::{PASSWORD, TestStaff, staff};

async fn admin(stand: &Stand) -> (TestStaff, String) {
    let member = staff().admin().insert(&stand.db).await;
    (member.clone(), stand.staff(member).await)
}

fn add<'t>(token: &'t str, email: &str, role: &str) -> Write<'t> {
    let body = json!({ "reason": "A new colleague", "email": email, "name": "Eve New", "role": role });
    Write { version: None, ..Write::new(token, "/staff/members", 1).body(body) }
}

fn on<'t>(token: &'t str, member: &TestStaff, verb: &str, version: u32) -> Write<'t> {
    Write::new(token, format!("/staff/members/{}/{verb}", member.id), version)
}

async fn login(stand: &Stand, email: &str, password: &str) -> Reply {
    stand.post("/staff/auth/login", "", json!({ "email": email, "password": password })).await
}

#[tokio::test]
async fn a_new_person_is_told_a_password_once_and_must_change_it() {
    let stand = Stand::new().await;
    let (_, token) = admin(&stand).await;
    let write = add(&token, "Eve@repruv.test", "support");
    let added = stand.write(write.clone()).await.expect(200);
    let password = added.text("temporary_password").to_owned();
    assert!(password.len() >= 40, "drawn, not chosen");
    assert_eq!(added.body["member"]["password_temporary"], true);
    let again = stand.write(write).await.expect(200);
    assert_eq!((again.header("idempotency-replayed"), &again.body["temporary_password"]), ("true", &Value::Null));
    assert_eq!(again.body["member"]["id"], added.body["member"]["id"]);

    let eve = login(&stand, "eve@repruv.test", &password).await.expect(200);
    assert_eq!(eve.body["access"]["to_do"], json!(["change_password"]));
    assert_eq!(eve.body["access"]["permissions"], json!([]));
    let eve = eve.access();
    for path in ["/staff/database-login", "/staff/commands/a-key-of-eight/settle"] {
        stand.post(path, &eve, json!({})).await.refused(403, "sign_in_incomplete");
    }
    let other = login(&stand, "eve@repruv.test", &password).await.expect(200).access();
    let change = |new: &str| json!({ "current_password": password.clone(), "new_password": new });
    for (new, field) in [("short", "new_password"), (password.as_str(), "new_password")] {
        let reply = stand.post("/staff/auth/password", &eve, change(new)).await.refused(422, "invalid_request");
        assert_eq!(reply.text("field"), field);
    }
    let wrong = json!({ "current_password": "wrong", "new_password": "another long password" });
    stand.post("/staff/auth/password", &eve, wrong).await.refused(401, "invalid_credentials");
    let access = stand.post("/staff/auth/password", &eve, change("another long password")).await.expect(200);
    assert_eq!(access.body["to_do"], json!([]));
    assert!(access.body["permissions"].as_array().is_some_and(|all| all.contains(&json!("job.cancel"))));
    stand.post("/staff/database-login", &eve, json!({})).await.expect(200);
    stand.get("/staff/auth/session", &other).await.refused(401, "unauthorized");
    login(&stand, "eve@repruv.test", &password).await.refused(401, "invalid_credentials");
    login(&stand, "eve@repruv.test", "another long password").await.expect(200);
}

#[tokio::test]
async fn a_temporary_password_that_nobody_used_is_refused_after_its_time() {
    let stand = Stand::new().await;
    let (_, token) = admin(&stand).await;
    let added = stand.write(add(&token, "eve@repruv.test", "viewer")).await.expect(200);
    stand.sql("UPDATE staff SET password_expires_at = now() WHERE password_expires_at IS NOT NULL").await;
    login(&stand, "eve@repruv.test", added.text("temporary_password")).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once_and_back_when_enabled() {
    let stand = Stand::new().await;
    let (_, token) = admin(&stand).await;
    let eve = staff().insert(&stand.db).await;
    let eves = stand.staff(eve.clone()).await;
    stand.post("/staff/database-login", &eves, json!({})).await.expect(200);
    let disabled = stand.write(on(&token, &eve, "disable", 1)).await.expect(200);
    assert!(disabled.body["member"]["disabled_at"].is_string());
    assert_eq!((&disabled.body["member"]["sessions"], &disabled.body["member"]["version"]), (&json!(0), &json!(2)));
    stand.get("/staff/auth/session", &eves).await.refused(401, "unauthorized");
    login(&stand, &eve.email, PASSWORD).await.refused(401, "invalid_credentials");
    let logins = "pg_roles r JOIN staff_sessions s ON s.database_login = r.rolname";
    assert_eq!(stand.count(logins).await, 0, "the database login is gone");
    stand.write(on(&token, &eve, "disable", 2)).await.refused(409, "illegal_transition");
    let stale = stand.write(on(&token, &eve, "enable", 1)).await.refused(409, "version_conflict");
    assert_eq!(stale.body["current"]["member"]["version"], 2);
    stand.write(on(&token, &eve, "enable", 2)).await.expect(200);
    login(&stand, &eve.email, PASSWORD).await.expect(200);
    let line = "audit_entries WHERE action = 'staff.disable' AND reason = 'The customer asked' AND staff_id IS NOT NULL \
                AND before_state LIKE '%: support' AND after_state LIKE '%: support, disabled' AND address IS NOT NULL";
    assert_eq!(stand.count(line).await, 1);
}

#[tokio::test]
async fn a_new_role_holds_from_the_next_request_on() {
    let stand = Stand::new().await;
    let (_, token) = admin(&stand).await;
    let eve = staff().viewer().insert(&stand.db).await;
    let eves = stand.staff(eve.clone()).await;
    stand.get("/staff/members", &eves).await.refused(403, "forbidden");
    let role = |role: &str| json!({ "reason": "More to do", "role": role });
    stand.write(on(&token, &eve, "role", 1).body(role("admin"))).await.expect(200);
    let members = stand.get("/staff/members", &eves).await.expect(200);
    assert_eq!(members.body["members"].as_array().map(Vec::len), Some(2));
    stand.write(on(&token, &eve, "role", 2).body(role("owner"))).await.refused(422, "invalid_request");
    stand.write(on(&token, &eve, "role", 2).body(role("viewer"))).await.expect(200);
    stand.get("/staff/members", &eves).await.refused(403, "forbidden");
}

#[tokio::test]
async fn nobody_changes_themselves_and_what_is_offered_says_so() {
    let stand = Stand::new().await;
    let (ana, token) = admin(&stand).await;
    staff().admin().insert(&stand.db).await;
    for verb in ["disable", "enable", "reset-password", "reset-second-factor"] {
        stand.write(on(&token, &ana, verb, 1)).await.refused(409, "illegal_transition");
    }
    let role = json!({ "reason": "Less to do", "role": "viewer" });
    stand.write(on(&token, &ana, "role", 1).body(role)).await.refused(409, "illegal_transition");
    let members = stand.get("/staff/members", &token).await.expect(200);
    for member in members.body["members"].as_array().expect("members") {
        let offers = member["offers"].as_array().expect("offers");
        let allowed = offers.iter().filter(|offer| offer["allowed"] == true).count();
        assert_eq!(allowed == 0, member["id"] == json!(ana.id), "{member}");
    }
    assert_eq!(stand.count("audit_entries WHERE action NOT IN ('staff.sign_in')").await, 0);
}

#[tokio::test]
async fn of_two_admins_who_disable_each_other_one_remains() {
    let stand = Stand::new().await;
    for _ in 0..5 {
        stand.sql("UPDATE staff SET disabled_at = now() WHERE disabled_at IS NULL").await;
        let ((ana, anas), (ben, bens)) = (admin(&stand).await, admin(&stand).await);
        let (a, b) =
            tokio::join!(stand.write(on(&anas, &ben, "disable", 1)), stand.write(on(&bens, &ana, "disable", 1)),);
        let done = [&a, &b].into_iter().filter(|reply| reply.status == 200).count();
        assert_eq!(done, 1, "{a:?} {b:?}");
        assert_eq!(stand.count("staff WHERE role = 'admin' AND disabled_at IS NULL").await, 1);
    }
}

#[tokio::test]
async fn an_address_is_of_one_person_and_must_be_one() {
    let stand = Stand::new().await;
    let (_, token) = admin(&stand).await;
    stand.write(add(&token, "eve@repruv.test", "viewer")).await.expect(200);
    stand.write(add(&token, "EVE@repruv.test", "admin")).await.refused(409, "illegal_transition");
    for email in ["", "eve", "@repruv.test", "eve@", "e ve@repruv.test", "eve\0@repruv.test"] {
        let reply = stand.write(add(&token, email, "viewer")).await.refused(422, "invalid_request");
        assert_eq!(reply.text("field"), "email");
    }
    assert_eq!(stand.count("staff").await, 2);
}

#[tokio::test]
async fn what_matters_most_needs_a_password_of_a_moment_ago() {
    let stand = Stand::new().await;
    let (_, token) = admin(&stand).await;
    let eve = staff().insert(&stand.db).await;
    let ana = testkit::factories::user().insert(&stand.db).await;
    let revoke = || Write::new(&token, format!("/staff/users/{}/sessions/revoke", ana.id), 1);
    stand.write(revoke()).await.expect(200);
    stand.sql("UPDATE staff_sessions SET authenticated_at = now() - interval '5 minutes 1 second'").await;
    stand.write(revoke()).await.refused(403, "reauthentication_required");
    stand.write(on(&token, &eve, "disable", 1)).await.refused(403, "reauthentication_required");
    stand.get("/staff/members", &token).await.expect(200);
    let session = stand.get("/staff/auth/session", &token).await.expect(200);
    assert_eq!(session.body["access"]["needs_fresh"], json!(["session.revoke_all", "staff.manage"]));
    let wrong = json!({ "password": "wrong" });
    stand.post("/staff/auth/reauthenticate", &token, wrong).await.refused(401, "invalid_credentials");
    stand.write(revoke()).await.refused(403, "reauthentication_required");
    stand.post("/staff/auth/reauthenticate", &token, json!({ "password": PASSWORD })).await.expect(200);
    stand.write(revoke()).await.expect(200);
    stand.write(on(&token, &eve, "disable", 1)).await.expect(200);
}

#[tokio::test]
async fn a_refresh_is_no_password() {
    let stand = Stand::new().await;
    let (member, _) = admin(&stand).await;
    let signed_in = login(&stand, &member.email, PASSWORD).await.expect(200);
    stand.sql("UPDATE staff_sessions SET authenticated_at = now() - interval '1 hour'").await;
    let refresh = json!({ "refresh_token": signed_in.refresh() });
    let renewed = stand.post("/staff/auth/refresh", "", refresh).await.expect(200);
    stand.write(add(&renewed.access(), "eve@repruv.test", "viewer")).await.refused(403, "reauthentication_required");
}
