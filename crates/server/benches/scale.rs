//! What staff wait for at 1 M users, 10 M jobs and 2 M sessions, through a reader login. `--finished` asks for another number of
//! jobs.

mod common;

use common::{BenchDatabase, Latencies};
use contract::{jobs::JobFilter, sessions::SessionFilter, users::UserFilter};
use read_model::{ReadModel, Standing};
use sqlx::{AssertSqlSafe, PgConnection};
use state_machine::JobStatus;
use std::time::Instant;

const USERS: i64 = 1_000_000;
const JOBS: i64 = 10_000_000;
/// Users whose demo mode failed, each with its failed job; in how many ways; and users who contradict themselves.
const FAILED: i64 = 2_000;
const ERRORS: i64 = 20;
const CONTRADICTORY: i64 = 20;
const SESSIONS: i64 = 2_000_000;
/// Of one user, besides the others: a script that signs in again and again.
const SESSIONS_OF_ONE: i64 = 30_000;
const ROUNDS: usize = 100;
/// What a person takes for at once, and what each of these may take, nineteen times out of twenty.
const BAR_MS: f64 = 50.0;

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let db = BenchDatabase::fresh("scale").await?;
    fill(&db).await?;
    let reader = reader(&db).await?;
    let some_user: uuid::Uuid =
        sqlx::query_scalar("SELECT user_id FROM background_jobs WHERE status = 'running' LIMIT 1")
            .fetch_one(&db.pool)
            .await?;
    let busy_user: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM users WHERE email = 'user1@example.com'").fetch_one(&db.pool).await?;
    let mut figures = serde_json::Map::new();

    macro_rules! measure {
        ($name:literal, $round:ident => $call:expr) => {{
            let mut latencies = Latencies::new()?;
            for $round in 0..ROUNDS {
                let asked = Instant::now();
                $call;
                latencies.record(asked.elapsed());
            }
            let mut figure = latencies.json();
            figure["bar_p95_ms"] = BAR_MS.into();
            figure["kept"] = (latencies.ms(0.95) <= BAR_MS).into();
            eprintln!("{}: {figure}", $name);
            figures.insert($name.into(), figure);
        }};
    }
    let all = JobFilter::all();
    let failed = JobFilter { statuses: vec![JobStatus::Failed], ..JobFilter::all() };
    let second = reader.jobs_page(&all, None, 100).await?.next;
    measure!("jobs_first_page", _n => reader.jobs_page(&all, None, 100).await?);
    measure!("jobs_next_page", _n => reader.jobs_page(&all, second.as_deref(), 100).await?);
    measure!("jobs_failed", _n => reader.jobs_page(&failed, None, 100).await?);
    measure!("jobs_of_user_text", n => reader.jobs_page(&JobFilter { user: Some(format!("user{}@", 1000 + n * 37)), ..JobFilter::all() }, None, 100).await?);
    let nobody = UserFilter { search: None, demo_modes: vec![] };
    measure!("users_first_page", _n => reader.users_page(&nobody, None, 100).await?);
    measure!("users_search", n => reader.users_page(&UserFilter { search: Some(format!("ser{}", 1000 + n * 97)), demo_modes: vec![] }, None, 100).await?);
    measure!("user_page", _n => reader.user(some_user).await?);
    measure!("sessions_first_page", _n => reader.sessions_page(&SessionFilter { user_id: None, user: None, active_only: true }, None, 100).await?);
    let of_one = |active_only| SessionFilter { user_id: Some(busy_user), user: None, active_only };
    measure!("sessions_of_one_first_page", _n => reader.sessions_page(&of_one(true), None, 100).await?);
    measure!("sessions_of_one_with_ended", _n => reader.sessions_page(&of_one(false), None, 100).await?);
    measure!("revoke_preview_of_one", _n => reader.revoke_preview(busy_user, None, None, None).await?);
    measure!("now", _n => reader.now().await?);
    measure!("user_case", _n => reader.user_case(some_user).await?);
    measure!("contradictions", _n => reader.contradictions(None, 100).await?);
    tell(&reader.standing().await?)?;
    service_is_away(&db).await?;
    measure!("contradictions_service_away", _n => reader.contradictions(None, 100).await?);
    let mut standing = reader.standing().await?;
    measure!("contradictions_after_a_change", _n => reader.restand(&mut standing, &[], &[some_user]).await?);
    tell(&standing)?;
    common::report(
        "scale",
        serde_json::json!({ "users": USERS, "jobs": jobs(), "sessions": SESSIONS, "sessions_of_one": SESSIONS_OF_ONE, "latencies": figures }),
    );
    Ok(())
}

fn tell(standing: &Standing) -> anyhow::Result<()> {
    let listed = standing.page_from(None, 100)?;
    eprintln!("{} contradictions{}", listed.count, if listed.or_more { " or more" } else { "" });
    Ok(())
}

