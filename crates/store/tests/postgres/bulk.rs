//! A bulk plan is executed item by item: each once, each alone, and none after a stop.

use crate::stand::{AT_ONCE, Stand, seen, staff, succeeded, worker};
use state_machine::{BulkAction, BulkForecast, BulkOutlook, BulkStep, JobType};
use std::{sync::Arc, time::Duration};
use store::{
    Actor, BulkGuards, BulkItem, BulkRun, Command, ItemEnd, NewBulkItem, NewBulkPlan, StoreError,
    engine::{Ending, Lease},
};
use testkit::factories::{job, user};
use uuid::Uuid;

pub const GUARDS: BulkGuards = BulkGuards {
    typed_over: 1_000,
    second_person_over: Some(1_000),
    rate_per_s: 1_000,
    life: Duration::from_secs(600),
};

/// A plan to do `action` to these jobs as they are.
pub async fn plan_of(stand: &Stand, action: BulkAction, jobs: &[Uuid], guards: BulkGuards) -> NewBulkPlan {
    let mut items = vec![];
    for &id in jobs {
        let version = stand.job(id).await["version"].as_u64().and_then(|version| u32::try_from(version).ok());
        items.push(NewBulkItem {
            target_id: id,
            job: version.map(|version| (id, version)),
            user: None,
            now: None,
            outlook: BulkOutlook { forecast: BulkForecast::WillChange, why: None, next: None, fix: None },
        });
    }
    NewBulkPlan {
        id: testkit::new_id(),
        action,
        source: "chosen by a test".into(),
        or_more: false,
        retry_of: None,
        items,
        guards,
    }
}

/// Plans, confirms, and claims the job that executes it.
pub async fn begun(stand: &Stand, action: BulkAction, jobs: &[Uuid]) -> (Uuid, Lease, BulkRun) {
    let plan = plan_of(stand, action, jobs, GUARDS).await;
    let (id, _) = stand.api.make_bulk_plan(plan, &staff()).await.unwrap();
    stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &seen(1)).await.unwrap();
    let lease = claim(stand, 1).await;
    let run = stand.work.bulk_run(&lease).await.unwrap();
    (id, lease, run)
}

/// Claims the plan's job, and nothing that the plan has put to work.
pub async fn claim(stand: &Stand, pid: u32) -> Lease {
    let front = store::engine::Front::new("default", &[JobType::Bulk]);
    let minute = Duration::from_secs(60);
    let mut jobs = stand.work.claim(&worker(pid), &front, 10, minute, minute).await.unwrap();
    assert_eq!(jobs.len(), 1, "the plan's job is due");
    jobs.remove(0).lease
}

pub async fn waiting(stand: &Stand, run: &BulkRun) -> Vec<BulkItem> {
    stand.work.bulk_waiting(run.plan_id, 0, 1_000).await.unwrap()
}

pub async fn failed_jobs(stand: &Stand, count: usize) -> Vec<Uuid> {
    let mut ids = vec![];
    for _ in 0..count {
        ids.push(job().failed().insert(&stand.db).await.id);
    }
    ids
}

pub async fn status(stand: &Stand, plan: Uuid) -> String {
    stand.row("bulk_plans", plan).await["status"].as_str().unwrap().to_owned()
}

/// Ended items in the order of the plan, as `code`.
async fn results(stand: &Stand, plan: Uuid) -> Vec<String> {
    sqlx::query_scalar("SELECT coalesce(result_code, state) FROM bulk_items WHERE plan_id = $1 ORDER BY seq")
        .bind(plan)
        .fetch_all(stand.db.owner())
        .await
        .unwrap()
}

async fn retries(stand: &Stand) -> i64 {
    stand.count("job_events WHERE event = 'manual_retry'").await
}

