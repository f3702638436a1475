//! Who may do what: viewers read, support and admins write.

use crate::stand::{Stand, Write};
use testkit::factories::{job, session, staff, user};

#[tokio::test]
async fn a_viewer_changes_nothing() {
    let stand = Stand::new().await;
    let viewer = stand.staff(staff().viewer().insert(&stand.db).await).await;
    let ana = user().insert(&stand.db).await;
    let job = job().insert(&stand.db).await;
    let session = session(ana.id).insert(&stand.db).await;
    let document: serde_json::Value =
        serde_json::from_str(&repruv_server::api::document().expect("a document")).expect("JSON");
    let writes: Vec<String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .filter(|(path, item)| path.starts_with("/api/v1/staff/") && item["post"]["requestBody"].is_object())
        .map(|(path, _)| path.trim_start_matches("/api/v1").to_owned())
        .filter(|path| !path.starts_with("/staff/auth/"))
        .collect();
    assert!(writes.len() >= 9, "{writes:?}");
    for path in writes {
        let id = match &path {
            path if path.contains("/jobs/") => job.id,
            path if path.starts_with("/staff/sessions/") => session.id,
            _ => ana.id,
        };
        let write = Write::new(&viewer, path.replace("{id}", &id.to_string()), 1);
        let reply = stand.write(write).await.refused(403, "forbidden");
        assert!(reply.text("message").contains("you have the role viewer"), "{reply:?}");
    }
    stand.get("/staff/auth/session", &viewer).await.expect(200);
    let login = stand.post("/staff/database-login", &viewer, serde_json::json!({})).await;
    login.expect(200);
    assert_eq!(stand.count("audit_entries WHERE action NOT LIKE 'staff.%'").await, 0);
}

#[tokio::test]
async fn an_admin_may_do_what_support_may() {
    let stand = Stand::new().await;
    let admin = stand.staff(staff().admin().insert(&stand.db).await).await;
    let ana = user().insert(&stand.db).await;
    stand.write(Write::demo_mode(&admin, ana.id, "enable", 1)).await.expect(200);
    assert_eq!(stand.get("/staff/auth/session", &admin).await.expect(200).body["staff"]["role"], "admin");
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_at_once() {
    let stand = Stand::new().await;
    let token = stand.support().await;
    let ana = user().insert(&stand.db).await;
    stand.sql("UPDATE staff SET role = 'viewer'").await;
    stand.write(Write::demo_mode(&token, ana.id, "enable", 1)).await.refused(403, "forbidden");
    stand.sql("UPDATE staff SET disabled_at = now()").await;
    stand.get("/staff/auth/session", &token).await.refused(401, "unauthorized");
}
