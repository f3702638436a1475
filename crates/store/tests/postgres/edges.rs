//! The database allows the edges of the rules and no other, whoever writes.

use crate::stand::Stand;
use sqlx::{PgPool, postgres::PgQueryResult};
use state_machine::{ConnectionStatus, DemoMode, DemoModeStatus, JobStatus, SessionStatus};
use testkit::{Role, factories};
use uuid::Uuid;

const WRITERS: [Role; 3] = [Role::Owner, Role::Api, Role::Worker];

/// What the database said: allowed, or refused by the edge trigger. Anything else is a mistake of the test.
fn allowed(written: Result<PgQueryResult, sqlx::Error>, trigger: &str, what: &str) -> bool {
    match written {
        Ok(done) => {
            assert_eq!(done.rows_affected(), 1, "{what}");
            true
        }
        Err(error) => {
            let refusal = error.as_database_error().unwrap_or_else(|| panic!("{what}: {error}"));
            assert_eq!(refusal.constraint(), Some(trigger), "{what}: {error}");
            false
        }
    }
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
    for role in WRITERS {
        let mut found = vec![];
        for &from in JobStatus::ALL {
            for &to in JobStatus::ALL {
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
                if allowed(written, "job_edge", &format!("{role:?}: {from} -> {to}")) && from != to {
                    found.push((from, to));
                }
            }
        }
        found.sort_unstable();
        assert_eq!(found, JobStatus::edges(), "{role:?}");
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
    for role in WRITERS {
        let mut found = vec![];
        for &from in DemoModeStatus::ALL {
            for &to in DemoModeStatus::ALL {
                let id = insert_user(&stand, from, job).await;
                let written = sqlx::query(
                    "UPDATE users SET demo_mode_status = $2, \
                     demo_mode_failed_operation = CASE WHEN $2 = 'failed' THEN 'disable' END WHERE id = $1",
                )
                .bind(id)
                .bind(to.as_str())
                .execute(stand.db.pool(role))
                .await;
                if allowed(written, "demo_mode_edge", &format!("{role:?}: {from} -> {to}")) && from != to {
                    found.push((from, to));
                    let user = stand.user(id).await;
                    let shown = matches!(to, DemoModeStatus::Enabled | DemoModeStatus::Disabling);
                    assert_eq!(user["demo_mode"], shown, "the boolean keeps step on {from} -> {to}");
                }
            }
        }
        found.sort_unstable();
        assert_eq!(found, DemoMode::edges(), "{role:?}");
    }
}

#[tokio::test]
async fn a_connection_moves_along_the_edges_of_the_rules_and_no_other() {
    let stand = Stand::new().await;
    let user = factories::user().insert(&stand.db).await.id;
    for role in WRITERS {
        let mut found = vec![];
        for &from in ConnectionStatus::ALL {
            for &to in ConnectionStatus::ALL {
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
                if allowed(written, "connection_edge", &format!("{role:?}: {from} -> {to}")) && from != to {
                    found.push((from, to));
                }
            }
        }
        found.sort_unstable();
        assert_eq!(found, ConnectionStatus::edges(), "{role:?}");
    }
}

/// A session has no status column: `revoked_at` and the clock are its status. Its edges are tried in those terms.
#[tokio::test]
async fn a_session_is_revoked_once_and_never_comes_back() {
    let stand = Stand::new().await;
    let user = factories::user().insert(&stand.db).await.id;
    let revoked: Vec<_> = SessionStatus::edges().into_iter().filter(|(_, to)| *to == SessionStatus::Revoked).collect();
    assert_eq!(revoked, [(SessionStatus::Active, SessionStatus::Revoked)]);
    assert!(SessionStatus::edges().iter().all(|(from, _)| *from == SessionStatus::Active));
    let moves = [
        ("revoked_at = NULL, revoked_by = NULL", false),
        ("revoked_at = now() + interval '1 hour'", false),
        ("revoked_at = revoked_at, last_seen_at = now()", true),
    ];
    for role in [Role::Owner, Role::Api] {
        let active = factories::session(user).insert(&stand.db).await.id;
        let revoke = "UPDATE user_sessions SET revoked_at = now(), revoked_by = 'staff' WHERE id = $1";
        let written = sqlx::query(revoke).bind(active).execute(stand.db.pool(role)).await;
        assert!(allowed(written, "session_edge", "active -> revoked"));
        for (set, may) in moves {
            let sql = sqlx::AssertSqlSafe(format!("UPDATE user_sessions SET {set} WHERE id = $1"));
            let written = sqlx::query(sql).bind(active).execute(stand.db.pool(role)).await;
            assert_eq!(allowed(written, "session_edge", set), may, "{role:?}: {set}");
        }
    }
    let live = factories::session(user).insert(&stand.db).await.id;
    let by_worker = sqlx::query("UPDATE user_sessions SET revoked_at = now(), revoked_by = 'x' WHERE id = $1")
        .bind(live)
        .execute(stand.db.worker())
        .await;
    assert!(by_worker.unwrap_err().to_string().contains("permission denied"), "a worker has no business there");
}
