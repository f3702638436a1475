//! Looking through the audit trail.

use crate::{sql, stand};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{audit::AuditFilter, staff::AuditEntry};
use read_model::{ReadError, ReadModel};
use testkit::{TestDb, factories::user};

/// 240 lines of an hour each, of two people and of customers, on two users; every 40th with a reason of its own.
async fn filled() -> (TestDb, ReadModel) {
    let (db, reader) = stand().await;
    user().email("ana@repruv.test").name("Ana Silva").insert(&db).await;
    user().email("ben@repruv.test").name("Ben Ames").insert(&db).await;
    sql(
        &db,
        "INSERT INTO audit_entries (at, actor, action, user_id, user_email, reason) \
         SELECT date_trunc('hour', now()) - make_interval(hours => 240 - n), \
           (ARRAY['dana@repruv.test', 'omar@repruv.test', 'customer'])[1 + n % 3], \
           (ARRAY['demo_mode.enable', 'job.cancel', 'session.revoke', 'staff.sign_in'])[1 + n % 4], u.id, u.email, \
           CASE WHEN n % 40 = 0 THEN '100% _sure_' ELSE 'asked by phone' END \
         FROM generate_series(1, 240) n LEFT JOIN (SELECT id, email, CASE email WHEN 'ana@repruv.test' THEN 0 ELSE 1 END AS k FROM users) u \
           ON u.k = n % 2 AND n % 4 <> 3 ORDER BY n",
    )
    .await;
    (db, reader)
}

