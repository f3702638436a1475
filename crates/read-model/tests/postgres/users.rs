//! The users table and a user's page.

use crate::{sql, stand};
use contract::{
    state_machine::{DemoModeAction, DemoModeStatus, DemoOperation, JobStatus},
    users::UserFilter,
};
use read_model::{ReadError, ReadModel};
use testkit::{
    factories::{connection, session, user},
    new_id,
};

async fn emails(reader: &ReadModel, search: &str, demo_modes: &[DemoModeStatus]) -> Vec<String> {
    let filter = UserFilter { search: Some(search.into()), demo_modes: demo_modes.to_vec() };
    let page = reader.users_page(&filter, None, 100).await.expect("a page");
    assert_eq!(page.next, None);
    page.rows.into_iter().map(|row| row.email).collect()
}

#[tokio::test]
async fn users_are_found_by_part_of_address_or_name_and_by_id() {
    let (db, reader) = stand().await;
    user().email("ana@repruv.test").name("Ana María López").insert(&db).await;
    let ben = user().email("ben@repruv.test").name("100% Ben").insert(&db).await;
    user().email("c@d.eu").insert(&db).await;
    assert_eq!(emails(&reader, "lópez", &[]).await, ["ana@repruv.test"]);
    assert_eq!(emails(&reader, "  ANA@repruv  ", &[]).await, ["ana@repruv.test"]);
    assert_eq!(emails(&reader, "repruv.test", &[]).await, ["ben@repruv.test", "ana@repruv.test"], "newest first");
    assert_eq!(emails(&reader, "100%", &[]).await, ["ben@repruv.test"]);
    assert_eq!(emails(&reader, "100% b", &[]).await, ["ben@repruv.test"]);
    assert_eq!(emails(&reader, "ana_", &[]).await, [""; 0]);
    assert_eq!(emails(&reader, "C@D.EU", &[]).await, ["c@d.eu"], "too short for the index, but whole");
    assert_eq!(emails(&reader, "d.", &[]).await, ["c@d.eu"], "too short for the index");
    assert_eq!(emails(&reader, &ben.id.to_string(), &[]).await, ["ben@repruv.test"]);
    assert_eq!(emails(&reader, &ben.id.to_string()[..30], &[]).await, ["ben@repruv.test"]);
    assert_eq!(emails(&reader, "nobody at all", &[]).await, [""; 0]);
    assert_eq!(emails(&reader, "", &[]).await.len(), 3, "an empty search is none");
}

#[tokio::test]
async fn users_are_listed_by_demo_mode() {
    let (db, reader) = stand().await;
    user().email("off@repruv.test").insert(&db).await;
    user().email("on@repruv.test").enabled().insert(&db).await;
    user().email("going-on@repruv.test").enabling().insert(&db).await;
    user().email("going-off@repruv.test").disabling().insert(&db).await;
    user().email("broken@repruv.test").failed().insert(&db).await;
    for (status, email) in [
        (DemoModeStatus::Disabled, "off@repruv.test"),
        (DemoModeStatus::Enabled, "on@repruv.test"),
        (DemoModeStatus::Enabling, "going-on@repruv.test"),
        (DemoModeStatus::Disabling, "going-off@repruv.test"),
        (DemoModeStatus::Failed, "broken@repruv.test"),
    ] {
        assert_eq!(emails(&reader, "", &[status]).await, [email]);
        assert_eq!(emails(&reader, "repruv", &[status]).await, [email]);
    }
    let restless = [DemoModeStatus::Failed, DemoModeStatus::Enabling];
    assert_eq!(emails(&reader, "", &restless).await, ["broken@repruv.test", "going-on@repruv.test"]);
    assert_eq!(emails(&reader, "going", &restless).await, ["going-on@repruv.test"]);
}

#[tokio::test]
async fn paging_through_a_search_shows_every_user_once() {
    let (db, reader) = stand().await;
    sql(
        &db,
        "INSERT INTO users (id, email, full_name, created_at) SELECT gen_random_uuid(), 'user' || n || '@repruv.test', \
           CASE WHEN n % 700 = 0 THEN 'Quinn Okafor' END, now()::timestamp - make_interval(secs => n / 3) FROM generate_series(1, 16000) n",
    )
    .await;
    sql(&db, "ANALYZE users").await;
    for (search, demo_modes, all) in
        [("okafor", vec![], 22), ("uinn okaf", vec![DemoModeStatus::Disabled], 22), ("user9", vec![], 1111)]
    {
        let filter = UserFilter { search: Some(search.into()), demo_modes };
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = reader.users_page(&filter, cursor.as_deref(), 7).await.expect("a page");
            seen.extend(page.rows.iter().map(|row| (row.created_at, row.id)));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), all, "{search}");
        assert!(seen.is_sorted_by(|a, b| a > b), "{search}: each once, newest first");
    }
}

#[tokio::test]
async fn a_users_page_says_what_the_customer_sees_and_what_may_be_done() {
    let (db, reader) = stand().await;
    let ana = user().email("ana@repruv.test").enabling().insert(&db).await;
    connection(ana.id).insert(&db).await;
    connection(ana.id).platform("instagram").failed().insert(&db).await;
    session(ana.id).insert(&db).await;
    session(ana.id).insert(&db).await;
    session(ana.id).revoked().insert(&db).await;
    session(ana.id).expired().insert(&db).await;
    let view = reader.user(ana.id).await.expect("the user");
    assert_eq!(view.user, reader.users_by_ids(&[ana.id]).await.expect("rows")[0]);
    assert_eq!(view.user.demo_mode, DemoModeStatus::Enabling);
    assert_eq!(view.user.job_status, Some(JobStatus::Pending));
    assert_eq!(view.demo.job.as_ref().map(|job| job.id), ana.job.map(|job| job.id));
    assert_eq!(view.active_sessions, 2);
    assert_eq!(view.connections.iter().map(|c| c.platform.as_str()).collect::<Vec<_>>(), ["instagram", "youtube"]);
    assert!(view.demo.customer_sees.contains("progress bar"), "{}", view.demo.customer_sees);
    let allowed: Vec<_> = view.demo.offers.iter().filter(|o| o.allowed).map(|o| o.action).collect();
    assert_eq!(allowed, [DemoModeAction::Cancel]);
    assert_eq!(view.demo.cleanup, None);

    let gone = reader.user(new_id()).await;
    assert!(matches!(gone, Err(ReadError::NotFound { what: "user" })), "{gone:?}");
}

#[tokio::test]
async fn a_users_page_tells_what_failed_and_what_the_last_disable_removed() {
    let (db, reader) = stand().await;
    let ben = user().failed_to_disable().insert(&db).await;
    testkit::factories::job().of(ben.id).job_type("demo_disable").completed().insert(&db).await;
    sql(&db, "UPDATE background_jobs SET result_data = '{\"counts\": {\"posts\": 85, \"reviews\": 1200}}'").await;
    let view = reader.user(ben.id).await.expect("the user");
    assert_eq!(view.demo.failed_operation, Some(DemoOperation::Disable));
    assert!(view.demo.error.is_some());
    let counts: Vec<_> = view.demo.cleanup.into_iter().flatten().map(|c| (c.what, c.count)).collect();
    assert_eq!(counts, [("reviews".to_owned(), 1200), ("posts".to_owned(), 85)]);
}
