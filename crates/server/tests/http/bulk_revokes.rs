//! Ending all sessions of users: by a plan that a second person approves, and by no single person where one is asked for.

use crate::{
    bulk::{plan, reason, step, worker},
    stand::{Reply, Stand, Write},
};
use read_model::ReadModel;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{
    factories::{PASSWORD, session, staff, user},
    new_id, wait_until,
};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(120);

async fn two_people(stand: &Stand) -> (String, String) {
    (stand.support().await, stand.support().await)
}

async fn plan_to_revoke(stand: &Stand, token: &str, ids: &[Uuid]) -> Reply {
    plan(stand, token, json!({ "action": "revoke_sessions", "ids": ids, "reason": "A leaked list" })).await.expect(200)
}

fn directly(token: &str, user_id: Uuid, body: Value) -> Write<'_> {
    let write = Write::new(token, format!("/staff/users/{user_id}/sessions/revoke"), 1).body(body);
    Write { version: None, ..write }
}

async fn completed(stand: &Stand) {
    wait_until("it is executed", PATIENCE, || async {
        stand.count("bulk_plans WHERE status = 'completed'").await == 1
    })
    .await;
}

#[tokio::test]
async fn one_person_alone_ends_no_more_than_one_session_where_a_second_is_asked_for() {
    let stand = Stand::by_two().await;
    let ana = user().insert(&stand.db).await.id;
    let (kept, other) = (session(ana).insert(&stand.db).await, session(ana).insert(&stand.db).await);
    let token = stand.support().await;
    for narrowed in [
        json!({ "reason": "A lost phone" }),
        json!({ "reason": "A lost phone", "except_session_id": kept.id }),
        json!({ "reason": "A lost phone", "device": "Chrome on macOS" }),
        json!({ "reason": "A lost phone", "unused_since": "2100-01-01T00:00:00Z" }),
    ] {
        let refused = stand.write(directly(&token, ana, narrowed)).await.refused(403, "second_person_needed");
        assert!(refused.text("message").contains("bulk plan"), "it says what to do: {refused:?}");
    }
    assert_eq!(stand.count("user_sessions WHERE revoked_at IS NULL").await, 2);
    let viewer = stand.staff(staff().viewer().insert(&stand.db).await).await;
    stand.write(directly(&viewer, ana, reason())).await.refused(403, "forbidden");
    stand.write(Write::new(&token, format!("/staff/sessions/{}/revoke", other.id), 1)).await.expect(200);

    let told = stand.get("/staff/auth/session", &token).await.expect(200);
    assert_eq!(told.body["access"]["needs_second_person"], json!(["session.revoke_all"]));
    let alone = Stand::new().await;
    let told = alone.get("/staff/auth/session", &alone.support().await).await.expect(200);
    assert_eq!(told.body["access"]["needs_second_person"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_for_one_user_waits_for_somebody_else_and_ends_what_began_meanwhile() {
    let stand = Stand::by_two().await;
    let (dana, eli) = two_people(&stand).await;
    let ana = user().email("ana@repruv.test").insert(&stand.db).await.id;
    let old = session(ana).insert(&stand.db).await;
    session(ana).expired().insert(&stand.db).await;
    let (nowhere, gone) = (user().insert(&stand.db).await.id, new_id());
    let made = plan_to_revoke(&stand, &dana, &[ana, nowhere, gone]).await;
    let row = &made.body["plan"];
    let counts = ["will_change", "already_there", "in_flight", "not_allowed"].map(|name| row[name].as_u64());
    assert_eq!(counts, [1, 1, 0, 1].map(Some), "{row}");
    assert_eq!(row["second_person"], true);
    let item = &made.body["sample"][0];
    assert_eq!((&item["now"], &item["next"]), (&json!("1 active session"), &json!("revoked")));
    assert!(made.body["undo"].as_str().expect("words").contains("begun after this was planned"));

    let asked = step(&stand, &dana, &made, "confirm", reason()).await.expect(200);
    assert_eq!(asked.body["plan"]["status"], "awaiting_approval");
    let own = step(&stand, &dana, &asked, "approve", reason()).await.refused(409, "illegal_transition");
    assert!(own.text("message").contains("yourself"), "{own:?}");
    let new = stand.login("ana@repruv.test").await.expect(200);
    step(&stand, &eli, &asked, "approve", reason()).await.expect(200);
    let worker = worker(&stand);
    completed(&stand).await;
    worker.stop(std::future::pending()).await;

    for token in [&old.access_token, &new.access()] {
        stand.get("/auth/session", token).await.refused(401, "unauthorized");
    }
    stand.post("/auth/refresh", "", json!({ "refresh_token": new.refresh() })).await.refused(401, "unauthorized");
    stand.login("ana@repruv.test").await.expect(200);
    let id = row["id"].as_str().expect("an id");
    let line = format!(
        "audit_entries a JOIN bulk_plans p ON p.id = '{id}' AND a.staff_id = p.confirmed_by WHERE a.action = 'session.revoke_all' \
         AND a.user_id = '{ana}' AND a.request_id = 'bulk:{id}' AND a.before_state = '2 active' AND a.reason = 'A leaked list'"
    );
    assert_eq!(stand.count(&line).await, 1);
    assert_eq!(stand.count("audit_entries WHERE action = 'session.revoke_all'").await, 1, "one line an item");
}

#[tokio::test]
async fn whoever_confirms_and_whoever_approves_gave_their_password_a_moment_ago() {
    let stand = Stand::by_two().await;
    let (dana, eli) = two_people(&stand).await;
    let ana = user().insert(&stand.db).await.id;
    session(ana).insert(&stand.db).await;
    let long_ago = "UPDATE staff_sessions SET authenticated_at = now() - interval '6 minutes'";
    stand.sql(long_ago).await;
    let made = plan_to_revoke(&stand, &dana, &[ana]).await;
    step(&stand, &dana, &made, "confirm", reason()).await.refused(403, "reauthentication_required");
    let again = json!({ "password": PASSWORD });
    stand.post("/staff/auth/reauthenticate", &dana, again.clone()).await.expect(200);
    let asked = step(&stand, &dana, &made, "confirm", reason()).await.expect(200);
    step(&stand, &eli, &asked, "approve", reason()).await.refused(403, "reauthentication_required");
    stand.post("/staff/auth/reauthenticate", &eli, again.clone()).await.expect(200);
    let begun = step(&stand, &eli, &asked, "approve", reason()).await.expect(200);
    let pausing = step(&stand, &dana, &begun, "pause", reason()).await.expect(200);
    assert_eq!(pausing.body["plan"]["status"], "paused", "no worker has it");
    stand.sql(long_ago).await;
    step(&stand, &eli, &pausing, "resume", reason()).await.refused(403, "reauthentication_required");
    stand.post("/staff/auth/reauthenticate", &eli, again).await.expect(200);
    step(&stand, &eli, &pausing, "resume", reason()).await.expect(200);
}

/// Each person sees of the plans that wait what concerns them.
#[tokio::test]
async fn a_plan_that_waits_is_told_to_those_who_may_approve_it_and_to_those_who_stand_for_it() {
    let stand = Stand::by_two().await;
    let read = ReadModel::new(stand.db.api().clone());
    let (dana, eli, finn) =
        (staff().insert(&stand.db).await, staff().insert(&stand.db).await, staff().insert(&stand.db).await);
    let [danas, elis, finns] = [dana.id, eli.id, finn.id];
    let ana = user().insert(&stand.db).await.id;
    session(ana).insert(&stand.db).await;
    let (dana, eli, finn) = (stand.staff(dana).await, stand.staff(eli).await, stand.staff(finn).await);
    let told = async |viewer| {
        let told = read.bulk_approvals(viewer).await.expect("an answer");
        (told.yours.len(), told.own.len())
    };
    let made = plan_to_revoke(&stand, &dana, &[ana]).await;
    assert_eq!(told(elis).await, (0, 0), "it is not confirmed yet");
    let asked = step(&stand, &eli, &made, "confirm", reason()).await.expect(200);
    assert_eq!((told(danas).await, told(elis).await, told(finns).await), ((0, 1), (0, 1), (1, 0)));
    stand.sql("UPDATE bulk_plans SET expires_at = now()").await;
    assert_eq!((told(danas).await, told(finns).await), ((0, 0), (0, 0)), "it can no longer begin");
    stand.sql("UPDATE bulk_plans SET expires_at = now() + interval '1 minute'").await;
    step(&stand, &finn, &asked, "approve", reason()).await.expect(200);
    assert_eq!((told(danas).await, told(finns).await), ((0, 0), (0, 0)));
}

/// Eight users who refresh all the time while the plan is executed: nothing that came of their old sessions goes on.
#[tokio::test(flavor = "multi_thread")]
async fn refreshes_under_way_lose_against_the_plan() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let (mut ids, mut sessions) = (vec![], vec![]);
    for at in 0..8 {
        let ana = user().email(&format!("racing{at}@repruv.test")).insert(&stand.db).await.id;
        sessions.push(session(ana).bearer().insert(&stand.db).await);
        ids.push(ana);
    }
    let body =
        json!({ "action": "revoke_sessions", "users": { "search": "racing", "demo_modes": [] }, "reason": "A leak" });
    let made = plan(&stand, &token, body).await.expect(200);
    let row = &made.body["plan"];
    assert_eq!(
        (&row["will_change"], &row["second_person"]),
        (&json!(8), &json!(false)),
        "nobody else is asked for here"
    );
    let typed = json!({ "reason": "A leak", "typed_count": 8 });
    step(&stand, &token, &made, "confirm", typed).await.expect(200);
    let worker = worker(&stand);
    let racing = sessions.iter().map(|session| async {
        let (mut refresh, mut access) = (session.refresh_token.clone(), vec![session.access_token.clone()]);
        loop {
            let renewed = stand.post("/auth/refresh", "", json!({ "refresh_token": refresh })).await;
            if renewed.status != 200 {
                return access;
            }
            refresh = renewed.refresh();
            access.push(renewed.access());
        }
    });
    let tokens: Vec<String> = futures_util::future::join_all(racing).await.into_iter().flatten().collect();
    completed(&stand).await;
    worker.stop(std::future::pending()).await;
    assert!(tokens.len() > 8, "somebody was in the midst of it");
    for token in tokens {
        stand.get("/auth/session", &token).await.refused(401, "unauthorized");
    }
    assert_eq!(stand.count("user_sessions WHERE revoked_at IS NULL").await, 0);
    assert_eq!(stand.count("bulk_items WHERE state = 'done' AND result = '1 revoked'").await, 8);
}