/// Whatever is at work waits for it, so each of these jobs is a case.
async fn service_is_away(db: &BenchDatabase) -> anyhow::Result<()> {
    sqlx::raw_sql(
        "INSERT INTO worker_sessions (id, host, pid, build) VALUES (gen_random_uuid(), 'bench', 1, 'bench'); \
         INSERT INTO demo_service_health (worker_id, last_error_at, last_error_class, last_error, recent_errors) \
         SELECT id, now(), 'unreachable', 'no answer', 50 FROM worker_sessions",
    )
    .execute(&db.pool)
    .await?;
    Ok(())
}

fn jobs() -> i64 {
    std::env::var("BENCH_FINISHED").ok().and_then(|jobs| jobs.parse().ok()).unwrap_or(JOBS)
}

async fn fill(db: &BenchDatabase) -> anyhow::Result<()> {
    let jobs = jobs();
    eprintln!("filling {USERS} users, {jobs} jobs, {SESSIONS} sessions …");
    let mut one = db.pool.acquire().await?;
    sqlx::query(
        "INSERT INTO users (id, email, full_name, created_at) SELECT bench_v7(t AT TIME ZONE 'UTC'), 'user' || i || '@example.com', 'Person Number ' || i, t \
         FROM generate_series(1, $1) AS i, LATERAL (SELECT (now() AT TIME ZONE 'UTC') - interval '900 days' * (1 - i::float8 / $2)) AS s (t)",
    )
    .bind(USERS)
    .bind(USERS as f64)
    .execute(&mut *one)
    .await?;
    let further = without_indexes(&mut one).await?;
    sqlx::query(
        "WITH u AS MATERIALIZED (SELECT id, row_number() OVER () AS n FROM users) \
         INSERT INTO background_jobs (id, job_type, user_id, status, attempt, created_at, scheduled_for, run_at, started_at, completed_at, progress, error_message) \
         SELECT bench_v7(t), CASE WHEN i % 2 = 0 THEN 'demo_enable' ELSE 'demo_disable' END, u.id, CASE WHEN i % 40 = 0 THEN 'failed' ELSE 'completed' END, \
           1, t, t, t, t, t + interval '80 s', 100, CASE WHEN i % 40 = 0 THEN 'The demo service reported a fault (503).' END \
         FROM generate_series(1, $1) AS i JOIN u ON u.n = 1 + (i * 7919) % $2, LATERAL (SELECT now() - interval '60 days' * (1 - i::float8 / $3)) AS s (t)",
    )
    .bind(jobs)
    .bind(USERS)
    .bind(jobs as f64)
    .execute(&mut *one)
    .await?;
    sqlx::query(
        "INSERT INTO job_events (job_id, user_id, at, event, from_status, to_status, attempt, actor) \
         SELECT id, user_id, completed_at, 'succeed', 'running', status, 1, 'bench:1' FROM background_jobs",
    )
    .execute(&mut *one)
    .await?;
    with_indexes(&mut one, further).await?;
    sqlx::query(
        "INSERT INTO background_jobs (id, job_type, user_id, status, attempt, locked_by, lease_expires_at, started_at) \
         SELECT bench_v7(clock_timestamp()), 'demo_enable', id, 'running', 1, gen_random_uuid(), now() + interval '1 hour', now() FROM users LIMIT 1000",
    )
    .execute(&mut *one)
    .await?;
    sqlx::query(
        "UPDATE users u SET demo_mode_status = 'enabling', demo_mode_job_id = j.id, demo_mode_changed_at = now() \
         FROM background_jobs j WHERE j.status = 'running' AND j.user_id = u.id",
    )
    .execute(&mut *one)
    .await?;
    for (contradicts, n) in [(false, FAILED), (true, CONTRADICTORY)] {
        sqlx::query(
            "INSERT INTO users (id, email, created_at, demo_mode_status, demo_mode_failed_operation, demo_mode_error, \
               demo_mode_changed_at, demo_profile_id) \
             SELECT gen_random_uuid(), 'stuck' || $1 || i || '@example.com', now() - interval '1 day', \
               CASE WHEN $1 THEN 'disabled' ELSE 'failed' END, CASE WHEN NOT $1 THEN 'enable' END, \
               CASE WHEN NOT $1 THEN 'The demo service reported a fault (503).' END, now() - i * interval '1 min', \
               CASE WHEN $1 THEN 'prof_' || i END FROM generate_series(1, $2) i",
        )
        .bind(contradicts)
        .bind(n)
        .execute(&mut *one)
        .await?;
    }
    failures(&mut one).await?;
    sqlx::query(
        "WITH u AS MATERIALIZED (SELECT id, row_number() OVER () AS n FROM users) \
         INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, user_agent, created_at, last_seen_at, expires_at) \
         SELECT bench_v7(t), u.id, sha256(i::text::bytea), t + interval '15 min', 'cookie', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36', \
           t, t, t + interval '30 days' \
         FROM generate_series(1, $1) AS i JOIN u ON u.n = 1 + (i * 104729) % $2, LATERAL (SELECT now() - interval '60 days' * (1 - i::float8 / $3)) AS s (t)",
    )
    .bind(SESSIONS)
    .bind(USERS)
    .bind(SESSIONS as f64)
    .execute(&mut *one)
    .await?;
    sqlx::query(
        "INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, user_agent, created_at, last_seen_at, expires_at) \
         SELECT bench_v7(t), u.id, sha256(('one' || i)::bytea), t + interval '15 min', 'bearer', 'curl/8.9.1', t, t, t + interval '30 days' \
         FROM generate_series(1, $1) AS i, LATERAL (SELECT now() - interval '20 days' * (1 - i::float8 / $2)) AS s (t), \
           (SELECT id FROM users WHERE email = 'user1@example.com') u",
    )
    .bind(SESSIONS_OF_ONE)
    .bind(SESSIONS_OF_ONE as f64)
    .execute(&mut *one)
    .await?;
    drop(one);
    db.settle().await
}

