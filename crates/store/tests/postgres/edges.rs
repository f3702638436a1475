//! The database allows the edges of the rules and no other, whoever writes.

use crate::stand::Stand;
use sqlx::{PgPool, postgres::PgQueryResult};
use state_machine::{BulkStatus, ConnectionStatus, DemoMode, DemoModeStatus, JobStatus, SessionStatus};
use testkit::{Role, factories};
use uuid::Uuid;

const ROLES: [Role; 4] = [Role::Owner, Role::Api, Role::Worker, Role::Reader];

/// What the database made of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Moved,
    NoSuchEdge,
    NoRight,
}

/// Anything else than these three is a mistake of the test.
fn verdict(written: Result<PgQueryResult, sqlx::Error>, trigger: &str, what: &str) -> Verdict {
    match written {
        Ok(done) => {
            assert_eq!(done.rows_affected(), 1, "{what}");
            Verdict::Moved
        }
        Err(error) => {
            let refusal = error.as_database_error().unwrap_or_else(|| panic!("{what}: {error}"));
            if refusal.code().as_deref() == Some("42501") {
                return Verdict::NoRight;
            }
            assert_eq!(refusal.constraint(), Some(trigger), "{what}: {error}");
            Verdict::NoSuchEdge
        }
    }
}

/// A role that may write moves along the edges of the rules and no other; one that may not moves nothing at all.
fn assert_edges<S: Copy + Ord + std::fmt::Debug>(role: Role, may: bool, tried: &[(S, S, Verdict)], edges: Vec<(S, S)>) {
    let denied = tried.iter().filter(|(_, _, verdict)| *verdict == Verdict::NoRight).count();
    assert_eq!(denied, if may { 0 } else { tried.len() }, "{role:?}: {tried:?}");
    let moved = tried.iter().filter(|(from, to, verdict)| *verdict == Verdict::Moved && from != to);
    let mut moved: Vec<(S, S)> = moved.map(|(from, to, _)| (*from, *to)).collect();
    moved.sort_unstable();
    assert_eq!(moved, if may { edges } else { vec![] }, "{role:?}");
}

fn pairs<S: Copy>(all: &[S]) -> impl Iterator<Item = (S, S)> {
    all.iter().flat_map(move |&from| all.iter().map(move |&to| (from, to)))
}

/// The columns that the CHECKs want beside the status of a job.
async fn write_job(pool: &PgPool, id: Uuid, to: JobStatus) -> Result<PgQueryResult, sqlx::Error> {
    sqlx::query(
        "UPDATE background_jobs SET status = $2, \
         locked_by = CASE WHEN $2 = 'running' THEN id END, \
         lease_expires_at = CASE WHEN $2 = 'running' THEN now() END, \
         completed_at = CASE WHEN $2 IN ('completed', 'failed', 'cancelled') THEN now() END WHERE id = $1",
    )
    .bind(id)
    .bind(to.as_str())
    .execute(pool)
    .await
}

#[tokio::test]
async fn a_job_moves_along_the_edges_of_the_rules_and_no_other() {
    let stand = Stand::new().await;
    for role in ROLES {
        let mut tried = vec![];
        for (from, to) in pairs(JobStatus::ALL) {
            let job = factories::job();
            let job = match from {
                JobStatus::Pending => job,
                JobStatus::Running => job.running(),
                JobStatus::Completed => job.completed(),
                JobStatus::Failed => job.failed(),
                JobStatus::Cancelled => job.cancelled(),
            };
            let id = job.insert(&stand.db).await.id;
            let written = write_job(stand.db.pool(role), id, to).await;
            tried.push((from, to, verdict(written, "job_edge", &format!("{role:?}: {from} -> {to}"))));
        }
        assert_edges(role, role != Role::Reader, &tried, JobStatus::edges());
    }
}

/// A user in any status, without the edges: triggers of updates do not see an insert.
async fn insert_user(stand: &Stand, status: DemoModeStatus, job: Uuid) -> Uuid {
    let id = testkit::new_id();
    sqlx::query(
        "INSERT INTO users (id, email, demo_mode_status, demo_mode_job_id, demo_mode_failed_operation, demo_mode_error) \
         VALUES ($1, $1 || '@repruv.test', $2, $3, CASE WHEN $2 = 'failed' THEN 'enable' END, 'words')",
    )
    .bind(id)
    .bind(status.as_str())
    .bind(job)
    .execute(stand.db.owner())
    .await
    .unwrap();
    id
}

