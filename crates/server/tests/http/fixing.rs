//! The fix that a verdict offers: it does what was shown, once, and only on what was seen.

mod beside;
mod many;

use crate::stand::{Reply, Stand, Write, serve_with, settings};
use contract::{state_machine::triage::Fix, triage::CaseView};
use read_model::ReadModel;
use repruv_server::{
    serve::{SecondPersonOver, ServeSettings},
    worker::DemoService,
};
use serde_json::{Value, json};
use simulator::{Dials, Simulator};
use state_machine::{ErrorClass, JobType, RetryPolicy};
use std::time::Duration;
use store::{
    Actor, Command, FixOrder, PoolSettings, Store, StoreError,
    engine::{ClaimedJob, Ending, Front, WorkerSession},
};
use testkit::{Role, TestDb, factories::user};
use uuid::Uuid;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const AT_ONCE: RetryPolicy = RetryPolicy { base_ms: 0, cap_ms: 0, floor_ms: 0 };

/// A server that knows a demo service, somebody of the staff, and a worker's hands.
struct Case {
    stand: Stand,
    read: ReadModel,
    work: Store,
    simulator: Simulator,
    token: String,
    session: WorkerSession,
}

impl Case {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let dials = Dials { pace: 0.002, ..Dials::default() };
        let simulator = Simulator::start("127.0.0.1:0".parse().expect("an address"), dials).await.expect("a simulator");
        let serve = ServeSettings {
            demo_service_url: Some(simulator.base_url()),
            second_person_over: SecondPersonOver(Some(20)),
            ..settings(db.url(Role::Api))
        };
        let server = serve_with(serve).await;
        let read = ReadModel::new(db.api().clone());
        let work = Store::connect(&db.url(Role::Worker), PoolSettings::default()).await.expect("a store");
        let stand = Stand::over(db, server);
        let token = stand.support().await;
        let session = WorkerSession::new("test-host", 1, "test").doing("default", JobType::ALL, 4);
        work.worker_seen(&session, 0).await.expect("a worker");
        Self { stand, read, work, simulator, token, session }
    }

    async fn see(&self, user_id: Uuid) -> CaseView {
        self.read.user_case(user_id).await.expect("a case")
    }

    fn write(&self, seen: &CaseView, fix: Fix) -> Write<'_> {
        let path = format!("/staff/users/{}/fix", seen.user_id.expect("a user"));
        let body = json!({ "fix": fix, "user_version": seen.user_version, "job_id": seen.job_id,
            "job_version": seen.job_version, "reason": "The customer wrote" });
        Write { version: None, ..Write::new(&self.token, path, 1).body(body) }
    }

    async fn fix(&self, seen: &CaseView, fix: Fix) -> Reply {
        self.stand.write(self.write(seen, fix)).await
    }

    #[track_caller]
    fn offered(seen: &CaseView) -> Fix {
        seen.verdict.fix.as_ref().unwrap_or_else(|| panic!("no fix in {:#?}", seen.verdict)).fix
    }

    async fn claim(&self) -> ClaimedJob {
        let mut jobs = self
            .work
            .claim(&self.session, &Front::new("default", JobType::ALL), 10, MINUTE, MINUTE)
            .await
            .expect("a claim");
        assert_eq!(jobs.len(), 1, "exactly one job is due");
        jobs.remove(0)
    }

    async fn end(&self, job: &ClaimedJob, ending: Ending) {
        self.work.finish(&job.lease, ending, AT_ONCE).await.expect("an ending");
    }

    /// A user whose enable has failed for good, by a fault of ours.
    async fn failed(&self) -> Uuid {
        self.failed_by(ErrorClass::Internal).await
    }

    async fn failed_by(&self, class: ErrorClass) -> Uuid {
        let ana = user().insert(&self.stand.db).await.id;
        self.stand.write(Write::demo_mode(&self.token, ana, "enable", 1)).await.expect(200);
        let job = self.claim().await;
        let error = "Something stopped the work.".to_owned();
        self.end(&job, Ending::Failed { error, class, permanent: true, retry_after: None, unsettled: false }).await;
        ana
    }

    async fn status(&self, user_id: Uuid) -> String {
        sqlx::query_scalar("SELECT demo_mode_status FROM users WHERE id = $1")
            .bind(user_id)
            .fetch_one(self.stand.db.owner())
            .await
            .expect("a status")
    }

    async fn work_as_api(&self) -> Store {
        Store::connect(&self.stand.db.url(Role::Api), PoolSettings::default()).await.expect("a store")
    }

    async fn records(&self) -> i64 {
        self.stand.count("fix_records").await
    }
}

