//! What a plan asks of people before it begins, decided under its lock and held by the database as well.

use crate::{
    bulk::{GUARDS, another, plan_of},
    stand::{Stand, keyed, seen, staff},
};
use state_machine::{BulkAction, BulkStep};
use store::{BulkGuards, Command, StoreError};
use testkit::{Role, factories::job};
use uuid::Uuid;

async fn planned(stand: &Stand, guards: BulkGuards) -> Uuid {
    let jobs = [job().failed().insert(&stand.db).await.id, job().failed().insert(&stand.db).await.id];
    let plan = plan_of(stand, BulkAction::RetryJobs, &jobs, guards).await;
    stand.api.make_bulk_plan(plan, &staff()).await.unwrap().0
}

const BY_TWO: BulkGuards = BulkGuards { second_person_over: Some(1), ..GUARDS };

async fn begins(stand: &Stand) -> bool {
    stand.count("background_jobs WHERE job_type = 'bulk'").await > 0
}

#[track_caller]
fn refused(answer: Result<store::Done, StoreError>, why: &str) {
    match answer {
        Err(StoreError::Illegal(illegal)) if illegal.reason.contains(why) => {}
        other => panic!("{other:?} instead of: {why}"),
    }
}

#[tokio::test]
async fn a_large_plan_begins_only_when_somebody_else_agrees() {
    let stand = Stand::new().await;
    let plan = planned(&stand, BY_TWO).await;
    refused(stand.api.step_bulk_plan(plan, BulkStep::Approve, None, &another()).await, "not confirmed yet");
    stand.api.step_bulk_plan(plan, BulkStep::Confirm, None, &seen(1)).await.unwrap();
    assert!(!begins(&stand).await, "the first person alone starts nothing");
    refused(stand.api.step_bulk_plan(plan, BulkStep::Approve, None, &staff()).await, "yourself");
    let nobody = Command { version: Some(2), ..Command::by(store::Actor::System) };
    refused(stand.api.step_bulk_plan(plan, BulkStep::Approve, None, &nobody).await, "yourself");
    assert!(!begins(&stand).await);
    let approval = Command { version: Some(2), ..another() };
    stand.api.step_bulk_plan(plan, BulkStep::Approve, None, &approval).await.unwrap();
    assert!(begins(&stand).await);
    let row = stand.row("bulk_plans", plan).await;
    assert_eq!(
        (&row["confirmed_by_name"], &row["approved_by_name"]),
        (&"dana@repruv.test".into(), &"eli@repruv.test".into())
    );
    stand.assert_sound().await;
}

/// Whoever confirms what another has planned cannot approve it either.
#[tokio::test]
async fn neither_who_planned_nor_who_confirmed_approves() {
    let stand = Stand::new().await;
    let plan = planned(&stand, BY_TWO).await;
    stand.api.step_bulk_plan(plan, BulkStep::Confirm, None, &another()).await.unwrap();
    for own in [staff(), another()] {
        refused(stand.api.step_bulk_plan(plan, BulkStep::Approve, None, &own).await, "yourself");
    }
    assert!(!begins(&stand).await);
}

#[tokio::test]
async fn two_second_persons_at_once_start_one_job() {
    let stand = Stand::new().await;
    let plan = planned(&stand, BY_TWO).await;
    stand.api.step_bulk_plan(plan, BulkStep::Confirm, None, &seen(1)).await.unwrap();
    let third = store::Actor::Staff { id: Uuid::from_u128(9), email: "finn@repruv.test".into() };
    let (one, two) = (Command { version: Some(2), ..another() }, Command { version: Some(2), ..Command::by(third) });
    let (one, two) = tokio::join!(
        stand.api.step_bulk_plan(plan, BulkStep::Approve, None, &one),
        stand.api.step_bulk_plan(plan, BulkStep::Approve, None, &two),
    );
    assert_eq!(one.is_ok() as u8 + two.is_ok() as u8, 1, "{one:?} {two:?}");
    assert_eq!(stand.count("background_jobs WHERE job_type = 'bulk'").await, 1);
}

