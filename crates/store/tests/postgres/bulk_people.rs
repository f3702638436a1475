//! A plan does not go on in the name of somebody who was disabled.

use crate::{
    bulk::{GUARDS, another, begun, claim, failed_jobs, plan_of, status, waiting},
    stand::{AT_ONCE, Stand, seen, staff},
};
use state_machine::{BulkAction, BulkStep};
use store::{Actor, BulkGuards, Command, MemberChange, NewStaff, StoreError, engine::Ending};
use uuid::Uuid;

/// Every plan needs a second person.
const BY_TWO: BulkGuards = BulkGuards { second_person_over: Some(0), ..GUARDS };

/// Dana of [`staff`] and Eli of [`another`] as people of the staff; answers Dana's id.
async fn hired(stand: &Stand) -> Uuid {
    for command in [staff(), another()] {
        let Actor::Staff { id, email } = command.actor else { panic!("a person") };
        let (name, role) = (email.clone(), "support".into());
        let new = NewStaff { email, name, role, password_hash: "argon2id".into() };
        stand.api.add_member(id, new, &boss()).await.unwrap();
    }
    staff().actor.staff_id().unwrap()
}

fn boss() -> Command {
    Command::by(Actor::Staff { id: Uuid::from_u128(99), email: "boss@repruv.test".into() })
}

fn eli(version: u32) -> Command {
    Command { version: Some(version), ..another() }
}

async fn note(stand: &Stand, plan: Uuid) -> String {
    stand.row("bulk_plans", plan).await["note"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_running_plan_of_somebody_who_is_disabled_waits_until_somebody_else_takes_it_over() {
    let stand = Stand::new().await;
    let dana = hired(&stand).await;
    let jobs = failed_jobs(&stand, 3).await;
    let (plan, lease, run) = begun(&stand, BulkAction::RetryJobs, &jobs).await;
    let items = waiting(&stand, &run).await;
    stand.work.run_bulk_item(&lease, &run, items[0]).await.unwrap();
    stand.api.change_member(dana, MemberChange::Disable, &boss()).await.unwrap();
    let refused = stand.work.run_bulk_item(&lease, &run, items[1]).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost { .. })), "{refused:?}");
    assert_eq!(status(&stand, plan).await, "pausing");
    stand.work.finish(&lease, Ending::Cancelled { touched: true }, AT_ONCE).await.unwrap();
    assert_eq!(status(&stand, plan).await, "paused");
    assert!(note(&stand, plan).await.contains("dana@repruv.test, who confirmed it, was disabled"), "it says why");
    let line =
        "audit_entries WHERE action = 'bulk.pause' AND actor = 'boss@repruv.test' AND after_state LIKE '%disabled'";
    assert_eq!(stand.count(line).await, 1);
    stand.assert_sound().await;

    stand.api.step_bulk_plan(plan, BulkStep::Resume, None, &eli(4)).await.unwrap();
    assert_eq!(note(&stand, plan).await, "");
    let lease = claim(&stand, 2).await;
    let run = stand.work.bulk_run(&lease).await.unwrap();
    for item in waiting(&stand, &run).await {
        stand.work.run_bulk_item(&lease, &run, item).await.unwrap();
    }
    for (who, items) in [("dana", 1), ("eli", 2)] {
        let lines = format!("audit_entries WHERE action = 'job.retry' AND actor = '{who}@repruv.test'");
        assert_eq!(stand.count(&lines).await, items, "{who}");
    }
    stand.assert_sound().await;
}

#[tokio::test]
async fn one_that_has_not_been_claimed_is_paused_at_once_and_those_of_others_go_on() {
    let stand = Stand::new().await;
    hired(&stand).await;
    let jobs = failed_jobs(&stand, 2).await;
    let mut plans = vec![];
    for (at, command) in [staff(), another()].into_iter().enumerate() {
        let plan = plan_of(&stand, BulkAction::RetryJobs, &jobs[at..=at], GUARDS).await;
        let (id, _) = stand.api.make_bulk_plan(plan, &command).await.unwrap();
        let confirm = Command { version: Some(1), ..command };
        stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &confirm).await.unwrap();
        plans.push(id);
    }
    stand.api.disable_staff("Dana@repruv.test").await.unwrap();
    assert_eq!(
        (status(&stand, plans[0]).await.as_str(), status(&stand, plans[1]).await.as_str()),
        ("paused", "running")
    );
    assert!(note(&stand, plans[0]).await.contains("was disabled"));
    stand.assert_sound().await;
}

#[tokio::test]
async fn what_somebody_confirmed_who_is_disabled_is_not_approved_and_their_second_person_does_not_take_it_over() {
    let stand = Stand::new().await;
    let dana = hired(&stand).await;
    let jobs = failed_jobs(&stand, 2).await;
    let mut plans = vec![];
    for at in 0..2 {
        let plan = plan_of(&stand, BulkAction::RetryJobs, &jobs[at..=at], BY_TWO).await;
        let (id, _) = stand.api.make_bulk_plan(plan, &staff()).await.unwrap();
        stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &seen(1)).await.unwrap();
        plans.push(id);
    }
    stand.api.step_bulk_plan(plans[1], BulkStep::Approve, None, &eli(2)).await.unwrap();
    stand.api.change_member(dana, MemberChange::Disable, &boss()).await.unwrap();
    for (plan, step, version, why) in [
        (plans[0], BulkStep::Approve, 2, "Whoever confirmed it was disabled"),
        (plans[1], BulkStep::Resume, 5, "somebody else must resume it"),
    ] {
        match stand.api.step_bulk_plan(plan, step, None, &eli(version)).await {
            Err(StoreError::Illegal(illegal)) if illegal.reason.contains(why) => {}
            other => panic!("{step}: {other:?}"),
        }
    }
    let itself = stand.api.step_bulk_plan(plans[1], BulkStep::Resume, None, &seen(5)).await;
    assert!(
        matches!(&itself, Err(StoreError::Illegal(illegal)) if illegal.reason.contains("You were disabled")),
        "{itself:?}"
    );
    let third = Command { version: Some(5), ..boss() };
    stand.api.step_bulk_plan(plans[1], BulkStep::Resume, None, &third).await.unwrap();
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_plan_waits_as_well_for_whoever_only_planned_it_or_only_agreed() {
    let stand = Stand::new().await;
    let dana = hired(&stand).await;
    let jobs = failed_jobs(&stand, 2).await;
    let plan = plan_of(&stand, BulkAction::RetryJobs, &jobs[..1], GUARDS).await;
    let (planned, _) = stand.api.make_bulk_plan(plan, &staff()).await.unwrap();
    stand.api.step_bulk_plan(planned, BulkStep::Confirm, None, &eli(1)).await.unwrap();
    let plan = plan_of(&stand, BulkAction::RetryJobs, &jobs[1..], BY_TWO).await;
    let (agreed, _) = stand.api.make_bulk_plan(plan, &another()).await.unwrap();
    stand.api.step_bulk_plan(agreed, BulkStep::Confirm, None, &eli(1)).await.unwrap();
    stand.api.step_bulk_plan(agreed, BulkStep::Approve, None, &seen(2)).await.unwrap();
    stand.api.change_member(dana, MemberChange::Disable, &boss()).await.unwrap();
    for (plan, part) in [(planned, "who planned it, was disabled"), (agreed, "who approved it, was disabled")] {
        assert_eq!(status(&stand, plan).await, "paused", "{part}");
        assert!(note(&stand, plan).await.contains(part), "{part}");
    }
    stand.assert_sound().await;
}
