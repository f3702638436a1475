//! Workers take what is due.

use crate::stand::{AT_ONCE, DEADLINE, Stand, TTL, TYPES, worker};
use state_machine::JobType;
use std::{collections::BTreeSet, time::Duration};
use store::engine::{Ending, Enqueued, Front, NewJob};
use testkit::factories::job;
use uuid::Uuid;

async fn enqueue(stand: &Stand, job: NewJob) -> Uuid {
    match stand.api.enqueue(job).await.unwrap() {
        Enqueued::Made(id) => id,
        Enqueued::Joined(id) => panic!("joined {id}"),
    }
}

#[tokio::test]
async fn due_jobs_are_claimed_by_priority_then_by_time() {
    let stand = Stand::new().await;
    let noop = || NewJob::new(JobType::Noop);
    let now = chrono::DateTime::from_timestamp(1_700_000_000, 0);
    let late = enqueue(&stand, NewJob { priority: 200, run_at: now, ..noop() }).await;
    let second = enqueue(&stand, noop()).await;
    let third = enqueue(&stand, noop()).await;
    let older = enqueue(&stand, NewJob { run_at: now, ..noop() }).await;
    let urgent = enqueue(&stand, NewJob { priority: 1, ..noop() }).await;
    // Which jobs a batch takes, and their order within it.
    let mut order = vec![];
    for limit in [2, 2, 10] {
        let claimed = stand.claim_up_to(&worker(1), limit).await;
        order.extend(claimed.iter().map(|job| job.lease.job_id));
    }
    assert_eq!(order, [urgent, older, second, third, late]);
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_claim_takes_no_more_than_its_limit_and_leaves_the_rest() {
    let stand = Stand::new().await;
    for _ in 0..5 {
        job().insert(&stand.db).await;
    }
    assert_eq!(stand.claim_up_to(&worker(1), 2).await.len(), 2);
    assert_eq!(stand.count("background_jobs WHERE status = 'running'").await, 2);
    assert_eq!(stand.claim_up_to(&worker(1), 10).await.len(), 3);
    assert!(stand.claim_up_to(&worker(1), 10).await.is_empty());
    assert!(stand.claim_up_to(&worker(1), 0).await.is_empty());
}

#[tokio::test]
async fn a_claim_counts_the_attempt_and_moves_the_fence() {
    let stand = Stand::new().await;
    let made = job().attempts(1, 3).insert(&stand.db).await;
    let who = worker(1);
    let claimed = stand.claim(&who).await;
    assert_eq!((claimed.attempt, claimed.max_attempts), (2, 3));
    assert_eq!(claimed.lease.epoch, made.lease_epoch + 1);
    let row = stand.job(made.id).await;
    assert_eq!(row["status"], "running");
    assert_eq!(row["attempt"], 2);
    assert_eq!(row["locked_by"], who.id.to_string());
    assert_eq!(row["version"], 2);
    let spans: (f64, f64, bool) = sqlx::query_as(
        "SELECT extract(epoch FROM lease_expires_at - started_at)::float8, \
         extract(epoch FROM deadline_at - started_at)::float8, started_at BETWEEN now() - interval '1 min' AND now() \
         FROM background_jobs",
    )
    .fetch_one(stand.db.owner())
    .await
    .unwrap();
    assert_eq!(spans, (TTL.as_secs_f64(), DEADLINE.as_secs_f64(), true));
    assert_eq!(stand.events(made.id).await, ["enqueue", "start"]);
}

#[tokio::test]
async fn what_is_not_due_or_not_for_this_worker_stays() {
    let stand = Stand::new().await;
    job().scheduled(3_600.0).insert(&stand.db).await;
    job().queue("imports").insert(&stand.db).await;
    job().job_type("made_by_a_newer_build").insert(&stand.db).await;
    let newer = job().insert(&stand.db).await;
    stand.sql(&format!("UPDATE background_jobs SET schema_version = 2 WHERE id = '{}'", newer.id)).await;
    job().attempts(5, 5).insert(&stand.db).await;
    job().completed().insert(&stand.db).await;
    job().running().insert(&stand.db).await;
    let before = stand.everything().await;
    assert!(stand.claim_up_to(&worker(1), 100).await.is_empty());
    assert_eq!(stand.everything().await, before, "no attempt is burnt on what cannot be run");
    let only = [JobType::JobRetention];
    job().insert(&stand.db).await;
    let none = stand.work.claim(&worker(1), &Front::new("default", &only), 10, TTL, DEADLINE).await.unwrap();
    assert!(none.is_empty(), "a noop is not among the types of this worker");
    let imports = stand.work.claim(&worker(1), &Front::new("imports", TYPES), 10, TTL, DEADLINE).await.unwrap();
    assert_eq!(imports.len(), 1);
}

#[tokio::test]
async fn many_claimers_never_get_the_same_job() {
    let stand = Stand::new().await;
    stand
        .sql("INSERT INTO background_jobs (id, job_type) SELECT gen_random_uuid(), 'noop' FROM generate_series(1, 600)")
        .await;
    let mut claimers = tokio::task::JoinSet::new();
    for pid in 0..16 {
        let work = stand.work.clone();
        claimers.spawn(async move {
            let (who, mut mine) = (worker(pid), vec![]);
            loop {
                let got = work.claim(&who, &Front::new("default", TYPES), 7, TTL, DEADLINE).await.unwrap();
                assert!(got.len() <= 7, "the limit holds under concurrency");
                if got.is_empty() {
                    return mine;
                }
                mine.extend(got.into_iter().map(|job| job.lease.job_id));
            }
        });
    }
    let all: Vec<Uuid> = claimers.join_all().await.into_iter().flatten().collect();
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (600, 600));
    assert_eq!(stand.count("background_jobs WHERE attempt = 1 AND lease_epoch = 1").await, 600);
}

