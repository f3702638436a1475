//! Revoking sessions: one, all, all but one; and what is refused from then on.

use crate::stand::{Stand, Write};
use serde_json::json;
use testkit::factories::{session, user};

const OTHER_CHROME: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 11_2_3) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.0.0 Safari/537.36";

#[tokio::test]
async fn a_revoked_session_is_refused_from_then_on() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let ana = stand.login("ana@repruv.test").await.expect(200);
    let id = ana.body["session"]["session_id"].as_str().expect("an id");
    let token = stand.support().await;
    let write = Write::new(&token, format!("/staff/sessions/{id}/revoke"), 1);
    let revoked = stand.write(write.clone()).await.expect(200);
    assert_eq!((revoked.text("status"), &revoked.body["version"]), ("revoked", &json!(2)));
    stand.get("/auth/session", &ana.access()).await.refused(401, "unauthorized");
    stand.post("/auth/refresh", "", json!({ "refresh_token": ana.refresh() })).await.refused(401, "unauthorized");
    assert_eq!(stand.write(write.clone()).await.expect(200).header("idempotency-replayed"), "true");
    let again = Write::new(&token, format!("/staff/sessions/{id}/revoke"), 2);
    stand.write(again).await.refused(409, "illegal_transition");
    let stale = stand.write(Write::new(&token, write.path, 1)).await.refused(409, "version_conflict");
    assert_eq!(stale.body["current"]["status"], "revoked");
    assert_eq!(stand.count("audit_entries WHERE action = 'session.revoke' AND session_id IS NOT NULL").await, 1);
}

#[tokio::test]
async fn all_sessions_but_one_end() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await;
    let ben = user().insert(&stand.db).await;
    let kept = session(ana.id).insert(&stand.db).await;
    let lost = session(ana.id).bearer().insert(&stand.db).await;
    session(ana.id).expired().insert(&stand.db).await;
    session(ana.id).revoked().insert(&stand.db).await;
    let bens = session(ben.id).insert(&stand.db).await;
    let token = stand.support().await;
    let mut write = Write::new(&token, format!("/staff/users/{}/sessions/revoke", ana.id), 1);
    write.version = None;
    let write = write.body(json!({ "reason": "A lost phone", "except_session_id": kept.id }));
    let revoked = stand.write(write.clone()).await.expect(200);
    assert_eq!(revoked.body["revoked"], 1);
    let again = stand.write(write).await.expect(200);
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &revoked.body));
    stand.get("/auth/session", &lost.access_token).await.refused(401, "unauthorized");
    stand.get("/auth/session", &kept.access_token).await.expect(200);
    stand.get("/auth/session", &bens.access_token).await.expect(200);
    let all = Write::new(&token, format!("/staff/users/{}/sessions/revoke", ana.id), 1);
    assert_eq!(stand.write(all).await.expect(200).body["revoked"], 1);
    stand.get("/auth/session", &kept.access_token).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn those_of_one_device_or_long_unused_end_and_the_others_live() {
    let stand = Stand::new().await;
    let (ana, ben) = (user().insert(&stand.db).await, user().insert(&stand.db).await);
    let mac = session(ana.id).insert(&stand.db).await;
    let other_mac = session(ana.id).user_agent(OTHER_CHROME).insert(&stand.db).await;
    let odd = session(ana.id).user_agent("<script>").insert(&stand.db).await;
    let bens = session(ben.id).insert(&stand.db).await;
    let token = stand.support().await;
    let revoke = |body| {
        let mut write = Write::new(&token, format!("/staff/users/{}/sessions/revoke", ana.id), 1).body(body);
        write.version = None;
        stand.write(write)
    };
    let lives = async |session: &testkit::factories::TestSession| {
        stand.get("/auth/session", &session.access_token).await.status.as_u16()
    };

    let none = revoke(json!({ "reason": "A lost phone", "device": "Safari on iPhone" })).await.expect(200);
    assert_eq!(none.body["revoked"], 0);
    let macs = revoke(json!({ "reason": "A lost phone", "device": "Chrome on macOS" })).await.expect(200);
    assert_eq!(macs.body["revoked"], 2);
    assert_eq!(
        (lives(&mac).await, lives(&other_mac).await, lives(&odd).await, lives(&bens).await),
        (401, 401, 200, 200)
    );
    let line = "audit_entries WHERE action = 'session.revoke_device' AND before_state = '2 active on Chrome on macOS'";
    assert_eq!(stand.count(line).await, 1);

    let old = session(ana.id).insert(&stand.db).await;
    sqlx::query("UPDATE user_sessions SET last_seen_at = now() - interval '3 days' WHERE id = $1")
        .bind(old.id)
        .execute(stand.db.owner())
        .await
        .expect("a session of long ago");
    let since: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT now() - interval '2 days'").fetch_one(stand.db.owner()).await.expect("a time");
    let unused = revoke(json!({ "reason": "Cleaning up", "unused_since": since })).await.expect(200);
    assert_eq!(unused.body["revoked"], 1);
    assert_eq!((lives(&old).await, lives(&odd).await), (401, 200));
    assert_eq!(stand.count("audit_entries WHERE action = 'session.revoke_unused'").await, 1);
}

