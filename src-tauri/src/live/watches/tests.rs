use super::*;
use chrono::{DateTime, Utc};

fn job(id: u128, status: JobStatus) -> JobRow {
    JobRow {
        id: Uuid::from_u128(id),
        job_type: "demo_enable".into(),
        status,
        user_id: None,
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

fn user(id: u128, demo_mode: DemoModeStatus) -> UserRow {
    UserRow {
        id: Uuid::from_u128(id),
        email: "ana@example.com".into(),
        full_name: None,
        is_active: true,
        demo_mode,
        demo_mode_error: None,
        demo_mode_changed_at: None,
        job_id: None,
        job_status: None,
        job_progress: None,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        version: 1,
    }
}

#[test]
fn each_end_is_told_once_and_only_to_who_waits() {
    let mut watches = Watches::default();
    assert!(watches.add(WatchKind::Job, Uuid::from_u128(1)) && watches.add(WatchKind::User, Uuid::from_u128(2)));
    let rows =
        |status, demo| ([job(1, status), job(5, JobStatus::Failed)], [user(2, demo), user(6, DemoModeStatus::Enabled)]);
    let (jobs, users) = rows(JobStatus::Running, DemoModeStatus::Enabling);
    assert_eq!(watches.ended(&jobs, &users), [], "under way");
    let (jobs, users) = rows(JobStatus::Pending, DemoModeStatus::Disabling);
    assert_eq!(watches.ended(&jobs, &users), [], "a retry and a compensation are no end");
    let (jobs, users) = rows(JobStatus::Cancelled, DemoModeStatus::Failed);
    let told = [
        Ending::Job { id: Uuid::from_u128(1), status: JobStatus::Cancelled },
        Ending::User { id: Uuid::from_u128(2), status: DemoModeStatus::Failed },
    ];
    assert_eq!(watches.ended(&jobs, &users), told);
    assert_eq!(watches.ended(&jobs, &users), [], "told once");
}

#[test]
fn only_what_is_waited_for_is_read_and_nothing_outlives_a_sign_out() {
    let mut watches = Watches::default();
    let id = Uuid::from_u128;
    watches.add(WatchKind::Job, id(1));
    watches.add(WatchKind::Job, id(2));
    watches.remove(WatchKind::Job, id(2));
    let among = watches.among(&[id(1), id(2), id(3)], &[id(1)]);
    assert_eq!((among.jobs, among.users), (vec![id(1)], vec![]));
    watches.clear();
    assert_eq!(watches.all(), Watched { jobs: vec![], users: vec![] });
}

#[test]
fn a_person_waits_for_so_many_things_at_most() {
    let mut watches = Watches::default();
    let added = (0..1_000).filter(|&id| watches.add(WatchKind::User, Uuid::from_u128(id))).count();
    assert_eq!(added, WATCHES_MAX);
}
