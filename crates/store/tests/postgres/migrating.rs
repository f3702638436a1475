//! An empty database and one of the former backend both become today's, with every row kept.

use serde_json::Value;
use sqlx::PgPool;
use store::migrate;
use testkit::TestDb;
use uuid::Uuid;

const LEGACY: &str = include_str!("../fixtures/legacy.sql");
const LEGACY_TABLES: [&str; 4] = ["users", "platform_connections", "refresh_tokens", "alembic_version"];

async fn legacy() -> TestDb {
    let db = TestDb::empty().await;
    sqlx::raw_sql(LEGACY).execute(db.owner()).await.unwrap();
    db
}

async fn schema(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(include_str!("schema.sql")).fetch_all(pool).await.unwrap()
}

/// Every row of a table, ordered by its text.
async fn rows(pool: &PgPool, table: &str) -> Vec<Value> {
    let sql = format!("SELECT to_jsonb(t) FROM {table} t ORDER BY t::text");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap()
}

fn person(last: u8) -> Uuid {
    Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0000 + u128::from(last))
}

#[tokio::test]
async fn empty_and_legacy_databases_end_in_the_same_schema() {
    let (empty, legacy) = (TestDb::empty().await, legacy().await);
    migrate::run(empty.owner()).await.unwrap();
    migrate::run(legacy.owner()).await.unwrap();
    let (fresh, carried) = (schema(empty.owner()).await, schema(legacy.owner()).await);
    assert!(fresh.len() > 150, "{} lines: the comparison sees too little", fresh.len());
    pretty(&fresh, &carried);
    // And again: nothing is left to do, nothing is done.
    for db in [&empty, &legacy] {
        let before = (schema(db.owner()).await, rows(db.owner(), "_sqlx_migrations").await);
        migrate::run(db.owner()).await.unwrap();
        assert_eq!((schema(db.owner()).await, rows(db.owner(), "_sqlx_migrations").await), before);
    }
}

fn pretty(fresh: &[String], carried: &[String]) {
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|line| !other.contains(line)).cloned().collect()
    };
    let (missing, extra) = (only(fresh, carried), only(carried, fresh));
    assert!(missing.is_empty() && extra.is_empty(), "only fresh: {missing:#?}\nonly carried: {extra:#?}");
}

#[tokio::test]
async fn every_row_of_the_former_backend_is_kept_as_it_was() {
    let db = legacy().await;
    let mut before = vec![];
    for table in LEGACY_TABLES {
        before.push(rows(db.owner(), table).await);
    }
    migrate::run(db.owner()).await.unwrap();
    for (table, before) in LEGACY_TABLES.into_iter().zip(before) {
        let after = rows(db.owner(), table).await;
        assert_eq!(after.len(), before.len(), "{table}");
        for (was, is) in before.iter().zip(&after) {
            for (column, value) in was.as_object().unwrap() {
                // The one change on purpose: never decided means off.
                let expected = if column == "demo_mode" && value.is_null() { &Value::Bool(false) } else { value };
                assert_eq!(&is[column], expected, "{table}.{column} of {}", was);
            }
        }
    }
}

#[tokio::test]
async fn the_flag_of_demo_mode_becomes_its_state() {
    let db = legacy().await;
    migrate::run(db.owner()).await.unwrap();
    let states: Vec<(Uuid, String, i32, Option<Uuid>)> =
        sqlx::query_as("SELECT id, demo_mode_status, demo_mode_version, demo_mode_job_id FROM users ORDER BY id")
            .fetch_all(db.owner())
            .await
            .unwrap();
    let on = [0xa2, 0xa3].map(person);
    assert_eq!(states.len(), 6);
    for (id, status, version, job) in states {
        assert_eq!(status, if on.contains(&id) { "enabled" } else { "disabled" }, "{id}");
        assert_eq!((version, job), (1, None));
    }
}

#[tokio::test]
async fn a_connection_with_flag_and_token_becomes_connected() {
    let db = legacy().await;
    migrate::run(db.owner()).await.unwrap();
    let connected: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM platform_connections WHERE connection_status = 'connected'")
            .fetch_all(db.owner())
            .await
            .unwrap();
    assert_eq!(connected, [person(0xc1)]);
    let others: i64 =
        sqlx::query_scalar("SELECT count(*) FROM platform_connections WHERE connection_status = 'disconnected'")
            .fetch_one(db.owner())
            .await
            .unwrap();
    assert_eq!(others, 4);
}