#[tokio::test]
async fn every_item_is_changed_once_and_has_its_own_audit_line() {
    let stand = Stand::new().await;
    let jobs = failed_jobs(&stand, 3).await;
    let (plan, lease, run) = begun(&stand, BulkAction::RetryJobs, &jobs).await;
    assert_eq!(stand.count("background_jobs WHERE status = 'pending'").await, 0, "nothing before its turn");
    for item in waiting(&stand, &run).await {
        assert_eq!(stand.work.run_bulk_item(&lease, &run, item).await.unwrap(), ItemEnd::Done);
        assert_eq!(stand.work.run_bulk_item(&lease, &run, item).await.unwrap(), ItemEnd::Already);
    }
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(status(&stand, plan).await, "completed");
    assert_eq!(retries(&stand).await, 3);
    let lines = format!(
        "audit_entries WHERE action = 'job.retry' AND actor = 'dana@repruv.test' AND request_id = 'bulk:{plan}' \
         AND reason = 'The customer asked' AND before_state = 'failed' AND after_state = 'pending'"
    );
    assert_eq!(stand.count(&lines).await, 3);
    for action in ["bulk.plan", "bulk.confirm"] {
        assert_eq!(stand.count(&format!("audit_entries WHERE action = '{action}'")).await, 1, "{action}");
    }
    assert_eq!(stand.row("bulk_plans", plan).await["done"], 3);
    stand.assert_sound().await;
}

#[tokio::test]
async fn what_has_vanished_moved_or_become_illegal_fails_alone() {
    let stand = Stand::new().await;
    let jobs = failed_jobs(&stand, 5).await;
    let (plan, lease, run) = begun(&stand, BulkAction::RetryJobs, &jobs).await;
    stand.api.retry_job(jobs[1], &staff()).await.unwrap();
    stand.sql(&format!("DELETE FROM job_events WHERE job_id = '{}'", jobs[2])).await;
    stand.sql(&format!("DELETE FROM background_jobs WHERE id = '{}'", jobs[2])).await;
    // The state changed and the version did not: only a hand in the database does that.
    stand
        .sql(&format!("UPDATE background_jobs SET status = 'pending', completed_at = NULL WHERE id = '{}'", jobs[3]))
        .await;
    for item in waiting(&stand, &run).await {
        stand.work.run_bulk_item(&lease, &run, item).await.unwrap();
    }
    assert_eq!(results(&stand, plan).await, ["done", "moved", "gone", "refused", "done"]);
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    let row = stand.row("bulk_plans", plan).await;
    assert_eq!((&row["status"], &row["done"], &row["failed"]), (&"completed".into(), &2.into(), &3.into()));
    assert_eq!(stand.api.failed_bulk_targets(plan).await.unwrap(), jobs[1..4]);
    assert_eq!(stand.count("audit_entries WHERE action = 'job.retry'").await, 3, "two of the plan, one by hand");
}

#[tokio::test]
async fn after_a_crash_another_worker_goes_on_and_does_nothing_twice() {
    let stand = Stand::new().await;
    let jobs = failed_jobs(&stand, 5).await;
    let (plan, lost, run) = begun(&stand, BulkAction::RetryJobs, &jobs).await;
    let items = waiting(&stand, &run).await;
    for item in &items[..2] {
        stand.work.run_bulk_item(&lost, &run, *item).await.unwrap();
    }
    stand.leases_run_out().await;
    assert_eq!(stand.work.rescue(&[JobType::Bulk], 10, AT_ONCE).await.unwrap().len(), 1);
    let lease = claim(&stand, 2).await;
    let before = stand.everything().await;
    let late = stand.work.run_bulk_item(&lost, &run, items[2]).await;
    assert!(matches!(late, Err(StoreError::LeaseLost { .. })), "{late:?}");
    assert_eq!(stand.everything().await, before, "the one that lost it writes nothing");
    let again = stand.work.bulk_run(&lease).await.unwrap();
    assert_eq!((again.done, again.total, waiting(&stand, &again).await.len()), (2, 5, 3));
    let mut ends = vec![];
    for item in &items {
        ends.push(stand.work.run_bulk_item(&lease, &again, *item).await.unwrap());
    }
    assert_eq!(ends, [ItemEnd::Already, ItemEnd::Already, ItemEnd::Done, ItemEnd::Done, ItemEnd::Done]);
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(status(&stand, plan).await, "completed");
    assert_eq!((retries(&stand).await, stand.count("audit_entries WHERE action = 'job.retry'").await), (5, 5));
}