#[tokio::test]
async fn a_demo_mode_moves_along_the_edges_of_the_rules_and_no_other() {
    let stand = Stand::new().await;
    let job = factories::job().insert(&stand.db).await.id;
    for role in ROLES {
        let mut tried = vec![];
        for (from, to) in pairs(DemoModeStatus::ALL) {
            let id = insert_user(&stand, from, job).await;
            let written = sqlx::query(
                "UPDATE users SET demo_mode_status = $2, \
                 demo_mode_failed_operation = CASE WHEN $2 = 'failed' THEN 'disable' END WHERE id = $1",
            )
            .bind(id)
            .bind(to.as_str())
            .execute(stand.db.pool(role))
            .await;
            let verdict = verdict(written, "demo_mode_edge", &format!("{role:?}: {from} -> {to}"));
            let now = if verdict == Verdict::Moved { to } else { from };
            let user = stand.user(id).await;
            let shown = matches!(now, DemoModeStatus::Enabled | DemoModeStatus::Disabling);
            assert_eq!(user["demo_mode"], shown, "the boolean keeps step on {from} -> {to}");
            tried.push((from, to, verdict));
        }
        assert_edges(role, role != Role::Reader, &tried, DemoMode::edges());
    }
}

#[tokio::test]
async fn a_connection_moves_along_the_edges_of_the_rules_and_no_other() {
    let stand = Stand::new().await;
    let user = factories::user().insert(&stand.db).await.id;
    for role in ROLES {
        let mut tried = vec![];
        for (from, to) in pairs(ConnectionStatus::ALL) {
            let id = testkit::new_id();
            sqlx::query(
                "INSERT INTO platform_connections (id, user_id, platform, connection_status, connection_error) \
                 VALUES ($1, $2, 'youtube', $3, 'words')",
            )
            .bind(id)
            .bind(user)
            .bind(from.as_str())
            .execute(stand.db.owner())
            .await
            .unwrap();
            let written = sqlx::query("UPDATE platform_connections SET connection_status = $2 WHERE id = $1")
                .bind(id)
                .bind(to.as_str())
                .execute(stand.db.pool(role))
                .await;
            tried.push((from, to, verdict(written, "connection_edge", &format!("{role:?}: {from} -> {to}"))));
        }
        assert_edges(role, role != Role::Reader, &tried, ConnectionStatus::edges());
    }
}

#[tokio::test]
async fn a_bulk_plan_moves_along_the_edges_of_the_rules_and_no_other() {
    let stand = Stand::new().await;
    for role in ROLES {
        let mut tried = vec![];
        for (from, to) in pairs(BulkStatus::ALL) {
            let id = testkit::new_id();
            sqlx::query(
                "INSERT INTO bulk_plans (id, action, status, reason, source, items, will_change, already_there, in_flight, \
                 not_allowed, digest, rate_per_s, typed_count, second_person, planned_by, planned_by_name, expires_at, \
                 confirmed_by, confirmed_by_name, confirmed_at, job_id, ended_at) \
                 VALUES ($1, 'retry_jobs', $2, 'words', 'words', 1, 1, 0, 0, 0, sha256('x'), 25, false, false, $1, 'dana', now(), \
                 $1, 'dana', now(), $1, CASE WHEN $2 IN ('aborted', 'completed', 'discarded') THEN now() END)",
            )
            .bind(id)
            .bind(from.as_str())
            .execute(stand.db.owner())
            .await
            .unwrap();
            let written = sqlx::query(
                "UPDATE bulk_plans SET status = $2, \
                 ended_at = CASE WHEN $2 IN ('aborted', 'completed', 'discarded') THEN now() END WHERE id = $1",
            )
            .bind(id)
            .bind(to.as_str())
            .execute(stand.db.pool(role))
            .await;
            tried.push((from, to, verdict(written, "bulk_plan_edge", &format!("{role:?}: {from} -> {to}"))));
        }
        assert_edges(role, role != Role::Reader, &tried, BulkStatus::edges());
    }
}