#[tokio::test]
async fn a_probe_tells_what_the_tokens_are_worth_and_is_no_use_of_the_session() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let ana = stand.login("ana@repruv.test").await.expect(200);
    let id = ana.body["session"]["session_id"].as_str().expect("an id").to_owned();
    let token = stand.support().await;
    sqlx::query("UPDATE user_sessions SET last_seen_at = now() - interval '1 hour'")
        .execute(stand.db.owner())
        .await
        .expect("a while");
    let unseen = "user_sessions WHERE last_seen_at < now() - interval '59 minutes'";
    let probe = async || {
        let told = stand.get(&format!("/staff/sessions/{id}/probe"), &token).await.expect(200);
        (told.body["access_accepted"] == true, told.body["refresh_accepted"] == true)
    };
    assert_eq!(probe().await, (true, true));
    assert_eq!(stand.count(unseen).await, 1, "the probe was taken for a use");

    sqlx::query("UPDATE user_sessions SET access_expires_at = now()")
        .execute(stand.db.owner())
        .await
        .expect("a moment later");
    assert_eq!(probe().await, (false, true));
    stand.get("/auth/session", &ana.access()).await.refused(401, "unauthorized");

    stand.write(Write::new(&token, format!("/staff/sessions/{id}/revoke"), 1)).await.expect(200);
    assert_eq!(probe().await, (false, false));
    stand.post("/auth/refresh", "", json!({ "refresh_token": ana.refresh() })).await.refused(401, "unauthorized");
    stand.get(&format!("/staff/sessions/{}/probe", testkit::new_id()), &token).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_revoke_of_all_beats_refreshes_and_sign_ins_under_way() {
    let stand = Stand::new().await;
    let ana = user().email("ana@repruv.test").insert(&stand.db).await;
    let token = stand.support().await;
    for _ in 0..10 {
        let first = stand.login("ana@repruv.test").await.expect(200);
        let refresh = stand.post("/auth/refresh", "", json!({ "refresh_token": first.refresh() }));
        let write = Write::new(&token, format!("/staff/users/{}/sessions/revoke", ana.id), 1);
        let (renewed, revoked) = tokio::join!(refresh, stand.write(write));
        revoked.expect(200);
        if renewed.status == 200 {
            stand.get("/auth/session", &renewed.access()).await.refused(401, "unauthorized");
        }
        assert_eq!(stand.count("user_sessions WHERE revoked_at IS NULL").await, 0);
    }
}

#[tokio::test]
async fn a_session_is_seen_once_a_minute_at_most() {
    let stand = Stand::new().await;
    user().email("ana@repruv.test").insert(&stand.db).await;
    let token = stand.login("ana@repruv.test").await.access();
    let fresh = "user_sessions WHERE last_seen_at > now() - interval '10 seconds'";
    stand.sql("UPDATE user_sessions SET last_seen_at = now() - interval '30 seconds'").await;
    stand.get("/auth/session", &token).await.expect(200);
    assert_eq!(stand.count(fresh).await, 0);
    stand.sql("UPDATE user_sessions SET last_seen_at = now() - interval '2 minutes'").await;
    stand.get("/auth/session", &token).await.expect(200);
    assert_eq!(stand.count(fresh).await, 1);
}

#[tokio::test]
async fn a_customer_signs_out_everywhere() {
    let stand = Stand::new().await;
    let (ana, ben) = (user().insert(&stand.db).await, user().insert(&stand.db).await);
    let (here, there) = (session(ana.id).insert(&stand.db).await, session(ana.id).bearer().insert(&stand.db).await);
    let bens = session(ben.id).insert(&stand.db).await;
    let out = stand.post("/auth/logout-everywhere", &here.access_token, json!({})).await.expect(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    for lost in [&here, &there] {
        stand.get("/auth/session", &lost.access_token).await.refused(401, "unauthorized");
        let refresh = json!({ "refresh_token": lost.refresh_token });
        stand.post("/auth/refresh", "", refresh).await.refused(401, "unauthorized");
    }
    stand.get("/auth/session", &bens.access_token).await.expect(200);
    let line = "audit_entries WHERE action = 'session.revoke_all' AND actor = 'customer' AND before_state = '2 active'";
    assert_eq!(stand.count(line).await, 1);
}
