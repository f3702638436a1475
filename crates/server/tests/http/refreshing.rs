//! Refresh tokens: one use each, a lost answer may be asked for again, a theft ends the session.

use crate::stand::{Reply, Stand};
use serde_json::json;
use testkit::factories::{PASSWORD, staff, user};

async fn refresh(stand: &Stand, realm: &str, token: &str) -> Reply {
    stand.post(&format!("{realm}/auth/refresh"), "", json!({ "refresh_token": token })).await
}

async fn signed_in(stand: &Stand, realm: &str) -> Reply {
    match realm {
        "" => user().email("ana@repruv.test").insert(&stand.db).await.email,
        _ => staff().email("ana@repruv.test").insert(&stand.db).await.email,
    };
    let body = json!({ "email": "ana@repruv.test", "password": PASSWORD });
    stand.post(&format!("{realm}/auth/login"), "", body).await.expect(200)
}

#[tokio::test]
async fn a_refresh_replaces_both_tokens() {
    for realm in ["", "/staff"] {
        let stand = Stand::new().await;
        let first = signed_in(&stand, realm).await;
        let second = refresh(&stand, realm, &first.refresh()).await.expect(200);
        let session = format!("{realm}/auth/session");
        stand.get(&session, &first.access()).await.refused(401, "unauthorized");
        stand.get(&session, &second.access()).await.expect(200);
        assert_ne!(first.refresh(), second.refresh());
        let third = refresh(&stand, realm, &second.refresh()).await.expect(200);
        stand.get(&session, &third.access()).await.expect(200);
    }
}

#[tokio::test]
async fn an_answer_that_got_lost_may_be_asked_for_again() {
    let stand = Stand::new().await;
    let first = signed_in(&stand, "").await;
    refresh(&stand, "", &first.refresh()).await.expect(200);
    let again = refresh(&stand, "", &first.refresh()).await.expect(200);
    stand.get("/auth/session", &again.access()).await.expect(200);
    let next = refresh(&stand, "", &again.refresh()).await.expect(200);
    stand.get("/auth/session", &next.access()).await.expect(200);
}

#[tokio::test]
async fn a_token_in_two_hands_ends_the_session() {
    for realm in ["", "/staff"] {
        let stand = Stand::new().await;
        let first = signed_in(&stand, realm).await;
        let second = refresh(&stand, realm, &first.refresh()).await.expect(200);
        let third = refresh(&stand, realm, &second.refresh()).await.expect(200);
        refresh(&stand, realm, &first.refresh()).await.refused(401, "unauthorized");
        stand.get(&format!("{realm}/auth/session"), &third.access()).await.refused(401, "unauthorized");
        refresh(&stand, realm, &third.refresh()).await.refused(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_token_that_was_replaced_after_a_loss_was_not_lost_when_it_comes() {
    let stand = Stand::new().await;
    let first = signed_in(&stand, "").await;
    let second = refresh(&stand, "", &first.refresh()).await.expect(200);
    let thief = refresh(&stand, "", &first.refresh()).await.expect(200);
    refresh(&stand, "", &second.refresh()).await.refused(401, "unauthorized");
    stand.get("/auth/session", &thief.access()).await.refused(401, "unauthorized");
    refresh(&stand, "", &thief.refresh()).await.refused(401, "unauthorized");
    assert_eq!(stand.count("user_sessions WHERE revoked_by = 'system: a refresh token was used twice'").await, 1);
}

#[tokio::test]
async fn nonsense_and_the_end_of_time_are_refused() {
    let stand = Stand::new().await;
    let first = signed_in(&stand, "").await;
    for token in ["", "rpr_", "rpr_nonsense", &first.access(), &"x".repeat(5_000)] {
        refresh(&stand, "", token).await.refused(401, "unauthorized");
    }
    stand.post("/auth/refresh", "", json!({})).await.refused(401, "unauthorized");
    stand.sql("UPDATE user_sessions SET expires_at = now() - interval '1 second'").await;
    refresh(&stand, "", &first.refresh()).await.refused(401, "unauthorized");
    stand.get("/auth/session", &first.access()).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_session_that_nobody_used_for_two_weeks_is_over() {
    let stand = Stand::new().await;
    let first = signed_in(&stand, "").await;
    stand.sql("UPDATE user_sessions SET last_seen_at = now() - interval '13 days 23 hours'").await;
    let second = refresh(&stand, "", &first.refresh()).await.expect(200);
    stand.sql("UPDATE user_sessions SET last_seen_at = now() - interval '14 days 1 second'").await;
    stand.get("/auth/session", &second.access()).await.refused(401, "unauthorized");
    refresh(&stand, "", &second.refresh()).await.refused(401, "unauthorized");
}
