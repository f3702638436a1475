use super::*;
use chrono::{DateTime, Utc};
use contract::{
    live::{FreshnessSource, FreshnessState},
    state_machine::{DemoModeStatus, JobStatus},
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};
use uuid::Uuid;

fn job(id: u128, user: u128, status: JobStatus) -> JobRow {
    JobRow {
        id: Uuid::from_u128(id),
        job_type: "demo_enable".into(),
        status,
        user_id: Some(Uuid::from_u128(user)),
        user_email: None,
        attempt: 1,
        max_attempts: 3,
        queue: "default".into(),
        progress: 0,
        step: None,
        run_at: DateTime::<Utc>::UNIX_EPOCH,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        started_at: None,
        completed_at: None,
        lease_expires_at: None,
        worker_id: None,
        worker: None,
        cancel_requested: false,
        error: None,
        version: 1,
    }
}

fn user(id: u128) -> UserRow {
    UserRow {
        id: Uuid::from_u128(id),
        email: "ana@example.com".into(),
        full_name: None,
        is_active: true,
        demo_mode: DemoModeStatus::Enabling,
        demo_mode_error: None,
        demo_mode_changed_at: None,
        job_id: None,
        job_status: None,
        job_progress: None,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        version: 1,
    }
}

fn fresh() -> Freshness {
    Freshness {
        state: FreshnessState::Live,
        as_of: None,
        age_ms: 0,
        read_ms: 0,
        api_problem: None,
        source: FreshnessSource::Push,
        message: None,
    }
}

const COUNTS: JobCounts = JobCounts { waiting: 1, scheduled: 2, running: 3 };

fn ear() -> (Arc<Mutex<Vec<LiveMessage>>>, Sink) {
    let heard = Arc::<Mutex<Vec<LiveMessage>>>::default();
    let writes = Arc::clone(&heard);
    (heard, Box::new(move |message| writes.lock().map(|mut all| all.push(message)).is_ok()))
}

fn interest(jobs: bool, users: bool, user_id: Option<u128>) -> LiveInterest {
    LiveInterest { jobs, users, user_id: user_id.map(Uuid::from_u128) }
}

#[test]
fn each_hears_only_what_it_asked_for() {
    let mut audience = Audience::default();
    assert_eq!(audience.wants(), (false, false));
    let (all_jobs, sink) = ear();
    audience.join(interest(true, false, None), sink);
    let (one_user, sink) = ear();
    audience.join(interest(true, true, Some(5)), sink);
    assert_eq!(audience.wants(), (true, true));

    let jobs = [job(1, 5, JobStatus::Running), job(2, 6, JobStatus::Running)];
    audience.changes(&jobs, &[user(5), user(6)], &COUNTS, &fresh());

    let heard = all_jobs.lock().expect("heard");
    let LiveMessage::Changes { revision: 1, jobs, users, counts, .. } = &heard[0] else { panic!("{heard:?}") };
    assert_eq!((jobs.len(), users.len(), counts), (2, 0, &COUNTS));
    let heard = one_user.lock().expect("heard");
    let LiveMessage::Changes { jobs, users, .. } = &heard[0] else { panic!("{heard:?}") };
    assert_eq!((jobs[0].id, jobs.len(), users[0].id, users.len()), (Uuid::from_u128(1), 1, Uuid::from_u128(5), 1));
}

#[test]
fn revisions_have_no_gaps_within_a_subscription() {
    let mut audience = Audience::default();
    audience.join(interest(true, false, None), ear().1);
    audience.reset("before", &fresh());
    let (heard, sink) = ear();
    audience.join(interest(true, false, None), sink);
    audience.changes(&[], &[], &COUNTS, &fresh());
    audience.heartbeat(&fresh());
    audience.reset("slept", &fresh());
    audience.changes(&[], &[], &COUNTS, &fresh());
    let revisions: Vec<_> = heard
        .lock()
        .expect("heard")
        .iter()
        .filter_map(|message| match message {
            LiveMessage::Changes { revision, .. } | LiveMessage::Reset { revision, .. } => Some(*revision),
            LiveMessage::Heartbeat { .. } => None,
        })
        .collect();
    assert_eq!(revisions, [1, 2, 3]);
}

#[test]
fn who_does_not_listen_any_more_is_dropped() {
    let mut audience = Audience::default();
    let there = Arc::new(AtomicBool::new(true));
    let asks = Arc::clone(&there);
    audience.join(interest(true, true, None), Box::new(move |_| asks.load(Ordering::SeqCst)));
    audience.heartbeat(&fresh());
    assert_eq!(audience.wants(), (true, true));
    there.store(false, Ordering::SeqCst);
    audience.heartbeat(&fresh());
    assert_eq!(audience.wants(), (false, false));
    let id = audience.join(interest(true, true, None), ear().1);
    audience.leave(id);
    audience.leave(id);
    assert_eq!(audience.wants(), (false, false));
}

#[test]
fn a_page_that_forgets_to_unsubscribe_is_bounded() {
    let mut audience = Audience::default();
    for _ in 0..1_000 {
        audience.join(interest(true, true, None), ear().1);
    }
    assert_eq!(audience.listeners.len(), SUBSCRIPTIONS_MAX);
}