#[tokio::test]
async fn a_job_whose_child_row_is_being_written_is_still_claimed() {
    let stand = Stand::new().await;
    let (user, made) = (testkit::factories::user().insert(&stand.db).await, job().insert(&stand.db).await);
    let mut tx = stand.db.owner().begin().await.unwrap();
    // Takes FOR KEY SHARE on the job, as every row that refers to it does.
    sqlx::query("UPDATE users SET demo_mode_job_id = $2 WHERE id = $1")
        .bind(user.id)
        .bind(made.id)
        .execute(&mut *tx)
        .await
        .unwrap();
    assert_eq!(stand.claim(&worker(1)).await.lease.job_id, made.id);
    tx.rollback().await.unwrap();
}

#[tokio::test]
async fn a_job_handed_back_is_claimed_again_with_the_same_attempt() {
    let stand = Stand::new().await;
    job().insert(&stand.db).await;
    let first = stand.claim(&worker(1)).await;
    stand.work.finish(&first.lease, Ending::HandedBack, AT_ONCE).await.unwrap();
    let second = stand.claim(&worker(2)).await;
    assert_eq!((first.attempt, second.attempt), (1, 1));
    assert_eq!(second.lease.epoch, first.lease.epoch + 1, "the fence moves all the same");
    stand.assert_sound().await;
}

#[tokio::test]
async fn the_same_work_asked_for_twice_is_one_job() {
    let stand = Stand::new().await;
    let wanted = NewJob { dedupe_key: Some("report:7".into()), ..NewJob::new(JobType::Noop) };
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (api, wanted) = (stand.api.clone(), wanted.clone());
        asking.spawn(async move { api.enqueue(wanted).await.unwrap() });
    }
    let answers = asking.join_all().await;
    let made: Vec<_> = answers.iter().filter(|a| matches!(a, Enqueued::Made(_))).collect();
    assert_eq!(made.len(), 1);
    let [Enqueued::Made(id)] = made[..] else { unreachable!() };
    assert!(answers.iter().all(|a| matches!(a, Enqueued::Made(x) | Enqueued::Joined(x) if x == id)));
    // Once it has ended, the key is free.
    let lease = stand.claim(&worker(1)).await.lease;
    stand.work.finish(&lease, Ending::Succeeded { result: serde_json::json!({}) }, AT_ONCE).await.unwrap();
    assert!(matches!(stand.api.enqueue(wanted).await.unwrap(), Enqueued::Made(_)));
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_scheduled_job_runs_when_its_time_comes() {
    let stand = Stand::new().await;
    let made = job().scheduled(0.15).insert(&stand.db).await;
    assert!(stand.claim_up_to(&worker(1), 1).await.is_empty());
    testkit::wait_until("it is due", Duration::from_secs(60), async || {
        stand.claim_up_to(&worker(1), 1).await.iter().any(|job| job.lease.job_id == made.id)
    })
    .await;
}
