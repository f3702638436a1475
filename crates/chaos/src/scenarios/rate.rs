//! How fast system jobs go through, for comparing before with after on one machine in one run.

use crate::{load::jobs, stage::Stage};
use anyhow::Result;
use std::time::{Duration, Instant};

const DONE: &str = "SELECT count(*) FROM background_jobs WHERE id = ANY ($1) AND status = 'completed'";
const TELL: &str = "SELECT pg_notify('repruv_jobs', '')";

/// Jobs a second, the best of three drains: noise on a shared machine only ever slows one down.
pub async fn best(stage: &Stage, jobs_each: u64) -> Result<f64> {
    let mut best = 0.0_f64;
    for _ in 0..3 {
        best = best.max(once(stage, jobs_each).await?);
    }
    Ok(best)
}

/// As [`best`], until a speed is reached that counts as `wanted`, at most eight times: how fast it has become again.
pub async fn reaches(stage: &Stage, jobs_each: u64, wanted: f64) -> Result<f64> {
    let mut best = 0.0_f64;
    for _ in 0..8 {
        best = best.max(once(stage, jobs_each).await?);
        if best >= wanted {
            break;
        }
    }
    Ok(best)
}

async fn once(stage: &Stage, count: u64) -> Result<f64> {
    let ids = jobs::make(&stage.owner, count).await?;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        // As the backend does after a commit; whoever polls needs none.
        sqlx::query(TELL).execute(&stage.owner).await?;
        let done: i64 = sqlx::query_scalar(DONE).bind(&ids).fetch_one(&stage.owner).await?;
        if u64::try_from(done).unwrap_or_default() == count {
            let jobs = Duration::from_secs(count).as_secs_f64();
            return Ok(jobs / begun.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Not done at all is a speed too, and a miss wherever speeds are compared.
    Ok(0.0)
}
