//! The lists' own statements with the plans they ran by: first page, next page and search each name their index and look at
//! few pages of a large table.

use crate::sql;
use contract::{jobs::JobFilter, state_machine::JobStatus, users::UserFilter};
use read_model::{Feed, FeedSettings, ReadModel};
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;
use testkit::{Plan, Plans, Role, TestDb};

const BIG: [&str; 3] = ["users", "background_jobs", "job_events"];

/// 42,000 users of whom 2,000 failed, 60,000 finished jobs of theirs with their history, 50 that wait and 10 whose leases have run out; read as staff read, and heard.
async fn heard() -> (TestDb, ReadModel, Plans) {
    let db = TestDb::new().await;
    for statement in [
        "INSERT INTO users (id, email, full_name, created_at) SELECT ('01800000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, \
           'user' || n || '@repruv.test', 'Person ' || n, now()::timestamp - make_interval(mins => 40000 - n) FROM generate_series(1, 40000) n",
        "INSERT INTO users (id, email, created_at, demo_mode_status, demo_mode_failed_operation, demo_mode_error, demo_mode_changed_at) \
         SELECT gen_random_uuid(), 'failed' || n || '@repruv.test', now() - interval '90 days', 'failed', 'enable', 'no answer', \
           now() - make_interval(mins => n) FROM generate_series(1, 2000) n",
        "INSERT INTO background_jobs (id, job_type, status, user_id, created_at, completed_at) \
         SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'demo_enable', \
           CASE WHEN n % 200 = 0 THEN 'failed' ELSE 'completed' END, \
           ('01800000-0000-7000-8000-' || lpad(to_hex(1 + n % 40000), 12, '0'))::uuid, now(), now() FROM generate_series(1, 60000) n",
        "INSERT INTO job_events (job_id, user_id, at, event, to_status, attempt, actor) \
         SELECT id, user_id, now() - interval '1 hour', 'succeed', 'completed', 1, 'test' FROM background_jobs ORDER BY id",
        "INSERT INTO background_jobs (id, job_type) SELECT ('01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'noop' FROM generate_series(1, 50) n",
        "INSERT INTO background_jobs (id, job_type, status, attempt, locked_by, lease_expires_at) \
         SELECT ('01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'noop', 'running', 1, gen_random_uuid(), now() - interval '1 min' FROM generate_series(1, 10) n",
        "VACUUM (ANALYZE)",
    ] {
        sql(&db, statement).await;
    }
    let plans = Plans::of(&db, Role::Reader).await;
    let one = PgPoolOptions::new().max_connections(1).connect_with(db.options(Role::Reader)).await.expect("a reader");
    plans.take();
    (db, ReadModel::new(one), plans)
}

/// What was run since the last time: these indexes were used, no big table was read through, and all of it together looked at
/// few pages.
#[track_caller]
fn by(plans: &Plans, indexes: &[&str], pages_max: u64) {
    let ran = plans.take();
    for plan in &ran {
        let through: Vec<_> = plan.read_through().into_iter().filter(|table| BIG.contains(table)).collect();
        assert!(through.is_empty(), "{through:?} read through: {plan:#?}");
    }
    for index in indexes {
        assert!(ran.iter().any(|plan| plan.indexes().contains(index)), "{index} was not used: {ran:#?}");
    }
    let pages: u64 = ran.iter().map(Plan::pages).sum();
    assert!(pages > 0 && pages <= pages_max, "{pages} pages: {ran:#?}");
}

fn users(search: Option<&str>) -> UserFilter {
    UserFilter { search: search.map(Into::into), demo_modes: vec![] }
}

#[tokio::test]
async fn the_user_list_goes_by_its_indexes_on_every_page_and_for_every_search() {
    let (_db, reader, plans) = heard().await;
    let first = reader.users_page(&users(None), None, 50).await.expect("a page");
    assert_eq!(first.rows.len(), 50);
    by(&plans, &["users_newest"], 600);
    let mut next = first.next;
    for _ in 0..7 {
        let page = reader.users_page(&users(None), next.as_deref(), 50).await.expect("a page");
        assert_eq!(page.rows.len(), 50);
        by(&plans, &["users_newest"], 600);
        next = page.next;
    }
    let rare = reader.users_page(&users(Some("person 12345")), None, 50).await.expect("a page");
    assert_eq!(rare.rows.len(), 1);
    by(&plans, &["users_search"], 1_500);
    let common = reader.users_page(&users(Some("repruv")), None, 50).await.expect("a page");
    assert_eq!(common.rows.len(), 50);
    by(&plans, &["users_newest"], 2_000);
    let nobody = reader.users_page(&users(Some("nobody@nowhere")), None, 50).await.expect("a page");
    assert!(nobody.rows.is_empty());
    by(&plans, &["users_search"], 1_500);
}

