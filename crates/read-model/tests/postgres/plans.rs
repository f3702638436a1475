//! Which index each list is read by, from PostgreSQL's own counters: no plan is guessed, the real statements are run.

use contract::{
    audit::AuditFilter,
    jobs::JobFilter,
    sessions::SessionFilter,
    state_machine::{BulkAction, DemoModeStatus, JobStatus},
    users::UserFilter,
};
use read_model::{Feed, FeedSettings, ReadModel};
use sqlx::{PgPool, postgres::PgPoolOptions};
use std::{collections::BTreeMap, time::Duration};
use testkit::{Role, TestDb};

const BIG: [&str; 5] = ["users", "background_jobs", "user_sessions", "job_events", "audit_entries"];

/// Scans so far, by table (sequential) and by index.
struct Scans {
    sequential: BTreeMap<String, i64>,
    by_index: BTreeMap<String, i64>,
    rows_read: i64,
}

async fn scans(db: &TestDb, pool: &PgPool) -> Scans {
    // The one connection hands its counts over, so that they are there to be read.
    sqlx::query("SELECT pg_stat_force_next_flush()").execute(pool).await.expect("flushed");
    let tables: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT relname::text, seq_scan, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE schemaname = 'public'",
    )
    .fetch_all(db.owner())
    .await
    .expect("table counters");
    let indexes: Vec<(String, i64)> =
        sqlx::query_as("SELECT indexrelname::text, idx_scan FROM pg_stat_user_indexes WHERE schemaname = 'public'")
            .fetch_all(db.owner())
            .await
            .expect("index counters");
    Scans {
        rows_read: tables.iter().map(|(_, _, rows)| rows).sum(),
        sequential: tables.into_iter().map(|(table, scans, _)| (table, scans)).collect(),
        by_index: indexes.into_iter().collect(),
    }
}

/// Some 40,000 jobs and events, 20,000 users and 30,000 sessions, most of them one person's.
async fn fill(db: &TestDb) {
    // One connection, which hands its counts over at the end: later they would be taken for those of a read.
    let mut owner = db.owner().acquire().await.expect("a connection");
    for sql in [
        "INSERT INTO users (id, email, full_name, created_at) SELECT gen_random_uuid(), 'user' || n || '@repruv.test', \
           'Person ' || n, now()::timestamp - make_interval(mins => n) FROM generate_series(1, 20000) n",
        "INSERT INTO background_jobs (id, job_type, status, user_id, completed_at, error_message) \
         SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'demo_enable', \
           CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'completed' END, u.id, now(), CASE WHEN n % 100 = 0 THEN 'no answer' END \
         FROM generate_series(1, 40000) n JOIN (SELECT id, row_number() OVER () AS k FROM users) u ON u.k = 1 + n % 20000",
        "INSERT INTO background_jobs (id, job_type, user_id) SELECT ('01910000-0000-7000-8000-' || lpad(to_hex(row_number() OVER ()), 12, '0'))::uuid, \
           'demo_enable', id FROM users ORDER BY email LIMIT 30",
        "INSERT INTO job_events (job_id, user_id, event, to_status, attempt, actor) \
         SELECT id, user_id, 'succeed', 'completed', 1, 'test' FROM background_jobs",
        "INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, created_at, expires_at, revoked_at, revoked_by) \
         SELECT gen_random_uuid(), CASE WHEN n % 3 = 0 THEN u.id ELSE (SELECT id FROM users WHERE email = 'user7@repruv.test') END, \
           sha256(n::text::bytea), now(), 'cookie', now() - make_interval(mins => n), now() + interval '1 day', \
           CASE WHEN n % 500 <> 0 THEN now() END, CASE WHEN n % 500 <> 0 THEN 'test' END \
         FROM generate_series(1, 30000) n JOIN (SELECT id, row_number() OVER () AS k FROM users) u ON u.k = 1 + n % 20000",
        "INSERT INTO platform_connections (id, user_id, platform) SELECT gen_random_uuid(), id, 'youtube' FROM users LIMIT 5000",
        "INSERT INTO audit_entries (at, actor, action, user_id) SELECT created_at, 'test', 'test', id FROM users ORDER BY created_at",
        "INSERT INTO audit_entries (at, actor, action, user_email) SELECT now(), 'rare@repruv.test', 'rare', 'gone@repruv.test' FROM generate_series(1, 20)",
        "VACUUM (ANALYZE)",
    ] {
        sqlx::query(sql).execute(&mut *owner).await.expect(sql);
    }
    for sql in ["SELECT pg_stat_force_next_flush()", "SELECT 1"] {
        sqlx::query(sql).execute(&mut *owner).await.expect(sql);
    }
}

