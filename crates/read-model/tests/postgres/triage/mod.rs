//! Verdicts on what stands in a real database, and the standing list of what disagrees.

mod cases;
mod standing;

use contract::state_machine::triage::Cause;
use read_model::ReadModel;
use sqlx::AssertSqlSafe;
use testkit::{TestDb, factories::worker};
use uuid::Uuid;

/// Changes what no command would: as the owner, past the triggers.
async fn past_the_rules(db: &TestDb, statement: &str) {
    let mut transaction = db.owner().begin().await.expect("begin");
    sqlx::query("SET LOCAL session_replication_role = replica")
        .execute(&mut *transaction)
        .await
        .expect("the owner may");
    sqlx::query(AssertSqlSafe(statement)).execute(&mut *transaction).await.expect("changed");
    transaction.commit().await.expect("commit");
}

async fn change(db: &TestDb, statement: &str) {
    sqlx::query(AssertSqlSafe(statement)).execute(db.owner()).await.expect("changed");
}

/// A worker with free places that knows the jobs of demo mode, and a demo service that answers.
async fn healthy(db: &TestDb) -> Uuid {
    let id = worker().insert(db).await.id;
    change(
        db,
        &format!(
            "UPDATE worker_sessions SET queue = 'default', job_types = '{{demo_enable,demo_disable}}', slots = 32, in_hand = 1 \
             WHERE id = '{id}'"
        ),
    )
    .await;
    change(
        db,
        &format!(
            "INSERT INTO demo_service_health (worker_id, last_ok_at, recent_ok, latency_ms) VALUES ('{id}', now(), 20, 30)"
        ),
    )
    .await;
    id
}

async fn cause_of_user(reader: &ReadModel, id: Uuid) -> Cause {
    reader.user_case(id).await.expect("a case").verdict.cause
}

async fn cause_of_job(reader: &ReadModel, id: Uuid) -> Cause {
    reader.job_case(id).await.expect("a case").verdict.cause
}
