//! Notifications are a hint: without any, with ten thousand forged ones a second, and after the listener was cut off,
//! everything still happens.

use super::{Context, rate};
use crate::{
    load::jobs,
    report::Finding,
    stage::{Options, Stage},
};
use anyhow::Result;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const JOBS: u64 = 1_500;
const FORGE: &str = "SELECT pg_notify('repruv_jobs', n::text) FROM generate_series(1, 200) n";
const TELL: &str = "SELECT pg_notify('repruv_jobs', '')";
const STARTED: &str = "SELECT count(*) FROM background_jobs WHERE id = ANY ($1) AND status <> 'pending'";
/// So long that only a hint explains a quick start.
const SLOW_POLL: &str = "12s";

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut deaf = Options::new("hints-off", context.settings);
    deaf.worker_arguments = vec![("--push", "false".into())];
    let stage = Stage::up(context.settings, context.template, &deaf).await?;
    let without = rate::best(&stage, JOBS).await?;
    stage.down().await;

    let stage = Stage::up(context.settings, context.template, &Options::new("hints-on", context.settings)).await?;
    let with = rate::best(&stage, JOBS).await?;
    let (forged, sent) = under_forgery(&stage).await?;
    stage.down().await;

    let mut slow = Options::new("hints-slow", context.settings);
    slow.worker_arguments = vec![("--poll", SLOW_POLL.into())];
    let stage = Stage::up(context.settings, context.template, &slow).await?;
    let rounds = context.bar(2, 10);
    let mut slowest = 0.0_f64;
    for _ in 0..rounds {
        slowest = slowest.max(after_deafness(&stage).await?);
    }
    stage.down().await;

    let share = |rate: f64| rate / with * 100.0;
    let figure = format!(
        "{with:.0} jobs/s; without hints {without:.0} ({:.0} %), with {sent:.0} forged a second {forged:.0} ({:.0} %); \
         after a cut listener missed jobs start within {slowest:.1} s while the poll is {SLOW_POLL}",
        share(without),
        share(forged)
    );
    let mut cases = vec![];
    cases.extend((share(without) < 90.0).then(|| "slower without hints".to_owned()));
    cases.extend((share(forged) < 90.0).then(|| "slower under forged hints".to_owned()));
    cases.extend((slowest > 4.0).then(|| "what was announced to a dead listener waits for the poll".to_owned()));
    Ok(vec![Finding::none_of("R15", cases, figure, "all done, at least 90 %, 4 s")])
}

async fn under_forgery(stage: &Arc<Stage>) -> Result<(f64, f64)> {
    let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut forgers = JoinSet::new();
    for _ in 0..2 {
        let (pool, over, sent) = (stage.owner.clone(), over.clone(), sent.clone());
        forgers.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                if sqlx::query(FORGE).execute(&pool).await.is_ok() {
                    sent.fetch_add(200, Ordering::Relaxed);
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        });
    }
    let begun = Instant::now();
    let rate = rate::best(stage, JOBS).await?;
    over.store(true, Ordering::Relaxed);
    forgers.join_all().await;
    let sent = Duration::from_millis(sent.load(Ordering::Relaxed)).as_secs_f64() * 1_000.0;
    Ok((rate, sent / begun.elapsed().as_secs_f64()))
}

/// The listener's connection breaks and cannot be had again for a while; jobs are announced meanwhile. Answers how many
/// seconds after healing they start.
async fn after_deafness(stage: &Stage) -> Result<f64> {
    // Everybody has just polled and listens: the next poll is far away.
    let warm = jobs::make(&stage.owner, 5).await?;
    wait_until_started(stage, &warm, true).await?;
    stage.worker_lane.refuse(true);
    stage.worker_lane.reset_all();
    let ids = jobs::make(&stage.owner, 20).await?;
    sqlx::query(TELL).execute(&stage.owner).await?;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    stage.worker_lane.heal();
    wait_until_started(stage, &ids, false).await
}

async fn wait_until_started(stage: &Stage, ids: &[uuid::Uuid], told: bool) -> Result<f64> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if told {
            sqlx::query(TELL).execute(&stage.owner).await?;
        }
        let started: i64 = sqlx::query_scalar(STARTED).bind(ids).fetch_one(&stage.owner).await?;
        if usize::try_from(started).unwrap_or_default() == ids.len() {
            return Ok(begun.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(f64::INFINITY)
}