#[tokio::test]
async fn a_failed_enable_is_tried_again_and_what_came_of_it_is_told() {
    let case = Case::new().await;
    let ana = case.failed().await;
    let seen = case.see(ana).await;
    assert_eq!(Case::offered(&seen), Fix::RetryNow);
    let reply = case.fix(&seen, Fix::RetryNow).await.expect(200);
    let outcome = &reply.body["outcome"];
    assert!(outcome["accepted_at"].is_string() && outcome["due_at"].is_string(), "{reply:?}");
    assert_eq!((&outcome["claimed_at"], &outcome["confirmed_at"]), (&Value::Null, &Value::Null));
    assert_eq!(case.status(ana).await, "enabling");
    let trail = "audit_entries WHERE action = 'fix.retry_now' AND before_state = 'failed_for_good: failed, job failed' \
        AND after_state = 'pending' AND reason = 'The customer wrote'";
    assert_eq!(case.stand.count(trail).await, 1);

    let job = case.claim().await;
    case.work.follow_fixes(HOUR).await.expect("followed");
    assert!(case.see(ana).await.outcome.is_some_and(|told| told.claimed_at.is_some() && told.confirmed_at.is_none()));
    case.work.remember_profile(&job.lease, "prof_1").await.expect("remembered");
    case.end(&job, Ending::Succeeded { result: json!({ "profile_id": "prof_1" }) }).await;
    case.work.follow_fixes(HOUR).await.expect("followed");
    let told = case.see(ana).await.outcome.expect("an outcome");
    assert!(told.claimed_at < told.confirmed_at && told.missed_at.is_none() && told.held.is_none(), "{told:?}");
    // The times are those of the history, whenever somebody looked.
    assert_eq!(
        case.stand.count("fix_records f JOIN job_events e ON e.at = f.confirmed_at AND e.event = 'succeed'").await,
        1
    );
    case.stand
        .sql("UPDATE fix_records SET confirmed_at = confirmed_at - interval '2 hours', at = at - interval '2 hours'")
        .await;
    case.work.follow_fixes(HOUR).await.expect("followed");
    assert_eq!(case.see(ana).await.outcome.and_then(|told| told.held), Some(true));
    let causes = case.read.recurring_causes(7).await.expect("causes");
    assert_eq!(causes.iter().map(|cause| (cause.fixed, cause.held)).collect::<Vec<_>>(), [(1, 1)]);
}

#[tokio::test]
async fn a_fix_that_ends_otherwise_is_told_as_missed_and_has_not_held() {
    let case = Case::new().await;
    let ana = case.failed().await;
    case.fix(&case.see(ana).await, Fix::RetryNow).await.expect(200);
    let job = case.claim().await;
    let error = "Again.".to_owned();
    let class = ErrorClass::Internal;
    case.end(&job, Ending::Failed { error, class, permanent: true, retry_after: None, unsettled: false }).await;
    case.stand.sql("UPDATE users SET demo_profile_id = NULL").await;
    case.work.follow_fixes(HOUR).await.expect("followed");
    let told = case.see(ana).await.outcome.expect("an outcome");
    assert!(told.missed_at.is_some() && told.confirmed_at.is_none(), "{told:?}");
    assert_eq!(told.held, Some(false));
}

