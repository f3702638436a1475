//! One user's timeline, and the audit trail.

use crate::{sql, stand};
use contract::{audit::AuditFilter, users::TimelineKind};
use read_model::ReadError;
use testkit::{
    factories::{session, user},
    new_id,
};

#[tokio::test]
async fn a_timeline_merges_its_books_and_pages_through_them_without_loss() {
    let (db, reader) = stand().await;
    let ana = user().email("ana@repruv.test").enabling().job_running().insert(&db).await;
    user().email("ben@repruv.test").enabling().insert(&db).await;
    session(ana.id).insert(&db).await;
    session(ana.id).revoked().insert(&db).await;
    sql(
        &db,
        "INSERT INTO audit_entries (at, actor, action, user_id, reason, before_state, after_state) \
         SELECT now() - make_interval(mins => n), 'dana@repruv.test', 'demo_mode.enable', id, 'asked by phone', 'disabled', 'enabling' \
         FROM users, generate_series(30, 28, -1) n WHERE email = 'ana@repruv.test'",
    )
    .await;
    let whole = reader.user_timeline(ana.id, &[], None, 100).await.expect("a page");
    assert_eq!(whole.next, None);
    assert!(whole.rows.is_sorted_by(|a, b| a.at >= b.at));
    let count = |kind| whole.rows.iter().filter(|row| row.kind == kind).count();
    assert_eq!((count(TimelineKind::Job), count(TimelineKind::Audit), count(TimelineKind::Session)), (2, 3, 3));
    let revoked = whole.rows.iter().find(|row| row.state.as_deref() == Some("revoked")).expect("the revoked session");
    assert!(revoked.actor.contains("testkit") && revoked.title.ends_with("ended"), "{revoked:?}");
    assert_eq!(whole.rows[0], *revoked, "what ended stands where it ended, not where it began");
    let newest_of_jobs = whole.rows.iter().find(|row| row.kind == TimelineKind::Job).expect("the job");
    assert_eq!(newest_of_jobs.title, "Enabling demo mode: started");

    for kinds in [vec![TimelineKind::Session], vec![TimelineKind::Job, TimelineKind::Audit]] {
        let page = reader.user_timeline(ana.id, &kinds, None, 100).await.expect("a page");
        let of_kind: Vec<_> = whole.rows.iter().filter(|row| kinds.contains(&row.kind)).cloned().collect();
        assert_eq!(page.rows, of_kind);
    }

    for limit in 1..9 {
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let page = reader.user_timeline(ana.id, &[], cursor.as_deref(), limit).await.expect("a page");
            rows.extend(page.rows);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(rows, whole.rows, "by {limit}");
    }
    let gone = reader.user_timeline(new_id(), &[], None, 5).await;
    assert!(matches!(gone, Err(ReadError::NotFound { what: "user" })), "{gone:?}");
}

#[tokio::test]
async fn the_audit_trail_is_read_newest_first_whole_or_by_user() {
    let (db, reader) = stand().await;
    let ana = user().email("ana@repruv.test").insert(&db).await.id;
    sql(
        &db,
        "INSERT INTO audit_entries (actor, action, user_id, reason) \
         SELECT 'dana@repruv.test', 'job.cancel', CASE WHEN n % 2 = 0 THEN (SELECT id FROM users) END, 'reason ' || n FROM generate_series(1, 10) n",
    )
    .await;
    for (user_id, all) in [(None, 10), (Some(ana), 5)] {
        let (mut reasons, mut cursor) = (Vec::new(), None);
        loop {
            let filter = AuditFilter { user_id, ..AuditFilter::all() };
            let page = reader.audit_page(&filter, cursor.as_deref(), 3).await.expect("a page");
            reasons.extend(page.rows.into_iter().filter_map(|row| row.reason));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(reasons.len(), all);
        assert_eq!(reasons[0], "reason 10");
    }
}
