//! Notifications are a hint: without any, with thousands of forged ones, and after the listener was cut off, everything
//! still happens. The speed under forgery is judged at a thousand a second and told for many more: six debug builds that
//! each read ten thousand a second need more than the machine has, whatever the engine does with them.

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

const FORGE: &str = "SELECT pg_notify('repruv_jobs', n::text) FROM generate_series(1, $1) n";
const TELL: &str = "SELECT pg_notify('repruv_jobs', '')";
const STARTED: &str = "SELECT count(*) FROM background_jobs WHERE id = ANY ($1) AND status <> 'pending'";
/// So long that only a hint explains a quick start.
const SLOW_POLL: &str = "12s";

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let (drain, same) = context.speed(0.9);
    let stage = Stage::up(context.settings, context.template, &Options::new("hints-on", context.settings)).await?;
    let with = rate::best(&stage, drain).await?;
    let (some, sent) = under_forgery(&stage, 25, drain, with * same).await?;
    let (many, flood) = under_forgery(&stage, 250, drain, with * same).await?;
    stage.down().await;

    let mut deaf = Options::new("hints-off", context.settings);
    deaf.worker_arguments = vec![("--push", "false".into())];
    let stage = Stage::up(context.settings, context.template, &deaf).await?;
    let without = rate::reaches(&stage, drain, with * same).await?;
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
        "{with:.0} jobs/s; without hints {without:.0} ({:.0} %), with {sent:.0} forged a second {some:.0} ({:.0} %), with \
         {flood:.0} {many:.0} ({:.0} %); after a cut listener missed jobs start within {slowest:.1} s while the poll is {SLOW_POLL}",
        share(without),
        share(some),
        share(many)
    );
    let mut cases = vec![];
    cases.extend((share(without) < same * 100.0).then(|| "slower without hints".to_owned()));
    cases.extend((share(some) < same * 100.0).then(|| "slower under forged hints".to_owned()));
    cases.extend((slowest > 4.0).then(|| "what was announced to a dead listener waits for the poll".to_owned()));
    let bar = format!("all done; at least {:.0} % without and under 1,000 forged; 4 s", same * 100.0);
    Ok(vec![Finding::none_of("R15", cases, figure, bar)])
}

/// Answers the speed, and how many were forged a second; `batch` of them are sent forty times a second.
async fn under_forgery(stage: &Arc<Stage>, batch: u64, drain: u64, wanted: f64) -> Result<(f64, f64)> {
    let several = i32::try_from(batch)?;
    let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (pool, ended, counted) = (stage.owner.clone(), over.clone(), sent.clone());
    let forger = tokio::spawn(async move {
        while !ended.load(Ordering::Relaxed) {
            if sqlx::query(FORGE).bind(several).execute(&pool).await.is_ok() {
                counted.fetch_add(batch, Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(24)).await;
        }
    });
    let begun = Instant::now();
    let rate = rate::reaches(stage, drain, wanted).await?;
    over.store(true, Ordering::Relaxed);
    forger.await?;
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