#[tokio::test]
async fn a_pause_and_an_abort_hold_from_their_answer_on() {
    let stand = Stand::new().await;
    let jobs = failed_jobs(&stand, 4).await;
    let (plan, lease, run) = begun(&stand, BulkAction::RetryJobs, &jobs).await;
    let items = waiting(&stand, &run).await;
    stand.work.run_bulk_item(&lease, &run, items[0]).await.unwrap();
    stand.api.step_bulk_plan(plan, BulkStep::Pause, None, &seen(2)).await.unwrap();
    let refused = stand.work.run_bulk_item(&lease, &run, items[1]).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost { .. })), "{refused:?}");
    assert_eq!(status(&stand, plan).await, "pausing");
    stand.work.finish(&lease, Ending::Cancelled { touched: true }, AT_ONCE).await.unwrap();
    assert_eq!((status(&stand, plan).await.as_str(), retries(&stand).await), ("paused", 1));
    stand.assert_sound().await;

    let by_hand = stand.api.retry_job(lease.job_id, &staff()).await;
    assert!(matches!(by_hand, Err(StoreError::Illegal(_))), "only the plan resumes its job: {by_hand:?}");
    stand.api.step_bulk_plan(plan, BulkStep::Resume, None, &seen(4)).await.unwrap();
    let lease = claim(&stand, 2).await;
    stand.work.run_bulk_item(&lease, &run, items[1]).await.unwrap();
    stand.api.step_bulk_plan(plan, BulkStep::Abort, None, &seen(5)).await.unwrap();
    assert!(stand.work.run_bulk_item(&lease, &run, items[2]).await.is_err());
    // A worker that is stopped at this moment hands the job back: the wish to stop wins.
    stand.work.finish(&lease, Ending::HandedBack, AT_ONCE).await.unwrap();
    assert_eq!(status(&stand, plan).await, "aborted");
    assert_eq!(results(&stand, plan).await, ["done", "done", "waiting", "waiting"]);
    assert_eq!(stand.count("audit_entries WHERE action IN ('bulk.pause', 'bulk.resume', 'bulk.abort')").await, 3);
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_plan_that_has_not_been_claimed_is_paused_and_aborted_at_once() {
    let stand = Stand::new().await;
    let jobs = failed_jobs(&stand, 1).await;
    let plan = plan_of(&stand, BulkAction::RetryJobs, &jobs, GUARDS).await;
    let (id, _) = stand.api.make_bulk_plan(plan, &staff()).await.unwrap();
    stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &seen(1)).await.unwrap();
    stand.api.step_bulk_plan(id, BulkStep::Pause, None, &seen(2)).await.unwrap();
    assert_eq!(status(&stand, id).await, "paused");
    stand.assert_sound().await;
    stand.api.step_bulk_plan(id, BulkStep::Abort, None, &seen(4)).await.unwrap();
    assert_eq!(status(&stand, id).await, "aborted");
    stand.assert_sound().await;
}

/// The item in hand is ended, and whoever asked to stop has waited for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_changed_after_a_stop_however_they_race() {
    let stand = Arc::new(Stand::new().await);
    for round in 0..10_u64 {
        let jobs = failed_jobs(&stand, 12).await;
        let (plan, lease, run) = begun(&stand, BulkAction::RetryJobs, &jobs).await;
        let before = retries(&stand).await;
        let running = tokio::spawn({
            let (stand, lease, run, items) = (stand.clone(), lease.clone(), run.clone(), waiting(&stand, &run).await);
            async move {
                for item in items {
                    if stand.work.run_bulk_item(&lease, &run, item).await.is_err() {
                        return;
                    }
                }
            }
        });
        let reached = i64::try_from(round).unwrap() % 6;
        testkit::wait_until("some items are done", Duration::from_secs(60), async || {
            retries(&stand).await - before >= reached
        })
        .await;
        let stopped = stand.api.step_bulk_plan(plan, BulkStep::Abort, None, &seen(2)).await;
        let at_stop = retries(&stand).await;
        running.await.unwrap();
        stopped.unwrap();
        assert_eq!(retries(&stand).await, at_stop, "round {round}");
        let done = format!("bulk_items WHERE plan_id = '{plan}' AND state = 'done'");
        assert_eq!(stand.count(&done).await, at_stop - before, "round {round}");
        stand.work.finish(&lease, Ending::Cancelled { touched: true }, AT_ONCE).await.unwrap();
        stand.assert_sound().await;
    }
}

