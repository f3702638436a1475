//! Many at once, each by the fix of its own verdict: planned on what was seen, executed by a real worker, each alone.

use super::*;
use repruv_server::worker::{Bulk, EngineSettings, Handlers, Worker};
use store::{BulkItem, ItemEnd, ItemFailure};
use testkit::{factories, wait_until};

/// A bound of waiting, not of what is tested.
const PATIENCE: Duration = Duration::from_secs(60);

fn failed_for_good() -> Value {
    json!({ "cases": { "cause": "failed_for_good", "fix": "retry_now" } })
}

/// The id of a plan as an answer tells it.
fn id_of(plan: &Reply) -> Uuid {
    plan.body["plan"]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

impl Case {
    async fn plan_as(&self, token: &str, mut body: Value) -> Reply {
        body["reason"] = json!("The demo service is back");
        body["action"] = body["action"].as_str().unwrap_or("apply_fix").into();
        let write = Write::new(token, "/staff/bulk-plans", 1).body(body);
        self.stand.write(Write { version: None, ..write }).await
    }

    async fn plan(&self, body: Value) -> Reply {
        self.plan_as(&self.token, body).await.expect(200)
    }

    async fn confirm(&self, plan: &Reply) -> Uuid {
        let id = id_of(plan);
        let path = format!("/staff/bulk-plans/{id}/confirm");
        let body = json!({ "reason": "The demo service is back" });
        let begun = self.stand.write(Write::new(&self.token, path, 1).body(body)).await.expect(200);
        assert_eq!(begun.body["plan"]["status"], "running");
        id
    }

    /// A worker that takes plans and nothing else, until this one is over.
    async fn execute(&self, plan: Uuid, bulk: Bulk) {
        let engine = EngineSettings { poll: Duration::from_millis(50), ..EngineSettings::default() };
        let handlers = Handlers::default().with(bulk);
        let worker = Worker::start(&self.stand.db.url(Role::Worker), handlers, engine).expect("a worker");
        let over = format!("bulk_plans WHERE id = '{plan}' AND status = 'completed'");
        wait_until("the plan is over", PATIENCE, || async { self.stand.count(&over).await == 1 }).await;
        worker.stop(std::future::pending()).await;
    }

    /// How the item of this user or job stands: its code, or else its forecast; and its words.
    async fn item(&self, plan: Uuid, target: Uuid) -> (String, String) {
        sqlx::query_as(
            "SELECT coalesce(result_code, forecast), coalesce(result, why, '') FROM bulk_items \
             WHERE plan_id = $1 AND target_id = $2",
        )
        .bind(plan)
        .bind(target)
        .fetch_one(self.stand.db.owner())
        .await
        .expect("an item")
    }

    /// A fix as the rules plan it on the case as it is now.
    async fn order(&self, user_id: Uuid, fix: Fix) -> FixOrder {
        let (facts, seen) = self.read.user_case_facts(user_id).await.expect("a case");
        FixOrder {
            fix,
            cause: seen.verdict.cause,
            error_class: None,
            user: seen.user_id.zip(seen.user_version),
            job: seen.job_id.zip(seen.job_version),
            queue: None,
            plan: fix.plan(&facts).expect("a plan"),
            asked: None,
            due_in: MINUTE,
        }
    }

    async fn changed(&self, sql: &str, id: Uuid) {
        self.stand.sql(&format!("{sql} = '{id}'")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_with_one_cause_are_fixed_and_each_that_has_changed_fails_alone() {
    let case = Case::new().await;
    let [by_hand, job_moved, gone, good] =
        [case.failed().await, case.failed().await, case.failed().await, case.failed().await];
    let other = user().insert(&case.stand.db).await.id;
    case.changed("UPDATE users SET demo_profile_id = 'prof_1' WHERE id", other).await;
    let listed = case.read.contradictions(None, 100).await.expect("a list").rows;
    assert_eq!(listed.len(), 5);
    assert!(listed.iter().all(|row| row.plan_as == row.user_id), "{listed:#?}");

    let made = case.plan(failed_for_good()).await;
    let row = &made.body["plan"];
    assert_eq!((&row["items"], &row["will_change"], &row["or_more"]), (&json!(4), &json!(4), &json!(false)), "{row}");
    assert_eq!(row["source"], "all cases of “failed for good” whose fix is “retry now”");
    let first = &made.body["sample"][0];
    assert_eq!((&first["fix"], &first["now"]), (&json!("retry_now"), &json!("failed")), "{first}");
    assert_eq!((case.records().await, case.status(good).await.as_str()), (0, "failed"), "a plan changes nothing");

    let plan = case.confirm(&made).await;
    case.fix(&case.see(by_hand).await, Fix::RetryNow).await.expect(200);
    case.changed("UPDATE background_jobs SET version = version + 1 WHERE user_id", job_moved).await;
    case.changed("DELETE FROM users WHERE id", gone).await;
    case.execute(plan, Bulk::default()).await;

    assert_eq!(case.item(plan, good).await, ("done".into(), "failed, job failed → pending".into()));
    for moved in [by_hand, job_moved] {
        let (code, words) = case.item(plan, moved).await;
        assert!(code == "moved" && words.contains("has changed since it was planned"), "{code}: {words}");
    }
    assert_eq!(case.item(plan, gone).await, ("gone".into(), "There is no such user any more.".into()));
    assert_eq!((case.status(good).await.as_str(), case.status(job_moved).await.as_str()), ("enabling", "failed"));
    assert_eq!(case.records().await, 2, "one by hand, one by the plan");
    let line =
        format!("audit_entries WHERE action = 'fix.retry_now' AND request_id = 'bulk:{plan}' AND staff_id IS NOT NULL");
    assert_eq!(case.stand.count(&line).await, 1);
    assert!(case.see(good).await.outcome.is_some(), "what comes of it is followed as of any fix");

    case.work.worker_seen(&case.session, 0).await.expect("a worker");
    let path = format!("/staff/bulk-plans/{plan}/retry-failed");
    let again = Write::new(&case.token, path, 3).body(json!({ "reason": "Looked at them" }));
    let again = case.stand.write(again).await.expect(200);
    assert_eq!((&again.body["plan"]["items"], &again.body["plan"]["action"]), (&json!(3), &json!("apply_fix")));
    assert_eq!(case.item(id_of(&again), job_moved).await.0, "will_change");
    assert_eq!(case.item(id_of(&again), by_hand).await.0, "in_flight");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_the_verdict_is_not_done_though_nothing_moved() {
    let case = Case::new().await;
    let ana = case.failed_by(ErrorClass::Unreachable).await;
    let plan = case.confirm(&case.plan(json!({ "ids": [ana] })).await).await;
    // The demo service has gone away again: to try now would fail again.
    case.stand
        .sql(
            "INSERT INTO demo_service_health (worker_id, last_error_at, last_error_class, last_error, recent_errors) \
             SELECT id, now(), 'unreachable', 'no answer', 9 FROM worker_sessions LIMIT 1",
        )
        .await;
    case.execute(plan, Bulk::default()).await;
    let (code, words) = case.item(plan, ana).await;
    assert!(code == "moved" && words.contains("the verdict is now"), "{code}: {words}");
    assert_eq!((case.status(ana).await.as_str(), case.records().await), ("failed", 0));
}

#[tokio::test]
async fn an_item_is_bound_to_its_plan_under_the_locks_and_to_the_lease() {
    let case = Case::new().await;
    let mut users = [Uuid::nil(); 5];
    for user in &mut users {
        *user = case.failed().await;
    }
    let [ana, ben, cleo, dan, eva] = users;
    let plan = case.confirm(&case.plan(json!({ "ids": users })).await).await;
    let front = Front::new("default", &[JobType::Bulk]);
    let lease = case.work.claim(&case.session, &front, 1, MINUTE, MINUTE).await.expect("a claim").remove(0).lease;
    let run = case.work.bulk_run(&lease).await.expect("a run");
    let items = case.work.bulk_waiting(plan, 0, 10).await.expect("items");
    assert!(items.iter().all(|item| item.fix == Some(Fix::RetryNow)), "{items:?}");
    let item_of = |id: Uuid| -> BulkItem { *items.iter().find(|item| item.target_id == id).expect("an item") };
    let end = async |id: Uuid, order: FixOrder| case.work.run_bulk_fix(&lease, &run, item_of(id), order).await;

    let as_seen = case.order(dan, Fix::RetryNow).await;
    case.changed("UPDATE users SET demo_mode_version = 9 WHERE id", dan).await;
    for (what, target, order) in [
        ("another user than was planned", ben, case.order(ana, Fix::RetryNow).await),
        ("another fix", cleo, case.order(cleo, Fix::Reset).await),
        ("moved after the look", dan, as_seen),
    ] {
        assert_eq!(end(target, order).await.expect("an end"), ItemEnd::Failed, "{what}");
        assert_eq!(case.item(plan, target).await.0, "moved", "{what}");
    }
    assert_eq!(case.records().await, 0);

    let good = case.order(ana, Fix::RetryNow).await;
    assert_eq!(end(ana, good.clone()).await.expect("an end"), ItemEnd::Done);
    assert_eq!(end(ana, good).await.expect("an end"), ItemEnd::Already);
    let unasked = case.work.run_bulk_item(&lease, &run, item_of(eva)).await;
    assert!(unasked.is_ok_and(|end| end == ItemEnd::Failed), "nothing is fixed without a look");
    assert_eq!((case.records().await, case.stand.count("audit_entries WHERE action LIKE 'fix.%'").await), (1, 1));
}

/// Each of the two is compared by itself: the order is for the case as it is now, which the locks alone would let through.
#[tokio::test]
async fn a_newer_version_of_the_user_or_of_the_job_is_not_what_was_planned() {
    let case = Case::new().await;
    let (ana, ben) = (case.failed().await, case.failed().await);
    let plan = case.confirm(&case.plan(json!({ "ids": [ana, ben] })).await).await;
    let front = Front::new("default", &[JobType::Bulk]);
    let lease = case.work.claim(&case.session, &front, 1, MINUTE, MINUTE).await.expect("a claim").remove(0).lease;
    let run = case.work.bulk_run(&lease).await.expect("a run");
    let items = case.work.bulk_waiting(plan, 0, 10).await.expect("items");
    case.changed("UPDATE users SET demo_mode_version = demo_mode_version + 1 WHERE id", ana).await;
    case.changed("UPDATE background_jobs SET version = version + 1 WHERE user_id", ben).await;
    for item in items {
        let order = case.order(item.target_id, Fix::RetryNow).await;
        let end = case.work.run_bulk_fix(&lease, &run, item, order).await;
        assert!(end.is_ok_and(|end| end == ItemEnd::Failed), "{item:?}");
        assert_eq!(case.item(plan, item.target_id).await.0, "moved", "{item:?}");
    }
    assert_eq!(case.records().await, 0);
}

#[tokio::test]
async fn a_long_reason_is_kept_up_to_what_an_item_holds() {
    let case = Case::new().await;
    let ana = case.failed().await;
    let plan = case.confirm(&case.plan(json!({ "ids": [ana] })).await).await;
    let front = Front::new("default", &[JobType::Bulk]);
    let lease = case.work.claim(&case.session, &front, 1, MINUTE, MINUTE).await.expect("a claim").remove(0).lease;
    let run = case.work.bulk_run(&lease).await.expect("a run");
    let item = case.work.bulk_waiting(plan, 0, 10).await.expect("items").remove(0);
    let end = case.work.fail_bulk_item(&lease, &run, item, ItemFailure::Refused, "ü".repeat(600)).await;
    assert_eq!(end.expect("an end"), ItemEnd::Failed);
    assert_eq!(case.item(plan, ana).await, ("refused".into(), "ü".repeat(500)));
}

#[tokio::test]
async fn who_has_lost_the_plan_fixes_nothing() {
    let case = Case::new().await;
    let ana = case.failed().await;
    let plan = case.confirm(&case.plan(json!({ "ids": [ana] })).await).await;
    let front = Front::new("default", &[JobType::Bulk]);
    let lease = case.work.claim(&case.session, &front, 1, MINUTE, MINUTE).await.expect("a claim").remove(0).lease;
    let run = case.work.bulk_run(&lease).await.expect("a run");
    let item = case.work.bulk_waiting(plan, 0, 10).await.expect("items").remove(0);
    let order = case.order(ana, Fix::RetryNow).await;
    case.stand.sql("UPDATE background_jobs SET lease_epoch = lease_epoch + 1 WHERE job_type = 'bulk'").await;
    let late = case.work.run_bulk_fix(&lease, &run, item, order).await;
    assert!(matches!(late, Err(StoreError::LeaseLost { .. })), "{late:?}");
    let late = case.work.fail_bulk_item(&lease, &run, item, ItemFailure::Gone, "It is not there.".into()).await;
    assert!(matches!(late, Err(StoreError::LeaseLost { .. })), "and ends none otherwise: {late:?}");
    assert_eq!((case.status(ana).await.as_str(), case.records().await), ("failed", 0));
    assert_eq!(case.item(plan, ana).await.0, "will_change", "it waits for whoever has the plan");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_service_is_asked_for_each_whose_fix_rests_on_its_word() {
    let case = Case::new().await;
    let ana = user().insert(&case.stand.db).await.id;
    case.changed("UPDATE users SET demo_profile_id = 'prof_of_yesterday' WHERE id", ana).await;
    let plan = case.confirm(&case.plan(json!({ "ids": [ana] })).await).await;
    case.execute(plan, Bulk::default()).await;
    let (code, words) = case.item(plan, ana).await;
    assert!(code == "refused" && words.contains("DEMO_SERVICE_URL"), "{code}: {words}");
    let plan = case.confirm(&case.plan(json!({ "ids": [ana] })).await).await;
    case.execute(plan, Bulk::asking(DemoService::new(&case.simulator.base_url()).expect("a client"))).await;
    assert_eq!(case.item(plan, ana).await.0, "done");
    assert_eq!(case.stand.count("users WHERE demo_profile_id IS NOT NULL").await, 0, "it is gone, and forgotten");
}

#[tokio::test]
async fn a_plan_of_fixes_takes_cases_that_have_one_of_their_own() {
    let case = Case::new().await;
    let ana = case.failed().await;
    let running = case.confirm(&case.plan(json!({ "ids": [ana] })).await).await;
    let job: Uuid = sqlx::query_scalar("SELECT job_id FROM bulk_plans WHERE id = $1")
        .bind(running)
        .fetch_one(case.stand.db.owner())
        .await
        .expect("its job");
    let well = user().insert(&case.stand.db).await.id;
    let waiting = user().insert(&case.stand.db).await.id;
    case.stand.write(Write::demo_mode(&case.token, waiting, "enable", 1)).await.expect(200);
    case.stand
        .sql("UPDATE queues SET paused_at = now(), paused_by = 'dana', reason = 'It moves', version = version + 1")
        .await;
    let listed = case.read.contradictions(None, 100).await.expect("a list").rows;
    let paused = listed.iter().find(|row| row.verdict.cause.as_str() == "queue_paused").expect("a line");
    assert_eq!((paused.plan_as, paused.verdict.fix.is_some()), (None, true), "{paused:#?}");
    let nobody = testkit::new_id();
    let plan = id_of(&case.plan(json!({ "ids": [ana, well, waiting, job, nobody] })).await);
    for (target, forecast, words) in [
        (ana, "will_change", ""),
        (well, "already_there", "Nothing is wrong"),
        (waiting, "not_allowed", "apply it once, by itself"),
        (job, "not_allowed", "This job executes a bulk plan"),
        (nobody, "not_allowed", "There is no such case"),
    ] {
        let item = case.item(plan, target).await;
        assert!(item.0 == forecast && item.1.contains(words), "{forecast}: {item:?}");
    }
}

#[tokio::test]
async fn a_plan_takes_more_than_the_list_shows_and_a_large_one_needs_two_people() {
    let case = Case::new().await;
    case.stand
        .sql(
            "INSERT INTO users (id, email, demo_mode_status, demo_mode_failed_operation, demo_mode_error, demo_mode_changed_at) \
             SELECT gen_random_uuid(), 'user' || n || '@repruv.test', 'failed', 'enable', 'It did not work.', now() \
             FROM generate_series(1, 600) n",
        )
        .await;
    let listed = case.read.contradictions(None, 1).await.expect("a list");
    assert_eq!((listed.count, listed.or_more), (500, true));
    // Of the same cause with another fix, and with the same fix for another cause: neither was chosen.
    case.failed().await;
    let noop = factories::job().insert(&case.stand.db).await.id;
    case.stand
        .sql(&format!(
            "INSERT INTO users (id, email, demo_mode_status, demo_mode_job_id, demo_mode_changed_at) \
             VALUES (gen_random_uuid(), 'odd@repruv.test', 'enabling', '{noop}', now())"
        ))
        .await;
    let listed = case.read.contradictions(None, 1).await.expect("a list").rows;
    let fix = listed[0].verdict.fix.as_ref().map(|offer| offer.fix);
    assert_eq!((listed[0].verdict.cause.as_str(), fix), ("in_progress_without_job", Some(Fix::Reset)));
    let made = case.plan(json!({ "cases": { "cause": "failed_for_good", "fix": "reset" } })).await;
    let row = &made.body["plan"];
    assert_eq!(
        (&row["items"], &row["will_change"], &row["or_more"], &row["second_person"]),
        (&json!(600), &json!(600), &json!(false), &json!(true))
    );
    let confirm = |typed: u32| {
        let path = format!("/staff/bulk-plans/{}/confirm", id_of(&made));
        Write::new(&case.token, path, 1).body(json!({ "reason": "The demo service is back", "typed_count": typed }))
    };
    case.stand.write(confirm(599)).await.refused(409, "illegal_transition");
    let asked = case.stand.write(confirm(600)).await.expect(200);
    assert_eq!(asked.body["plan"]["status"], "awaiting_approval");
    assert_eq!((case.stand.count("background_jobs WHERE job_type = 'bulk'").await, case.records().await), (0, 0));
}

#[tokio::test]
async fn cases_are_chosen_for_fixes_alone_by_whoever_may_fix_one() {
    let case = Case::new().await;
    let ana = case.failed().await;
    for (body, field) in [
        (json!({ "action": "retry_jobs", "cases": { "cause": "failed_for_good", "fix": "retry_now" } }), "cases"),
        (json!({ "ids": [ana], "cases": { "cause": "failed_for_good", "fix": "retry_now" } }), "ids"),
        (json!({ "users": { "search": null, "demo_modes": [] } }), "users"),
        (json!({ "cases": { "cause": "failed_for_good", "fix": "cancel" } }), "ids"),
    ] {
        let refused = case.plan_as(&case.token, body.clone()).await.refused(422, "invalid_request");
        assert_eq!(refused.text("field"), field, "{body}");
    }
    let viewer = case.stand.staff(factories::staff().viewer().insert(&case.stand.db).await).await;
    case.plan_as(&viewer, failed_for_good()).await.refused(403, "forbidden");
    assert_eq!(case.stand.count("bulk_plans").await, 0);
}