#[tokio::test]
async fn what_has_moved_is_not_fixed_and_shown_as_it_is_now() {
    let case = Case::new().await;
    let ana = case.failed().await;
    let seen = case.see(ana).await;
    let version = seen.user_version.expect("a version");
    case.stand.write(Write::demo_mode(&case.token, ana, "dismiss", version)).await.expect(200);
    let reply = case.fix(&seen, Fix::RetryNow).await.refused(409, "case_moved");
    assert_eq!(reply.body["current"]["demo_mode"], "disabled");
    assert_eq!(reply.body["current"]["verdict"]["cause"], "nothing_wrong");
    assert_eq!((case.status(ana).await.as_str(), case.records().await), ("disabled", 0));
    assert_eq!(case.stand.count("audit_entries WHERE action LIKE 'fix.%'").await, 0);
    // Another fix than the one that is offered is not done either, nor one for another job.
    let ben = case.failed().await;
    let seen = case.see(ben).await;
    case.fix(&seen, Fix::Reset).await.refused(409, "case_moved");
    let other = CaseView { job_id: Some(Uuid::from_u128(7)), ..seen };
    case.fix(&other, Fix::RetryNow).await.refused(409, "case_moved");
    assert_eq!(case.records().await, 0);
}

/// The API looks before it writes, and things move in between as well: the store decides under its locks.
#[tokio::test]
async fn what_moves_between_the_look_and_the_lock_is_not_written() {
    let case = Case::new().await;
    let ana = user().insert(&case.stand.db).await.id;
    case.stand.write(Write::demo_mode(&case.token, ana, "enable", 1)).await.expect(200);
    case.stand.sql("UPDATE background_jobs SET run_at = now() + interval '1 hour'").await;
    let (facts, seen) = case.read.user_case_facts(ana).await.expect("a case");
    let order = FixOrder {
        fix: Fix::RetryNow,
        cause: seen.verdict.cause,
        error_class: None,
        user: seen.user_id.zip(seen.user_version),
        job: seen.job_id.zip(seen.job_version),
        queue: None,
        plan: Fix::RetryNow.plan(&facts).expect("a plan"),
        asked: None,
        due_in: MINUTE,
    };
    let apply = async || {
        let actor = Actor::Staff { id: Uuid::from_u128(7), email: "dana@repruv.test".into() };
        case.work_as_api().await.apply_fix(order.clone(), &Command::by(actor)).await
    };
    let moved = [
        (
            "the job",
            "UPDATE background_jobs SET version = version + 1",
            "UPDATE background_jobs SET version = version - 1",
        ),
        ("the user", "UPDATE users SET demo_mode_version = 9", "UPDATE users SET demo_mode_version = 2"),
    ];
    for (what, moves, back) in moved {
        case.stand.sql(moves).await;
        let refused = apply().await;
        assert!(matches!(refused, Err(StoreError::CaseMoved)), "{what}: {refused:?}");
        case.stand.sql(back).await;
    }
    assert_eq!(case.records().await, 0);
    apply().await.expect("as it was seen");
    // A profile that is remembered meanwhile moves no version, and would be forgotten by a reset that does not know of it.
    let ben = user().insert(&case.stand.db).await.id;
    case.stand.sql("UPDATE background_jobs SET run_at = now() + interval '1 hour'").await;
    case.stand.write(Write::demo_mode(&case.token, ben, "enable", 1)).await.expect(200);
    let job = case.claim().await;
    let other = testkit::factories::job().completed().insert(&case.stand.db).await.id;
    case.stand.sql(&format!("UPDATE users SET demo_mode_job_id = '{other}' WHERE id = '{ben}'")).await;
    case.stand.sql(&format!("DELETE FROM background_jobs WHERE id = '{}'", job.lease.job_id)).await;
    let (facts, seen) = case.read.user_case_facts(ben).await.expect("a case");
    let order = FixOrder {
        fix: Fix::Reset,
        user: seen.user_id.zip(seen.user_version),
        job: seen.job_id.zip(seen.job_version),
        plan: Fix::Reset.plan(&facts).expect("a plan"),
        ..order
    };
    case.stand.sql(&format!("UPDATE users SET demo_profile_id = 'prof_7' WHERE id = '{ben}'")).await;
    let actor = Actor::Staff { id: Uuid::from_u128(7), email: "dana@repruv.test".into() };
    let refused = case.work_as_api().await.apply_fix(order, &Command::by(actor)).await;
    assert!(matches!(refused, Err(StoreError::CaseMoved)), "{refused:?}");
    assert_eq!(case.stand.count("users WHERE demo_profile_id = 'prof_7'").await, 1);
}

