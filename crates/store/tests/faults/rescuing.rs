//! A job that cannot be moved does not keep the others from being rescued.

use crate::{
    scenes::turn,
    stand::{AT_ONCE, Stand, TYPES, worker},
};
use state_machine::JobType;
use store::{engine::NewJob, faults};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_cannot_be_moved_do_not_keep_the_rest_from_being_rescued() {
    let _turn = turn().await;
    let stand = Stand::new().await;
    for _ in 0..5 {
        stand.api.enqueue(NewJob::new(JobType::Noop)).await.unwrap();
    }
    stand.claim_up_to(&worker(1), 5).await;
    stand.leases_run_out().await;
    // The first three are refused by the database whenever they are tried, and a round has room for two.
    let _stuck = faults::arm("rescue.fenced", "3*return(23514)");
    assert_eq!(stand.work.rescue(TYPES, 2, AT_ONCE).await.unwrap().len(), 2);
    assert_eq!(stand.count("background_jobs WHERE status = 'running'").await, 3);
    stand.assert_sound().await;
}