/// A session has no status column: `revoked_at` and `expires_at` are its status, so its edges are tried in their terms.
#[tokio::test]
async fn a_session_ends_once_and_never_comes_back() {
    let stand = Stand::new().await;
    let user = factories::user().insert(&stand.db).await.id;
    for role in ROLES {
        let mut tried = vec![];
        for (from, to) in pairs(SessionStatus::ALL) {
            let session = factories::session(user);
            let session = match from {
                SessionStatus::Active => session,
                SessionStatus::Revoked => session.revoked(),
                SessionStatus::Expired => session.expired(),
            };
            let id = session.insert(&stand.db).await.id;
            let set = match to {
                // A worker that executes a plan writes when a session was revoked; what else there is of it has its own test.
                SessionStatus::Expired if role == Role::Worker => continue,
                SessionStatus::Active if role == Role::Worker && from == SessionStatus::Expired => continue,
                _ if role == Role::Worker && from == to => "revoked_at = revoked_at",
                SessionStatus::Active if role == Role::Worker => "revoked_at = NULL, revoked_by = NULL",
                _ if from == to => "revoked_at = revoked_at, expires_at = expires_at",
                SessionStatus::Active => "revoked_at = NULL, revoked_by = NULL, expires_at = now() + interval '1 day'",
                SessionStatus::Revoked => "revoked_at = now(), revoked_by = 'staff'",
                SessionStatus::Expired => "revoked_at = NULL, revoked_by = NULL, expires_at = now() - interval '1 s'",
            };
            let sql = sqlx::AssertSqlSafe(format!("UPDATE user_sessions SET {set} WHERE id = $1"));
            let written = sqlx::query(sql).bind(id).execute(stand.db.pool(role)).await;
            tried.push((from, to, verdict(written, "session_edge", &format!("{role:?}: {from} -> {to}"))));
        }
        let mut edges = SessionStatus::edges();
        edges.retain(|(_, to)| role != Role::Worker || *to == SessionStatus::Revoked);
        assert_edges(role, role != Role::Reader, &tried, edges);
    }
}

#[tokio::test]
async fn the_end_of_a_session_is_not_put_off_and_its_revocation_not_rewritten() {
    let stand = Stand::new().await;
    let user = factories::user().insert(&stand.db).await.id;
    let active = factories::session(user).insert(&stand.db).await.id;
    let revoked = factories::session(user).revoked().insert(&stand.db).await.id;
    for role in [Role::Owner, Role::Api] {
        for (id, set, expected) in [
            (active, "expires_at = expires_at + interval '1 s'", Verdict::NoSuchEdge),
            (active, "expires_at = expires_at - interval '1 s'", Verdict::Moved),
            (active, "last_seen_at = now()", Verdict::Moved),
            (revoked, "revoked_at = now() + interval '1 hour'", Verdict::NoSuchEdge),
            (revoked, "revoked_at = revoked_at, last_seen_at = now()", Verdict::Moved),
        ] {
            let sql = sqlx::AssertSqlSafe(format!("UPDATE user_sessions SET {set} WHERE id = $1"));
            let written = sqlx::query(sql).bind(id).execute(stand.db.pool(role)).await;
            assert_eq!(verdict(written, "session_edge", set), expected, "{role:?}: {set}");
        }
    }
}

/// Plain views can be written through where the right is there.
#[tokio::test]
async fn nobody_of_ours_writes_through_a_view() {
    let stand = Stand::new().await;
    for (view, column) in [
        ("users", "demo_mode_status"),
        ("jobs", "status"),
        ("connections", "connection_status"),
        ("sessions", "revoked_by"),
    ] {
        for role in [Role::Api, Role::Worker, Role::Reader] {
            let sql = sqlx::AssertSqlSafe(format!("UPDATE ops.{view} SET {column} = {column}"));
            let written = sqlx::query(sql).execute(stand.db.pool(role)).await;
            assert_eq!(verdict(written, "", view), Verdict::NoRight, "{role:?}: ops.{view}");
        }
    }
}