#[tokio::test]
async fn an_approval_is_void_when_the_plan_is_not_what_it_was() {
    let stand = Stand::new().await;
    let other_job = job().failed().insert(&stand.db).await.id;
    for tampered in [
        format!("UPDATE bulk_items SET target_id = '{other_job}', job_id = '{other_job}' WHERE seq = 1"),
        "UPDATE bulk_items SET job_version = job_version + 1 WHERE seq = 2".into(),
        "DELETE FROM bulk_items WHERE seq = 2".into(),
        "UPDATE bulk_plans SET action = 'cancel_jobs' WHERE status = 'awaiting_approval'".into(),
        "UPDATE bulk_plans SET reason = 'another one' WHERE status = 'awaiting_approval'".into(),
    ] {
        let plan = planned(&stand, BY_TWO).await;
        stand.api.step_bulk_plan(plan, BulkStep::Confirm, None, &seen(1)).await.unwrap();
        stand.sql(&tampered).await;
        let approved = stand.api.step_bulk_plan(plan, BulkStep::Approve, None, &another()).await;
        refused(approved, "not what was planned");
        stand.api.step_bulk_plan(plan, BulkStep::Discard, None, &staff()).await.unwrap();
    }
    assert!(!begins(&stand).await);
}

#[tokio::test]
async fn the_database_itself_refuses_an_own_approval_and_a_start_without_one() {
    let stand = Stand::new().await;
    let plan = planned(&stand, BY_TWO).await;
    stand.api.step_bulk_plan(plan, BulkStep::Confirm, None, &seen(1)).await.unwrap();
    for (role, set, constraint) in [
        (
            Role::Api,
            "approved_by = confirmed_by, approved_by_name = 'x', approved_at = now()",
            "nobody_approves_their_own",
        ),
        (Role::Api, "status = 'running', job_id = id", "begun_is_approved"),
        (Role::Worker, "status = 'running'", "begun_"),
        (Role::Owner, "status = 'running', job_id = id", "begun_is_approved"),
    ] {
        let sql = sqlx::AssertSqlSafe(format!("UPDATE bulk_plans SET {set} WHERE id = $1"));
        let error = sqlx::query(sql).bind(plan).execute(stand.db.pool(role)).await.expect_err(set);
        let broken = error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned();
        assert!(broken.starts_with(constraint), "{role:?} {set}: {error}");
    }
    for (role, sql) in [
        (Role::Api, "UPDATE bulk_items SET job_version = 7"),
        (Role::Api, "UPDATE bulk_plans SET second_person = false"),
        (Role::Api, "UPDATE bulk_plans SET planned_by = gen_random_uuid()"),
        (Role::Api, "DELETE FROM bulk_items"),
        (Role::Worker, "UPDATE bulk_plans SET approved_by = gen_random_uuid()"),
        (Role::Worker, "UPDATE bulk_items SET target_id = gen_random_uuid()"),
    ] {
        let error = sqlx::query(sql).execute(stand.db.pool(role)).await.expect_err(sql);
        assert!(error.to_string().contains("permission denied"), "{role:?} {sql}: {error}");
    }
}

#[tokio::test]
async fn a_number_is_typed_and_a_plan_grows_old() {
    let stand = Stand::new().await;
    let plan = planned(&stand, BulkGuards { typed_over: 1, ..GUARDS }).await;
    for wrong in [None, Some(1), Some(3)] {
        refused(stand.api.step_bulk_plan(plan, BulkStep::Confirm, wrong, &seen(1)).await, "Type how many");
    }
    let moved = stand.api.step_bulk_plan(plan, BulkStep::Confirm, Some(2), &seen(7)).await;
    assert!(matches!(moved, Err(StoreError::VersionConflict { current: 1 })), "{moved:?}");
    let old = planned(&stand, GUARDS).await;
    stand.sql(&format!("UPDATE bulk_plans SET expires_at = now() - interval '1 s' WHERE id = '{old}'")).await;
    refused(stand.api.step_bulk_plan(old, BulkStep::Confirm, None, &seen(1)).await, "expired");
    assert!(!begins(&stand).await);
    stand.api.step_bulk_plan(plan, BulkStep::Confirm, Some(2), &seen(1)).await.unwrap();
    assert!(begins(&stand).await);
}

#[tokio::test]
async fn the_same_command_makes_one_plan_and_one_job() {
    let stand = Stand::new().await;
    let jobs = [job().failed().insert(&stand.db).await.id];
    let plan = plan_of(&stand, BulkAction::RetryJobs, &jobs, GUARDS).await;
    let (id, replayed) = stand.api.make_bulk_plan(plan.clone(), &keyed("plan-once", 1)).await.unwrap();
    assert!(!replayed);
    let again = store::NewBulkPlan { id: testkit::new_id(), ..plan };
    assert_eq!(stand.api.make_bulk_plan(again, &keyed("plan-once", 1)).await.unwrap(), (id, true));
    for _ in 0..2 {
        stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &keyed("confirm-once", 2)).await.unwrap();
    }
    assert_eq!(stand.count("background_jobs WHERE job_type = 'bulk'").await, 1);
    assert_eq!(stand.count("bulk_plans").await, 1);
}