#[tokio::test]
async fn the_jobs_list_goes_by_its_indexes_on_every_page_and_by_every_state() {
    let (_db, reader, plans) = heard().await;
    let mut next = None;
    for _ in 0..8 {
        let page = reader.jobs_page(&JobFilter::all(), next.as_deref(), 50).await.expect("a page");
        assert_eq!(page.rows.len(), 50);
        by(&plans, &["background_jobs_pkey"], 600);
        next = page.next;
    }
    let of = |status| JobFilter { statuses: vec![status], ..JobFilter::all() };
    for (status, rows, index, pages_max) in [
        (JobStatus::Failed, 50, "background_jobs_troubled", 900),
        (JobStatus::Pending, 50, "background_jobs_ready", 3_000),
        (JobStatus::Running, 10, "background_jobs_running", 3_000),
    ] {
        let page = reader.jobs_page(&of(status), None, 50).await.expect("a page");
        assert_eq!(page.rows.len(), rows, "{status}");
        by(&plans, &[index], pages_max);
    }
    let of_user = JobFilter { user: Some("user12345@".into()), ..JobFilter::all() };
    assert_eq!(reader.jobs_page(&of_user, None, 50).await.expect("a page").rows.len(), 2);
    by(&plans, &["users_search", "background_jobs_user"], 1_500);
    reader.job_counts().await.expect("counts");
    by(&plans, &["background_jobs_ready", "background_jobs_running"], 100);
}

/// The feed has a session of its own, which it keeps: a round that finds nothing new looks at next to nothing.
#[tokio::test]
async fn the_feed_goes_on_from_where_it_was_by_the_primary_key() {
    let (db, reader, plans) = heard().await;
    let mut feed = Feed::start(reader.pool().clone(), FeedSettings { poll: Duration::from_millis(5), push: false });
    for round in 0..8 {
        let event = "INSERT INTO job_events (job_id, event, to_status, attempt, actor) SELECT id, 'start', 'running', 1, 'test' \
           FROM background_jobs WHERE status = 'running'";
        sql(&db, event).await;
        feed.next().await.expect("a read");
        let told: Vec<Plan> = plans.take().into_iter().filter(|plan| plan.sql.contains("job_events")).collect();
        for plan in &told {
            assert!(plan.indexes().contains(&"job_events_pkey"), "{plan:#?}");
            assert!(plan.read_through().is_empty(), "{plan:#?}");
            assert!(plan.pages() < 400, "round {round}: {plan:#?}");
        }
        assert!(round == 0 || !told.is_empty(), "round {round} read no event");
    }
}

/// However much is at rest, the standing list looks at what is not, and a change at what it names.
#[tokio::test]
async fn the_standing_list_goes_by_indexes_of_what_is_not_at_rest() {
    let (db, reader, plans) = heard().await;
    // As it is where things fail: each failure names its job, with its history and an error that somebody has words for.
    for statement in [
        "INSERT INTO background_jobs (id, job_type, status, user_id, created_at, completed_at, error_class, error_message) \
         SELECT gen_random_uuid(), 'demo_enable', 'failed', id, now(), now(), 'rejected', 'Refused: niche ' || chr(97 + length(email) % 7) \
         FROM users WHERE demo_mode_status = 'failed'",
        "UPDATE users u SET demo_mode_job_id = j.id FROM background_jobs j WHERE j.user_id = u.id AND u.demo_mode_status = 'failed'",
        "INSERT INTO job_events (job_id, user_id, event, to_status, attempt, actor) \
         SELECT id, user_id, 'fail', 'failed', 1, 'test' FROM background_jobs WHERE error_class = 'rejected'",
        "INSERT INTO error_words (fingerprint, sample, title, customer_sees, ticket_reply, written_by, written_at) \
         SELECT DISTINCT error_fingerprint(error_class, error_message), 'Refused', 'Refused', 'Nothing', 'Choose another.', 'test', now() \
         FROM background_jobs WHERE error_class = 'rejected'",
        "VACUUM (ANALYZE)",
    ] {
        sql(&db, statement).await;
    }
    let mut standing = reader.standing().await.expect("the list");
    let page = standing.page_from(None, 50).expect("a page");
    assert_eq!(
        (page.count, page.or_more),
        (560, true),
        "what waits and runs without any worker, and the newest failures"
    );
    let looks = [
        "users_demo_mode_restless",
        "users_contradictory",
        "users_demo_mode_failed",
        "background_jobs_running",
        "background_jobs_ready",
        "background_jobs_pkey",
        "users_pkey",
        "job_events_job",
    ];
    by(&plans, &looks, 12_000);
    let (user, job) = ("01800000-0000-7000-8000-000000000007", "01900000-0000-7000-8000-000000000007");
    let (user, job) = (uuid::Uuid::try_parse(user).expect("an id"), uuid::Uuid::try_parse(job).expect("an id"));
    reader.restand(&mut standing, &[job], &[user]).await.expect("brought up to date");
    by(&plans, &["users_pkey", "background_jobs_active", "background_jobs_pkey"], 60);
    reader.user_case(user).await.expect("a case");
    by(&plans, &["users_pkey", "background_jobs_active"], 60);
    reader.job_case(job).await.expect("a case");
    by(&plans, &["background_jobs_pkey"], 60);
    drop(db);
}