#[tokio::test]
async fn a_job_that_ends_by_itself_takes_its_plan_along() {
    let stand = Stand::new().await;
    let jobs = failed_jobs(&stand, 2).await;
    let (plan, lease, _) = begun(&stand, BulkAction::RetryJobs, &jobs).await;
    stand
        .work
        .finish(&lease, crate::stand::failed("Our own database could not be written.", true), AT_ONCE)
        .await
        .unwrap();
    let row = stand.row("bulk_plans", plan).await;
    assert_eq!((&row["status"], &row["note"]), (&"paused".into(), &"Our own database could not be written.".into()));
    stand.assert_sound().await;
    stand.api.step_bulk_plan(plan, BulkStep::Resume, None, &seen(3)).await.unwrap();
    let lease = claim(&stand, 2).await;
    // An end that says more than was done is not believed.
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(status(&stand, plan).await, "paused");
    let done = stand.api.step_bulk_plan(plan, BulkStep::Resume, None, &seen(5)).await.unwrap();
    assert_ne!(done.job_id, Some(lease.job_id), "what is completed does not run again");
    stand.api.cancel_job(done.job_id.unwrap(), &staff()).await.unwrap();
    assert_eq!(status(&stand, plan).await, "aborted");
    stand.assert_sound().await;
}

#[tokio::test]
async fn stopping_many_jobs_moves_their_users_along() {
    let stand = Stand::new().await;
    let mut jobs = vec![];
    for _ in 0..3 {
        jobs.push(stand.enable(user().insert(&stand.db).await.id).await);
    }
    let (plan, lease, run) = begun(&stand, BulkAction::CancelJobs, &jobs).await;
    for item in waiting(&stand, &run).await {
        stand.work.run_bulk_item(&lease, &run, item).await.unwrap();
    }
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    assert_eq!(results(&stand, plan).await, ["done"; 3]);
    assert_eq!(stand.count("users WHERE demo_mode_status = 'disabled'").await, 3);
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_users_demo_mode_is_turned_off_as_by_a_person() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await.id;
    let lease = stand.enabling_with_profile(ana, &worker(1)).await;
    stand.work.finish(&lease, succeeded(), AT_ONCE).await.unwrap();
    let version = stand.user(ana).await["demo_mode_version"].as_u64().and_then(|v| u32::try_from(v).ok());
    let mut plan = plan_of(&stand, BulkAction::DisableDemoMode, &[], GUARDS).await;
    plan.items.push(NewBulkItem {
        target_id: ana,
        job: None,
        user: Some((ana, version)),
        now: None,
        outlook: BulkOutlook { forecast: BulkForecast::WillChange, why: None, next: None, fix: None },
    });
    let (id, _) = stand.api.make_bulk_plan(plan, &staff()).await.unwrap();
    stand.api.step_bulk_plan(id, BulkStep::Confirm, None, &seen(1)).await.unwrap();
    let lease = claim(&stand, 2).await;
    let run = stand.work.bulk_run(&lease).await.unwrap();
    for item in waiting(&stand, &run).await {
        assert_eq!(stand.work.run_bulk_item(&lease, &run, item).await.unwrap(), ItemEnd::Done);
    }
    assert_eq!(stand.user(ana).await["demo_mode_status"], "disabling");
    let line =
        format!("audit_entries WHERE action = 'demo_mode.disable' AND user_id = '{ana}' AND staff_id IS NOT NULL");
    assert_eq!(stand.count(&line).await, 1);
    stand.assert_sound().await;
}

/// Somebody else of the staff than [`staff`].
pub fn another() -> Command {
    let actor = Actor::Staff { id: Uuid::from_u128(8), email: "eli@repruv.test".into() };
    Command { reason: Some("Looked at it too".into()), ..Command::by(actor) }
}