/// Reads on to the end, and checks that every line comes once, newest first.
async fn all(reader: &ReadModel, filter: AuditFilter, limit: u32) -> Vec<AuditEntry> {
    let (mut rows, mut cursor) = (Vec::<AuditEntry>::new(), None);
    loop {
        let page = reader.audit_page(&filter, cursor.as_deref(), limit).await.expect("a page");
        assert!(page.rows.len() <= limit as usize);
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let number = |row: &AuditEntry| row.id.parse::<i64>().expect("a number");
    assert!(rows.is_sorted_by(|a, b| number(a) > number(b)), "each once, newest first");
    rows
}

fn which(change: impl FnOnce(&mut AuditFilter)) -> AuditFilter {
    let mut filter = AuditFilter::all();
    change(&mut filter);
    filter
}

#[tokio::test]
async fn the_trail_is_filtered_by_person_action_user_reason_and_all_of_them() {
    let (_db, reader) = filled().await;
    let now = reader.database_time().await.expect("the time");
    assert_eq!(all(&reader, AuditFilter::all(), 7).await.len(), 240);
    for (what, count, filter) in [
        ("a person", 80, which(|f| f.by = Some("dana@repruv.test".into()))),
        ("a part of a person", 80, which(|f| f.by = Some(" OMAR ".into()))),
        ("several people", 160, which(|f| f.by = Some("repruv".into()))),
        ("nobody", 0, which(|f| f.by = Some("mallory".into()))),
        ("an action", 60, which(|f| f.actions = vec!["job.cancel".into()])),
        (
            "two actions",
            120,
            which(|f| f.actions = vec!["job.cancel".into(), "session.revoke".into(), "job.cancel".into()]),
        ),
        ("an action that is not", 0, which(|f| f.actions = vec!["job.explode".into()])),
        ("a user", 120, which(|f| f.user = Some("ana@repruv.test".into()))),
        ("a user by name", 60, which(|f| f.user = Some("ben ames".into()))),
        ("many users", 180, which(|f| f.user = Some("repruv".into()))),
        ("no user", 0, which(|f| f.user = Some("nobody at all".into()))),
        ("a reason, literally", 6, which(|f| f.reason = Some("0% _s".into()))),
        (
            "all of them",
            1,
            which(|f| {
                f.by = Some("customer".into());
                f.actions = vec!["demo_mode.enable".into()];
                f.user = Some("ana".into());
                f.reason = Some("sure".into());
                f.since = Some(now - TimeDelta::hours(239));
                f.until = Some(now - TimeDelta::hours(100));
            }),
        ),
    ] {
        let rows = all(&reader, filter, 11).await;
        assert_eq!(rows.len(), count, "{what}");
    }
}

#[tokio::test]
async fn a_line_tells_from_where_the_change_came() {
    let (db, reader) = stand().await;
    let ana = user().insert(&db).await;
    sql(
        &db,
        "INSERT INTO audit_entries (actor, action, user_id, address) \
         SELECT 'dana@repruv.test', 'job.cancel', id, '10.1.2.3' FROM users UNION ALL SELECT 'system', 'job.prune', NULL, NULL",
    )
    .await;
    let from = |by: &str| which(|f| f.by = Some(by.into()));
    assert_eq!(all(&reader, from("dana"), 5).await[0].address.as_deref(), Some("10.1.2.3"));
    assert_eq!(all(&reader, which(|f| f.user_id = Some(ana.id)), 5).await[0].address.as_deref(), Some("10.1.2.3"));
    assert_eq!(all(&reader, from("system"), 5).await[0].address, None);
}

#[tokio::test]
async fn a_span_of_time_holds_its_beginning_and_not_its_end() {
    let (_db, reader) = filled().await;
    let newest = reader.audit_page(&AuditFilter::all(), None, 1).await.expect("a page").rows[0].at;
    let hours = |n: i64| newest - TimeDelta::hours(n);
    let span =
        |since: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>| which(|f| (f.since, f.until) = (since, until));
    for (since, until, count) in [
        (Some(hours(9)), None, 10),
        (Some(hours(9)), Some(hours(4)), 5),
        (None, Some(hours(239)), 0),
        (None, Some(hours(238)), 1),
        (Some(hours(-1)), None, 0),
        (Some(hours(4)), Some(hours(9)), 0),
        (Some(DateTime::<Utc>::MIN_UTC), Some(DateTime::<Utc>::MAX_UTC), 240),
    ] {
        let rows = all(&reader, span(since, until), 3).await;
        assert_eq!(rows.len(), count, "{since:?} {until:?}");
    }
}

#[tokio::test]
async fn what_was_done_to_people_who_are_gone_is_found_by_their_whole_address() {
    let (db, reader) = filled().await;
    sql(&db, "DELETE FROM users WHERE email = 'ana@repruv.test'").await;
    assert_eq!(all(&reader, which(|f| f.user = Some("Ana@Repruv.test".into())), 50).await.len(), 120);
}

#[tokio::test]
async fn a_filter_that_matches_little_is_looked_for_piece_by_piece() {
    let (db, reader) = stand().await;
    sql(
        &db,
        "INSERT INTO audit_entries (actor, action, reason) SELECT 'customer', 'demo_mode.enable', \
           CASE WHEN n IN (1, 25000) THEN 'the needle' END FROM generate_series(1, 25000) n ORDER BY n",
    )
    .await;
    let filter = which(|f| f.reason = Some("needle".into()));
    let first = reader.audit_page(&filter, None, 50).await.expect("a page");
    assert_eq!((first.rows.len(), first.next.is_some()), (1, true), "looked this far, and says that there is more");
    assert_eq!(all(&reader, filter, 50).await.len(), 2);
}

#[tokio::test]
async fn people_and_actions_are_offered_once_each() {
    let (_db, reader) = filled().await;
    let words = reader.audit_words().await.expect("the words");
    assert_eq!(words.people, ["customer", "dana@repruv.test", "omar@repruv.test"]);
    assert_eq!(words.actions, ["demo_mode.enable", "job.cancel", "session.revoke", "staff.sign_in"]);
    let (_empty, reader) = stand().await;
    assert_eq!(reader.audit_words().await.expect("the words").people, [""; 0]);
}

#[tokio::test]
async fn words_that_cannot_be_searched_for_are_refused_by_name() {
    let (_db, reader) = stand().await;
    for (field, filter) in [
        ("by", which(|f| f.by = Some("x".repeat(300)))),
        ("user", which(|f| f.user = Some("a\0b".into()))),
        ("reason", which(|f| f.reason = Some("x".repeat(300)))),
    ] {
        let refused = reader.audit_page(&filter, None, 5).await;
        assert!(matches!(&refused, Err(ReadError::BadFilter { field: named, .. }) if *named == field), "{refused:?}");
    }
    let refused = reader.audit_page(&AuditFilter::all(), Some("YXVkaXR8eA"), 5).await;
    assert!(matches!(refused, Err(ReadError::BadCursor)), "{refused:?}");
}