#[tokio::test]
async fn the_former_backend_may_read_the_flag_but_not_set_it() {
    let db = legacy().await;
    migrate::run(db.owner()).await.unwrap();
    for set in ["demo_mode = true", "demo_mode = NULL", "demo_mode = NOT demo_mode"] {
        let sql = format!("UPDATE users SET {set} WHERE id = $1");
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(person(0xa1)).execute(db.owner()).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().constraint(), Some("demo_mode_in_step"), "{set}");
    }
    // Writing it back as it was is what an object mapper does; that is no change.
    sqlx::query("UPDATE users SET demo_mode = demo_mode, full_name = 'x'").execute(db.owner()).await.unwrap();
    // A sign-up by the former backend with the flag set is taken at its word.
    let signed_up: (String, bool) = sqlx::query_as(
        "INSERT INTO users (id, email, demo_mode) VALUES (gen_random_uuid(), 'new@example.test', true) \
         RETURNING demo_mode_status, demo_mode",
    )
    .fetch_one(db.owner())
    .await
    .unwrap();
    assert_eq!(signed_up, ("enabled".to_owned(), true));
    let undecided: (String, Option<bool>) = sqlx::query_as(
        "INSERT INTO users (id, email, demo_mode) VALUES (gen_random_uuid(), 'null@example.test', NULL) \
         RETURNING demo_mode_status, demo_mode",
    )
    .fetch_one(db.owner())
    .await
    .unwrap();
    assert_eq!(undecided, ("disabled".to_owned(), Some(false)));
}

#[tokio::test]
async fn two_processes_that_migrate_at_once_do_it_once() {
    let db = legacy().await;
    let (one, two, three) = tokio::join!(migrate::run(db.owner()), migrate::run(db.owner()), migrate::run(db.owner()));
    assert!(one.is_ok() && two.is_ok() && three.is_ok(), "{one:?} {two:?} {three:?}");
    let applied = rows(db.owner(), "_sqlx_migrations").await.len();
    assert_eq!(applied, migrate::status(db.owner()).await.unwrap().len());
}

#[tokio::test]
async fn an_index_whose_building_was_cut_short_is_built_anew() {
    let db = legacy().await;
    migrate::run(db.owner()).await.unwrap();
    // As a killed CREATE INDEX CONCURRENTLY leaves it.
    sqlx::raw_sql(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_sign_in'::regclass; \
         DELETE FROM _sqlx_migrations WHERE version = 12;",
    )
    .execute(db.owner())
    .await
    .unwrap();
    migrate::run(db.owner()).await.unwrap();
    let valid: bool =
        sqlx::query_scalar("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_sign_in'::regclass")
            .fetch_one(db.owner())
            .await
            .unwrap();
    assert!(valid);
}

#[tokio::test]
async fn status_and_history_tell_what_was_applied_when() {
    let db = TestDb::empty().await;
    let before = migrate::status(db.owner()).await.unwrap();
    assert!(before.len() >= 12 && before.iter().all(|step| step.applied_at.is_none() && !step.differs));
    assert_eq!((before[0].version, before[0].title.as_str()), (1, "baseline"));
    assert!(before.windows(2).all(|pair| pair[0].version < pair[1].version));
    assert!(migrate::history(db.owner()).await.unwrap().is_empty());

    migrate::run(db.owner()).await.unwrap();
    let after = migrate::status(db.owner()).await.unwrap();
    assert!(after.iter().all(|step| step.applied_at.is_some() && step.took.is_some() && !step.differs));
    let history = migrate::history(db.owner()).await.unwrap();
    assert_eq!(history.len(), after.len());
    assert!(history.windows(2).all(|pair| pair[0].applied_at <= pair[1].applied_at));

    sqlx::raw_sql(
        "UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 3; \
         INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from a newer build', true, '\\x01', 5);",
    )
    .execute(db.owner())
    .await
    .unwrap();
    let differing: Vec<_> =
        migrate::status(db.owner()).await.unwrap().into_iter().filter(|step| step.differs).map(|s| s.version).collect();
    assert_eq!(differing, [3, 9999]);
    assert!(migrate::run(db.owner()).await.is_err(), "a database that differs is not migrated over");
}
