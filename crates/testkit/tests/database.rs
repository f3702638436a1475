//! A database per test: fresh, migrated, with the rights that production has, and gone afterwards.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure here is the test's failure")]

use sqlx::{Connection, PgConnection};
use testkit::{Role, TestDb};

async fn exists(name: &str, through: &TestDb) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(through.owner())
        .await
        .unwrap()
}

#[tokio::test]
async fn two_tests_do_not_see_each_other() {
    let (one, two) = (TestDb::new().await, TestDb::new().await);
    testkit::factories::user().insert(&one).await;
    for (db, users) in [(&one, 1_i64), (&two, 0)] {
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM users").fetch_one(db.owner());
        assert_eq!(users, count.await.unwrap());
    }
}

#[tokio::test]
async fn many_at_once_get_a_database_each() {
    let mut made = tokio::task::JoinSet::new();
    for _ in 0..8 {
        made.spawn(TestDb::new());
    }
    let all = made.join_all().await;
    let names: std::collections::BTreeSet<_> = all.iter().map(TestDb::name).collect();
    assert_eq!(names.len(), 8);
}

#[tokio::test]
async fn a_dropped_database_is_gone_although_connections_are_open() {
    let watcher = TestDb::empty().await;
    let db = TestDb::new().await;
    let name = db.name().to_owned();
    let open = db.api().acquire().await.unwrap();
    assert!(exists(&name, &watcher).await);
    drop(db);
    assert!(!exists(&name, &watcher).await);
    drop(open);
}

#[tokio::test]
async fn each_role_connects_as_itself_and_inherits_its_group() {
    let db = TestDb::new().await;
    let groups = [(Role::Api, "repruv_api"), (Role::Worker, "repruv_worker"), (Role::Reader, "ops_reader")];
    for (role, group) in groups {
        let row: (bool, bool) = sqlx::query_as(
            "SELECT pg_has_role(current_user, $1, 'USAGE'), rolsuper FROM pg_roles WHERE rolname = current_user",
        )
        .bind(group)
        .fetch_one(db.pool(role))
        .await
        .unwrap();
        assert_eq!(row, (true, false), "{role:?}");
    }
    let refused = sqlx::query("UPDATE users SET full_name = 'x'").execute(db.reader()).await;
    assert!(refused.unwrap_err().to_string().contains("permission denied"));
}

#[tokio::test]
async fn rights_on_the_database_itself_are_copied() {
    let db = TestDb::new().await;
    let migrated = TestDb::empty().await;
    migrated.migrate().await;
    for db in [&db, &migrated] {
        let may: (bool, bool) = sqlx::query_as(
            "SELECT has_database_privilege(current_database(), 'TEMPORARY'),
                    has_database_privilege(current_database(), 'CONNECT')",
        )
        .fetch_one(db.reader())
        .await
        .unwrap();
        assert_eq!(may, (false, true));
    }
}

#[tokio::test]
async fn an_empty_database_is_empty_and_migrating_twice_is_harmless() {
    let db = TestDb::empty().await;
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'ops')";
    let count: i64 = sqlx::query_scalar(tables).fetch_one(db.owner()).await.unwrap();
    assert_eq!(count, 0);
    db.migrate().await;
    db.migrate().await;
    let count: i64 = sqlx::query_scalar(tables).fetch_one(db.owner()).await.unwrap();
    assert!(count > 5);
}

#[tokio::test]
async fn the_url_is_for_other_programs_too() {
    let db = TestDb::new().await;
    let url = db.url(Role::Worker);
    assert!(!url.contains("statement-cache"), "{url}");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let who: (String, String) =
        sqlx::query_as("SELECT current_user::text, current_database()::text").fetch_one(&mut connection).await.unwrap();
    assert_eq!(who, ("test_worker".to_owned(), db.name().to_owned()));
}
