//! What a reader may do: what is listed here, and nothing else.

use crate::stand;
use testkit::TestDb;

/// Every readable column, sorted. A new one needs a line here, so that somebody looks at it.
const READABLE: &str = include_str!("reader-columns.txt");

async fn lines(db: &TestDb, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(db.owner()).await.expect(sql)
}

#[tokio::test]
async fn a_reader_reads_the_listed_columns_only() {
    let (db, _reader) = stand().await;
    let readable = lines(
        &db,
        "SELECT n.nspname || '.' || c.relname || '.' || a.attname AS line FROM pg_attribute a \
         JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
           AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege('test_reader', c.oid, a.attnum, 'SELECT')",
    )
    .await;
    let listed: Vec<&str> = READABLE.lines().collect();
    let (more, less): (Vec<_>, Vec<_>) = (
        readable.iter().filter(|line| !listed.contains(&line.as_str())).collect(),
        listed.iter().filter(|line| !readable.iter().any(|found| found == *line)).collect(),
    );
    assert!(
        more.is_empty() && less.is_empty(),
        "readable but not listed: {more:#?}\nlisted but not readable: {less:#?}"
    );
    for secret in ["hash", "password", "token"] {
        let told: Vec<_> = readable.iter().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{told:?}");
    }
}

#[tokio::test]
async fn a_reader_changes_nothing_anywhere() {
    let (db, _reader) = stand().await;
    let writable = lines(
        &db,
        "SELECT c.oid::regclass || ' ' || p.privilege FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, \
           unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p (privilege) \
         WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
           AND (has_table_privilege('test_reader', c.oid, p.privilege) \
             OR p.privilege IN ('INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege('test_reader', c.oid, p.privilege)) \
         UNION ALL \
         SELECT c.oid::regclass || ' sequence' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE CASE WHEN c.relkind = 'S' THEN n.nspname NOT LIKE 'pg\\_%' AND has_sequence_privilege('test_reader', c.oid, 'USAGE, UPDATE, SELECT') END \
         UNION ALL \
         SELECT 'create in ' || nspname FROM pg_namespace WHERE has_schema_privilege('test_reader', oid, 'CREATE') \
         UNION ALL \
         SELECT right_ || ' in the database' FROM unnest(ARRAY['CREATE', 'TEMPORARY']) r (right_) \
         WHERE has_database_privilege('test_reader', current_database(), right_) \
         UNION ALL \
         SELECT 'call ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
         WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND p.prorettype <> 'trigger'::regtype \
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') \
           AND p.provolatile <> 'i' AND has_function_privilege('test_reader', p.oid, 'EXECUTE')",
    )
    .await;
    assert!(writable.is_empty(), "{writable:#?}");
}

#[tokio::test]
async fn a_readers_attempts_are_refused() {
    let (db, _reader) = stand().await;
    for sql in [
        "SELECT hashed_password FROM public.users",
        "SELECT * FROM public.users",
        "SELECT access_token FROM public.platform_connections",
        "SELECT access_hash FROM public.user_sessions",
        "SELECT 1 FROM public.user_refresh_tokens",
        "SELECT 1 FROM public.staff",
        "SELECT 1 FROM public.staff_sessions",
        "SELECT 1 FROM public.command_receipts",
        "INSERT INTO ops.jobs (id, job_type) VALUES (gen_random_uuid(), 'noop')",
        "UPDATE ops.users SET email = 'x'",
        "DELETE FROM ops.sessions",
        "TRUNCATE public.job_events",
        "CREATE TEMP TABLE mine (n int)",
        "CREATE TABLE public.mine (n int)",
        "SELECT mint_reader_login('staff_00000000_00000000', 'x', '1 hour')",
        "SELECT end_reader_login('staff_00000000_00000000')",
    ] {
        let refused = sqlx::query(sql).execute(db.reader()).await.expect_err(sql);
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
        assert_eq!(code, "42501", "{sql}: {refused}");
    }
}
