//! Claims that begin at a front: quick past what is dead, and not past what may still become visible.

use crate::{
    explained::hear,
    stand::{DEADLINE, Stand, TTL, TYPES, worker},
};
use state_machine::JobType;
use std::time::Duration;
use store::engine::{Front, NewJob};
use testkit::Plan;

/// Whether it learned how far it may go from a claim or from a look: a job that is committed in time is found by a claim that
/// comes much later.
#[tokio::test]
async fn a_front_does_not_pass_what_may_still_become_visible() {
    let stand = Stand::new().await;
    for looks in [false, true] {
        let front = Front::new("default", TYPES);
        let (mut slow, id) = (stand.db.owner().begin().await.unwrap(), testkit::new_id());
        let made = "INSERT INTO background_jobs (id, job_type) VALUES ($1, 'noop')";
        sqlx::query(made).bind(id).execute(&mut *slow).await.unwrap();
        // Made later, visible and claimed sooner.
        stand.api.enqueue(NewJob::new(JobType::Noop)).await.unwrap();
        assert_eq!(stand.work.claim(&worker(1), &front, 10, TTL, DEADLINE).await.unwrap().len(), 1);
        if looks {
            assert!(!stand.work.look_over(&front).await.unwrap());
        }
        slow.commit().await.unwrap();
        let waits = format!("background_jobs WHERE id = '{id}' AND clock_timestamp() - run_at");
        let in_time = stand.count(&format!("{waits} < interval '2 s'")).await;
        testkit::wait_until("its time is long past", Duration::from_secs(30), async || {
            stand.count(&format!("{waits} > interval '2.5 s'")).await == 1
        })
        .await;
        let found = stand.work.claim(&worker(1), &front, 10, TTL, DEADLINE).await.unwrap();
        assert!(found.len() == 1 || in_time == 0, "a claim passed it, looks: {looks}");
        stand.sql("TRUNCATE background_jobs, job_events CASCADE").await;
    }
}

/// While somebody pins the horizon, no dead row of the table and its indexes can be removed. No statement of a job's way walks
/// through them.
#[tokio::test]
async fn under_a_pinned_horizon_claim_heartbeat_and_finish_look_at_no_more_pages_than_at_first() {
    let stand = Stand::new().await;
    // To read through a table of some thousand rows costs little. In one of millions it does not.
    stand.sql("DO $$ BEGIN EXECUTE format('ALTER ROLE test_worker IN DATABASE %I SET enable_seqscan = off', current_database()); END $$").await;
    let (store, plans) = hear(&stand).await;
    let mut pinned = stand.db.owner().begin().await.unwrap();
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *pinned).await.unwrap();
    sqlx::query("SELECT count(*) FROM background_jobs").execute(&mut *pinned).await.unwrap();
    let (who, front) = (worker(1), Front::new("default", TYPES));
    let (mut claims, mut writes) = (vec![], vec![]);
    for _ in 0..40 {
        stand
            .sql(
                "INSERT INTO background_jobs (id, job_type, priority, run_at) \
                 SELECT gen_random_uuid(), 'noop', 100 + n % 2, now() - interval '1 min' + n * interval '1 ms' FROM generate_series(1, 200) n",
            )
            .await;
        // Behind the marks of the round before: only a look finds them, as a backlog that was let go.
        store.look_over(&front).await.unwrap();
        plans.take();
        for _ in 0..10 {
            let claimed = store.claim(&who, &front, 20, TTL, DEADLINE).await.unwrap();
            assert_eq!(claimed.len(), 20);
            let held = claimed.iter().map(|job| (job.lease.job_id, job.lease.epoch)).collect();
            assert_eq!(store.renew(who.id, held, TTL).await.unwrap().held.len(), 20);
            store.complete_batch(claimed.into_iter().map(|job| job.lease).collect()).await.unwrap();
        }
        let heard = plans.take();
        let pages = |words: &str| {
            let plans: Vec<_> = heard.iter().filter(|plan| plan.sql.contains(words)).map(Plan::pages).collect();
            plans.iter().sum::<u64>() / u64::try_from(plans.len()).unwrap()
        };
        claims.push(pages("SKIP LOCKED"));
        writes.push(pages("unnest($1::uuid[], $2::bigint[])"));
    }
    println!("pages of a claim and of a heartbeat or finish, round by round: {claims:?} {writes:?}");
    // The first rounds are without statistics and without a plan that is kept.
    assert!(claims[39] < claims[2] * 2 && writes[39] < writes[2] * 2, "{claims:?} {writes:?}");
    drop(pinned);
}