#[tokio::test]
async fn a_repeat_under_the_same_key_is_one_fix() {
    let case = Case::new().await;
    let ana = case.failed().await;
    let write = case.write(&case.see(ana).await, Fix::RetryNow);
    case.stand.write(write.clone()).await.expect(200);
    let again = case.stand.write(write.clone()).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body["demo_mode"], "enabling", "the case as it is now");
    let other = write.body(json!({ "fix": "reset", "user_version": 1 }));
    case.stand.write(other).await.refused(422, "idempotency_mismatch");
    assert_eq!(case.records().await, 1);
}

#[tokio::test]
async fn a_recorded_profile_is_asked_for_before_anything_is_believed() {
    let case = Case::new().await;
    let service = DemoService::new(&case.simulator.base_url()).expect("a client");
    let choice = json!({ "profile_type": "creator" });
    let ready = async |key: &str| {
        loop {
            let state = service.create(key, &choice).await.expect("a profile");
            if state.status == "ready" {
                return state.profile_id;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let with_profile = async |profile_id: &str| {
        let ana = user().insert(&case.stand.db).await.id;
        sqlx::query("UPDATE users SET demo_profile_id = $2 WHERE id = $1")
            .bind(ana)
            .bind(profile_id)
            .execute(case.stand.db.owner())
            .await
            .expect("a profile");
        ana
    };
    let there = with_profile(&ready("there").await).await;
    let seen = case.see(there).await;
    assert_eq!(Case::offered(&seen), Fix::ConfirmExisting);
    case.fix(&seen, Fix::ConfirmExisting).await.expect(200);
    assert_eq!(case.status(there).await, "enabled");
    assert!(case.see(there).await.outcome.is_some_and(|told| told.confirmed_at.is_some()));

    let gone = with_profile("prof_of_yesterday").await;
    case.fix(&case.see(gone).await, Fix::ConfirmExisting).await.expect(200);
    assert_eq!(case.status(gone).await, "disabled");
    assert_eq!(case.stand.count("users WHERE demo_profile_id = 'prof_of_yesterday'").await, 0, "it is forgotten");

    case.simulator.set_dials(Dials { pace: 1.0, ..Dials::default() }).expect("dials");
    let growing = service.create("growing", &choice).await.expect("a profile").profile_id;
    let growing = with_profile(&growing).await;
    let refused = case.fix(&case.see(growing).await, Fix::ConfirmExisting).await.refused(409, "illegal_transition");
    assert!(refused.text("message").contains("still at work"), "{refused:?}");

    case.simulator.set_dials(Dials { error_rate: 1.0, ..Dials::default() }).expect("dials");
    let refused = case.fix(&case.see(growing).await, Fix::ConfirmExisting).await.refused(409, "illegal_transition");
    assert!(refused.text("message").contains("Nothing was changed"), "{refused:?}");
    assert_eq!((case.status(growing).await.as_str(), case.records().await), ("disabled", 2));
}

#[tokio::test]
async fn a_user_follows_the_recorded_end_of_their_job() {
    let case = Case::new().await;
    let ana = user().insert(&case.stand.db).await.id;
    case.stand.write(Write::demo_mode(&case.token, ana, "enable", 1)).await.expect(200);
    case.claim().await;
    case.stand
        .sql(
            "UPDATE background_jobs SET status = 'completed', completed_at = now(), locked_by = NULL, lease_expires_at = NULL, \
             deadline_at = NULL, result_data = '{\"profile_id\": \"prof_9\"}', version = version + 1",
        )
        .await;
    let seen = case.see(ana).await;
    assert_eq!(Case::offered(&seen), Fix::Reconcile);
    case.fix(&seen, Fix::Reconcile).await.expect(200);
    assert_eq!(case.status(ana).await, "enabled");
    assert_eq!(case.stand.count("users WHERE demo_profile_id = 'prof_9'").await, 1, "the job's result names it");
}

#[tokio::test]
async fn the_old_switch_follows_the_state() {
    let case = Case::new().await;
    let ana = user().insert(&case.stand.db).await.id;
    case.stand
        .sql(
            "ALTER TABLE users DISABLE TRIGGER demo_mode_in_step_update; UPDATE users SET demo_mode = true; \
             ALTER TABLE users ENABLE TRIGGER demo_mode_in_step_update",
        )
        .await;
    let seen = case.see(ana).await;
    assert_eq!(Case::offered(&seen), Fix::Reconcile);
    case.fix(&seen, Fix::Reconcile).await.expect(200);
    assert_eq!(case.stand.count("users WHERE demo_mode").await, 0);
    assert_eq!(case.see(ana).await.verdict.cause.as_str(), "nothing_wrong");
}

#[tokio::test]
async fn an_operation_without_a_job_is_reset_and_what_was_made_is_removed() {
    let case = Case::new().await;
    let ana = user().insert(&case.stand.db).await.id;
    case.stand.write(Write::demo_mode(&case.token, ana, "enable", 1)).await.expect(200);
    let job = case.claim().await;
    case.work.remember_profile(&job.lease, "prof_3").await.expect("remembered");
    // The job that it names is another user's work of long ago.
    let other = testkit::factories::job().completed().insert(&case.stand.db).await.id;
    case.stand.sql(&format!("UPDATE users SET demo_mode_job_id = '{other}' WHERE id = '{ana}'")).await;
    case.stand.sql(&format!("DELETE FROM background_jobs WHERE id = '{}'", job.lease.job_id)).await;
    let seen = case.see(ana).await;
    assert_eq!(Case::offered(&seen), Fix::Reset, "{seen:#?}");
    case.fix(&seen, Fix::Reset).await.expect(200);
    assert_eq!(case.status(ana).await, "disabling");
    let removal = case.claim().await;
    assert_eq!((removal.lease.job_type, &removal.payload["profile_id"]), (JobType::DemoDisable, &json!("prof_3")));
    case.end(&removal, Ending::Succeeded { result: json!({}) }).await;
    case.work.follow_fixes(HOUR).await.expect("followed");
    assert!(case.see(ana).await.outcome.is_some_and(|told| told.confirmed_at.is_some()));
}

#[tokio::test]
async fn an_operation_whose_job_is_gone_is_reset() {
    let case = Case::new().await;
    let ana = user().enabling().insert(&case.stand.db).await.id;
    // Past the foreign key, as only the owner can: demo mode goes on naming it.
    let past = "SET LOCAL session_replication_role = replica";
    case.stand.sql(&format!("DO $$ BEGIN {past}; DELETE FROM background_jobs WHERE user_id = '{ana}'; END $$")).await;
    let seen = case.see(ana).await;
    assert_eq!(seen.verdict.cause.as_str(), "in_progress_without_job");
    case.fix(&seen, Case::offered(&seen)).await.expect(200);
    assert_eq!(case.status(ana).await, "disabled");
}
