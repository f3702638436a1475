//! The sessions table.

use crate::stand;
use contract::{sessions::SessionFilter, state_machine::SessionStatus};
use read_model::ReadError;
use testkit::{
    factories::{session, user},
    new_id,
};

const ALL: SessionFilter = SessionFilter { user_id: None, user: None, active_only: false };

#[tokio::test]
async fn sessions_say_where_they_stand_and_on_which_device() {
    let (db, reader) = stand().await;
    let ana = user().email("ana@repruv.test").insert(&db).await.id;
    let active = session(ana).insert(&db).await.id;
    let revoked = session(ana).revoked().bearer().insert(&db).await.id;
    let expired = session(ana).expired().user_agent("<script>alert(1)</script>").insert(&db).await.id;
    for (id, status, device, transport) in [
        (active, SessionStatus::Active, "Chrome on macOS", "cookie"),
        (revoked, SessionStatus::Revoked, "Chrome on macOS", "bearer"),
        (expired, SessionStatus::Expired, "Unknown device", "cookie"),
    ] {
        let row = reader.session(id).await.expect("the session");
        assert_eq!((row.status, row.device.as_str(), row.transport.as_str()), (status, device, transport));
        assert_eq!(row.user_email, "ana@repruv.test");
        assert_eq!(row.offer.allowed, status == SessionStatus::Active);
    }
    let gone = reader.session(new_id()).await;
    assert!(matches!(gone, Err(ReadError::NotFound { what: "session" })), "{gone:?}");
}

#[tokio::test]
async fn sessions_are_listed_by_user_and_by_whether_they_live() {
    let (db, reader) = stand().await;
    let ana = user().email("ana@repruv.test").insert(&db).await.id;
    let ben = user().email("ben@repruv.test").name("Ben Ames").insert(&db).await.id;
    for owner in [ana, ben] {
        for _ in 0..4 {
            session(owner).insert(&db).await;
        }
        session(owner).revoked().insert(&db).await;
        session(owner).expired().insert(&db).await;
    }
    let list = |filter: SessionFilter| {
        let reader = reader.clone();
        async move {
            let (mut rows, mut cursor) = (Vec::new(), None);
            loop {
                let page = reader.sessions_page(&filter, cursor.as_deref(), 3).await.expect("a page");
                rows.extend(page.rows);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert!(rows.is_sorted_by(|a, b| (a.created_at, a.id) > (b.created_at, b.id)), "each once, newest first");
            rows
        }
    };
    assert_eq!(list(ALL).await.len(), 12);
    assert_eq!(list(SessionFilter { active_only: true, ..ALL }).await.len(), 8);
    assert_eq!(list(SessionFilter { user_id: Some(ana), ..ALL }).await.len(), 6);
    assert_eq!(list(SessionFilter { user_id: Some(ana), active_only: true, ..ALL }).await.len(), 4);
    let ames = list(SessionFilter { user: Some("ames".into()), ..ALL }).await;
    assert_eq!(ames.len(), 6);
    assert!(ames.iter().all(|row| row.user_id == ben));
    assert_eq!(list(SessionFilter { user: Some("repruv".into()), active_only: true, ..ALL }).await.len(), 8);
    assert_eq!(list(SessionFilter { user: Some("am".into()), ..ALL }).await.len(), 6, "two letters");
    assert_eq!(list(SessionFilter { user: Some("nobody".into()), ..ALL }).await.len(), 0);
}

#[tokio::test]
async fn a_preview_counts_what_a_revoke_would_end() {
    let (db, reader) = stand().await;
    let ana = user().insert(&db).await.id;
    let kept = session(ana).insert(&db).await.id;
    session(ana).insert(&db).await;
    session(ana).user_agent("").insert(&db).await;
    session(ana).expired().insert(&db).await;
    session(ana).revoked().insert(&db).await;
    session(user().insert(&db).await.id).insert(&db).await;
    let counted = async |except, device: Option<&str>, unused_since| {
        let preview =
            reader.revoke_preview(ana, except, device.map(Into::into), unused_since).await.expect("a preview");
        assert_eq!(preview.stays_until.is_some(), preview.stays > 0);
        assert_eq!(preview.devices.iter().map(|device| device.active).sum::<u32>(), 3);
        (preview.ends, preview.stays)
    };
    assert_eq!(counted(None, None, None).await, (3, 0));
    assert_eq!(counted(Some(kept), None, None).await, (2, 1));
    assert_eq!(counted(None, Some("Chrome on macOS"), None).await, (2, 1));
    assert_eq!(counted(Some(kept), Some("Chrome on macOS"), None).await, (1, 2));
    assert_eq!(counted(None, Some("Unknown device"), None).await, (1, 2));
    let as_of = reader.database_time().await.expect("the time");
    assert_eq!(counted(None, None, Some(as_of - chrono::TimeDelta::days(1))).await, (0, 3));
    sqlx::query("UPDATE user_sessions SET last_seen_at = now() - interval '2 days' WHERE id = $1")
        .bind(kept)
        .execute(db.owner())
        .await
        .expect("unused for two days");
    assert_eq!(counted(None, None, Some(as_of - chrono::TimeDelta::days(1))).await, (1, 2));
}
