//! A plan that ends all sessions of users: under the lock that sign-ins wait for, under its job's fence, and once.

use crate::{
    bulk::{GUARDS, claim, plan_of, status, waiting},
    stand::{AT_ONCE, Stand, seen, staff, succeeded},
};
use sqlx::{Connection, PgConnection};
use state_machine::{BulkAction, BulkForecast, BulkOutlook, BulkStep, JobType};
use std::time::Duration;
use store::{BulkGuards, BulkRun, ItemEnd, NewBulkItem, NewBulkPlan, StoreError, engine::Lease};
use testkit::{
    Role,
    factories::{session, user},
    wait_until,
};
use uuid::Uuid;

/// One person alone decides here.
const ALONE: BulkGuards = BulkGuards { second_person_over: None, ..GUARDS };

async fn plan_to_revoke(stand: &Stand, users: &[Uuid], guards: BulkGuards) -> NewBulkPlan {
    let item = |&id: &Uuid| NewBulkItem {
        target_id: id,
        job: None,
        user: Some((id, None)),
        now: None,
        outlook: BulkOutlook { forecast: BulkForecast::WillChange, why: None, next: None, fix: None },
    };
    NewBulkPlan {
        items: users.iter().map(item).collect(),
        ..plan_of(stand, BulkAction::RevokeSessions, &[], guards).await
    }
}

async fn begun(stand: &Stand, users: &[Uuid]) -> (Uuid, Lease, BulkRun) {
    let plan = plan_to_revoke(stand, users, ALONE).await;
    let (id, _) = stand.api.make_bulk_plan(plan, &staff()).await.unwrap();
    stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &seen(1)).await.unwrap();
    let lease = claim(stand, 1).await;
    let run = stand.work.bulk_run(&lease).await.unwrap();
    (id, lease, run)
}

async fn active(stand: &Stand) -> i64 {
    stand.count("user_sessions WHERE revoked_at IS NULL").await
}

#[tokio::test]
async fn each_users_sessions_end_with_one_audit_line_and_who_has_vanished_fails_alone() {
    let stand = Stand::new().await;
    let mut users = vec![];
    for sessions in [2, 1, 0] {
        let id = user().insert(&stand.db).await.id;
        for _ in 0..sessions {
            session(id).insert(&stand.db).await;
        }
        users.push(id);
    }
    let (plan, lease, run) = begun(&stand, &users).await;
    stand.sql(&format!("DELETE FROM users WHERE id = '{}'", users[1])).await;
    let before = stand.count("audit_entries").await;
    for item in waiting(&stand, &run).await {
        stand.work.run_bulk_item(&lease, &run, item).await.unwrap();
        assert_eq!(stand.work.run_bulk_item(&lease, &run, item).await.unwrap(), ItemEnd::Already);
    }
    let results: Vec<String> = sqlx::query_scalar("SELECT result FROM bulk_items WHERE plan_id = $1 ORDER BY seq")
        .bind(plan)
        .fetch_all(stand.db.owner())
        .await
        .unwrap();
    assert_eq!(results, ["2 revoked", "There is no such user any more.", "0 revoked"]);
    let lines = format!(
        "audit_entries WHERE action = 'session.revoke_all' AND actor = 'dana@repruv.test' AND request_id = 'bulk:{plan}' \
         AND after_state IN ('2 revoked', '0 revoked')"
    );
    assert_eq!((stand.count(&lines).await, stand.count("audit_entries").await - before), (2, 2));
    assert_eq!(stand.count("user_sessions WHERE revoked_by = 'dana@repruv.test' AND version = 2").await, 2);
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(status(&stand, plan).await, "completed");
    stand.assert_sound().await;
}

/// The sign-in is held between its INSERT and its COMMIT: an item that did not wait for it would miss the session.
#[tokio::test]
async fn a_sign_in_under_way_is_not_missed() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await.id;
    let (_, lease, run) = begun(&stand, &[ana]).await;
    let mut held = PgConnection::connect_with(&stand.db.options(Role::Api)).await.unwrap();
    let mut signing_in = held.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR SHARE").bind(ana).execute(&mut *signing_in).await.unwrap();
    sqlx::query(
        "INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, expires_at) \
         VALUES (gen_random_uuid(), $1, sha256('x'), now() + interval '1 hour', 'cookie', now() + interval '1 hour')",
    )
    .bind(ana)
    .execute(&mut *signing_in)
    .await
    .unwrap();
    let item = waiting(&stand, &run).await[0];
    let work = stand.work.clone();
    let revoking = tokio::spawn(async move { work.run_bulk_item(&lease, &run, item).await });
    wait_until("the item waits for the sign-in", Duration::from_secs(60), || async {
        stand.count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").await == 1
    })
    .await;
    signing_in.commit().await.unwrap();
    assert_eq!(revoking.await.unwrap().unwrap(), ItemEnd::Done);
    assert_eq!(active(&stand).await, 0);
}

#[tokio::test]
async fn a_worker_that_lost_its_job_and_a_plan_that_is_paused_end_no_session() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await.id;
    session(ana).insert(&stand.db).await;
    let (plan, lost, run) = begun(&stand, &[ana]).await;
    let item = waiting(&stand, &run).await[0];
    stand.leases_run_out().await;
    stand.work.rescue(&[JobType::Bulk], 10, AT_ONCE).await.unwrap();
    let lease = claim(&stand, 2).await;
    let late = stand.work.run_bulk_item(&lost, &run, item).await;
    assert!(matches!(late, Err(StoreError::LeaseLost { .. })), "{late:?}");
    stand.api.step_bulk_plan(plan, BulkStep::Pause, None, &seen(2)).await.unwrap();
    let paused = stand.work.run_bulk_item(&lease, &run, item).await;
    assert!(matches!(paused, Err(StoreError::LeaseLost { .. })), "{paused:?}");
    assert_eq!((active(&stand).await, stand.count("audit_entries WHERE action = 'session.revoke_all'").await), (1, 0));
}

#[tokio::test]
async fn for_a_single_user_a_second_person_is_needed_wherever_one_is_asked_for() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await.id;
    for (guards, second_person) in [(GUARDS, true), (ALONE, false)] {
        let plan = plan_to_revoke(&stand, &[ana], guards).await;
        let (id, _) = stand.api.make_bulk_plan(plan, &staff()).await.unwrap();
        assert_eq!(stand.row("bulk_plans", id).await["second_person"], second_person);
        stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &seen(1)).await.unwrap();
        assert_eq!(status(&stand, id).await, if second_person { "awaiting_approval" } else { "running" });
    }
}

/// The worker's right is over the end of a session alone.
#[tokio::test]
async fn a_worker_ends_sessions_and_writes_nothing_else_of_them() {
    let stand = Stand::new().await;
    for column in ["expires_at = now() + interval '1 year'", "access_hash = sha256('y')", "last_seen_at = now()"] {
        let sql = sqlx::AssertSqlSafe(format!("UPDATE user_sessions SET {column}"));
        let error = sqlx::query(sql).execute(stand.db.pool(Role::Worker)).await.expect_err(column);
        assert!(error.to_string().contains("permission denied"), "{column}: {error}");
    }
    let sql = "INSERT INTO user_sessions SELECT * FROM user_sessions";
    sqlx::query(sql).execute(stand.db.pool(Role::Worker)).await.expect_err(sql);
}