/// Takes the further indexes of jobs and their history away, and the checks of each row against other tables; answers what
/// [`with_indexes`] needs. Over rows that are there they are made in a fraction of the time.
async fn without_indexes(one: &mut PgConnection) -> anyhow::Result<Vec<String>> {
    let further: Vec<(String, String)> = sqlx::query_as(
        "SELECT indexname::text, indexdef FROM pg_indexes \
         WHERE tablename IN ('background_jobs', 'job_events') AND indexname NOT LIKE '%pkey'",
    )
    .fetch_all(&mut *one)
    .await?;
    for (name, _) in &further {
        sqlx::raw_sql(AssertSqlSafe(format!("DROP INDEX {name}"))).execute(&mut *one).await?;
    }
    sqlx::raw_sql("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'").execute(one).await?;
    Ok(further.into_iter().map(|(_, made_by)| made_by).collect())
}

async fn with_indexes(one: &mut PgConnection, further: Vec<String>) -> anyhow::Result<()> {
    for made_by in further {
        sqlx::raw_sql(AssertSqlSafe(made_by)).execute(&mut *one).await?;
    }
    sqlx::raw_sql("RESET session_replication_role; RESET maintenance_work_mem").execute(one).await?;
    Ok(())
}

/// Whoever's demo mode failed has a job that failed, with its history and an error for which somebody wrote words.
async fn failures(one: &mut PgConnection) -> anyhow::Result<()> {
    for statement in [
        format!(
            "INSERT INTO background_jobs (id, job_type, user_id, status, attempt, created_at, completed_at, error_class, error_message) \
             SELECT bench_v7(demo_mode_changed_at), 'demo_enable', id, 'failed', 5, demo_mode_changed_at, demo_mode_changed_at, 'rejected', \
               'The demo service refused: niche ' || chr((97 + n % {ERRORS})::int) || ' of ' || email || ' is unknown.' \
             FROM (SELECT *, row_number() OVER () AS n FROM users WHERE demo_mode_status = 'failed') u"
        ),
        "UPDATE users u SET demo_mode_job_id = j.id FROM background_jobs j \
         WHERE u.demo_mode_status = 'failed' AND j.user_id = u.id AND j.status = 'failed' AND j.error_class = 'rejected'"
            .into(),
        "INSERT INTO job_events (job_id, user_id, at, event, from_status, to_status, attempt, actor) \
         SELECT id, user_id, completed_at, 'fail', 'running', status, 5, 'bench:1' FROM background_jobs WHERE error_class = 'rejected'"
            .into(),
        "INSERT INTO error_words (fingerprint, error_class, sample, seen, first_seen_at, last_seen_at, title, customer_sees, ticket_reply, written_by, written_at) \
         SELECT error_fingerprint(error_class, error_message), 'rejected', min(error_message), count(*), min(completed_at), max(completed_at), \
           'A niche that is unknown', 'Their own account.', 'Please choose another niche.', 'bench', now() \
         FROM background_jobs WHERE error_class = 'rejected' GROUP BY 1"
            .into(),
    ] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *one).await?;
    }
    Ok(())
}

/// Through a login that is a member of `ops_reader` and nothing else, as a window reads.
async fn reader(db: &BenchDatabase) -> anyhow::Result<ReadModel> {
    let login = "staff_0000bec4_0000bec4";
    sqlx::query("SELECT mint_reader_login($1, 'bench-reader', interval '2 hours')")
        .bind(login)
        .execute(&db.pool)
        .await?;
    let options: sqlx::postgres::PgConnectOptions = db.url.parse()?;
    let pool = sqlx::postgres::PgPoolOptions::new()
        .max_connections(3)
        .connect_with(options.username(login).password("bench-reader"))
        .await?;
    Ok(ReadModel::new(pool))
}