#[tokio::test]
async fn every_list_is_read_by_its_index_and_none_reads_a_big_table_through() {
    let db = TestDb::new().await;
    fill(&db).await;
    let one = PgPoolOptions::new().max_connections(1).connect_with(db.options(Role::Reader)).await.expect("a reader");
    let reader = ReadModel::new(one.clone());
    let person: uuid::Uuid = sqlx::query_scalar("SELECT id FROM ops.users WHERE email = 'user7@repruv.test'")
        .fetch_one(&one)
        .await
        .expect("a person");
    let a_job: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM ops.jobs ORDER BY id LIMIT 1").fetch_one(&one).await.expect("a job");

    let jobs = |change: fn(&mut JobFilter)| {
        let mut filter = JobFilter::all();
        change(&mut filter);
        filter
    };
    let users = |search: Option<&str>, demo_modes: &[DemoModeStatus]| UserFilter {
        search: search.map(Into::into),
        demo_modes: demo_modes.to_vec(),
    };
    let sessions = |user_id, active_only| SessionFilter { user_id, user: None, active_only };

    macro_rules! reads {
        ($what:literal, $rows_max:literal, [$($index:literal),+], $read:expr) => {{
            let before = scans(&db, &one).await;
            $read.expect($what);
            let after = scans(&db, &one).await;
            for table in BIG {
                let times = after.sequential[table] - before.sequential[table];
                assert_eq!(times, 0, "{}: {table} was read through", $what);
            }
            $(assert!(after.by_index[$index] > before.by_index[$index], "{}: {} was not used", $what, $index);)+
            let rows = after.rows_read - before.rows_read;
            assert!(rows <= $rows_max, "{}: {rows} rows were looked at", $what);
        }};
    }
    reads!("all jobs", 800, ["background_jobs_pkey"], reader.jobs_page(&JobFilter::all(), None, 50).await);
    let next = reader.jobs_page(&JobFilter::all(), None, 50).await.expect("a page").next;
    reads!("next jobs", 800, ["background_jobs_pkey"], reader.jobs_page(&JobFilter::all(), next.as_deref(), 50).await);
    let failed = jobs(|f| f.statuses = vec![JobStatus::Failed]);
    reads!("failed jobs", 800, ["background_jobs_troubled"], reader.jobs_page(&failed, None, 50).await);
    let pending = jobs(|f| f.statuses = vec![JobStatus::Pending]);
    reads!("pending jobs", 6_000, ["background_jobs_ready"], reader.jobs_page(&pending, None, 50).await);
    let running = jobs(|f| f.statuses = vec![JobStatus::Running]);
    reads!("running jobs", 6_000, ["background_jobs_running"], reader.jobs_page(&running, None, 50).await);
    let rare = jobs(|f| f.job_types = vec!["noop".into()]);
    reads!("jobs of a rare type", 30_000, ["background_jobs_pkey"], reader.jobs_page(&rare, None, 50).await);
    let of_user = jobs(|f| f.user = Some("user1234@".into()));
    reads!(
        "jobs of a user",
        4_000,
        ["background_jobs_user", "users_search"],
        reader.jobs_page(&of_user, None, 50).await
    );
    reads!("a job", 800, ["background_jobs_pkey", "job_events_job"], reader.job(a_job).await);
    reads!("live counts", 2_000, ["background_jobs_ready", "background_jobs_running"], reader.job_counts().await);

    reads!("all users", 800, ["users_newest"], reader.users_page(&users(None, &[]), None, 50).await);
    reads!(
        "a rare search",
        6_000,
        ["users_search"],
        reader.users_page(&users(Some("person 12345"), &[]), None, 50).await
    );
    reads!("a common search", 6_000, ["users_newest"], reader.users_page(&users(Some("repruv"), &[]), None, 50).await);
    reads!(
        "an id",
        8_000,
        ["users_pkey"],
        reader.users_page(&users(Some(&person.to_string()[..8]), &[]), None, 50).await
    );
    let restless = users(None, &[DemoModeStatus::Failed]);
    reads!("failed users", 800, ["users_demo_mode_restless"], reader.users_page(&restless, None, 50).await);
    reads!(
        "a user",
        1_500,
        ["users_pkey", "user_sessions_active", "platform_connections_user"],
        reader.user(person).await
    );
    reads!(
        "a timeline",
        1_500,
        ["job_events_user", "audit_entries_user", "user_sessions_user", "user_sessions_ended"],
        reader.user_timeline(person, &[], None, 50).await
    );

    reads!("all sessions", 800, ["user_sessions_newest"], reader.sessions_page(&sessions(None, false), None, 50).await);
    reads!(
        "a person's 20,000 sessions",
        800,
        ["user_sessions_user"],
        reader.sessions_page(&sessions(Some(person), false), None, 50).await
    );
    reads!(
        "the active ones",
        1_500,
        ["user_sessions_active"],
        reader.sessions_page(&sessions(Some(person), true), None, 50).await
    );
    reads!(
        "how many are active, for a plan that ends them",
        1_500,
        ["user_sessions_active"],
        reader.bulk_outlook(BulkAction::RevokeSessions, &[person]).await
    );
    let audit = |change: fn(&mut AuditFilter)| {
        let mut filter = AuditFilter::all();
        change(&mut filter);
        filter
    };
    let trail = async |filter: AuditFilter| reader.audit_page(&filter, None, 50).await;
    reads!("the trail", 800, ["audit_entries_pkey"], trail(AuditFilter::all()).await);
    let by = audit(|f| f.by = Some("rare@".into()));
    reads!("a person's trail", 800, ["audit_entries_actor"], trail(by).await);
    let action = audit(|f| f.actions = vec!["rare".into()]);
    reads!("a rare action", 800, ["audit_entries_action"], trail(action).await);
    let own = AuditFilter { user_id: Some(person), ..AuditFilter::all() };
    reads!("a user's trail", 800, ["audit_entries_user"], trail(own).await);
    let gone = audit(|f| f.user = Some("gone@repruv.test".into()));
    reads!("a user who is gone", 6_000, ["audit_entries_email"], trail(gone).await);
    let now = reader.database_time().await.expect("the time");
    let hour = AuditFilter { since: Some(now - chrono::TimeDelta::hours(1)), ..AuditFilter::all() };
    reads!("the last hour", 800, ["audit_entries_at"], trail(hour).await);
    let reason = audit(|f| f.reason = Some("needle".into()));
    reads!("a rare reason", 30_000, ["audit_entries_pkey"], trail(reason).await);
    reads!("the words", 800, ["audit_entries_actor", "audit_entries_action"], reader.audit_words().await);

    // The feed has a connection of its own, whose counts arrive when it closes.
    let before = scans(&db, &one).await;
    let mut feed = Feed::start(one.clone(), FeedSettings { poll: Duration::from_millis(10), push: false });
    for _ in 0..3 {
        feed.next().await.expect("a read");
    }
    drop(feed);
    testkit::wait_until("the feed's counts are in", Duration::from_secs(60), async || {
        let after = scans(&db, &one).await;
        assert_eq!(after.sequential["job_events"], before.sequential["job_events"], "the feed reads all events");
        after.by_index["job_events_pkey"] > before.by_index["job_events_pkey"]
    })
    .await;
}
