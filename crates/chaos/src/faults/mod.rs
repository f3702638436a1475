//! Breaking things as planned.

mod plan;

#[cfg(test)]
pub use plan::points;
pub use plan::{Fault, Lane, Weights, schedule};

use crate::{
    clock,
    stage::{Slot, Stage},
};
use anyhow::Result;
use chrono::{DateTime, Utc};
use nix::sys::signal::Signal;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use testkit::{Faults, Swallow, Then};
use tokio::task::JoinSet;

/// What was done.
#[derive(Clone, Default)]
pub struct Done {
    counts: Arc<Mutex<BTreeMap<&'static str, u64>>>,
    outages: Arc<Mutex<Vec<Outage>>>,
}

/// PostgreSQL was away.
#[derive(Clone, Copy, Debug)]
pub struct Outage {
    /// From when.
    pub from: DateTime<Utc>,
    /// When it answered again.
    pub ready: DateTime<Utc>,
}

impl Done {
    fn count(&self, fault: &Fault) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(fault.word()).or_default() += 1;
    }

    /// How often each.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often in all.
    pub fn total(&self) -> u64 {
        self.counts().values().sum()
    }

    /// How often processes of ours or PostgreSQL were killed.
    pub fn kills(&self) -> u64 {
        let counts = self.counts();
        counts.iter().filter(|(word, _)| word.starts_with("kill")).map(|(_, count)| count).sum()
    }

    /// When PostgreSQL was away.
    pub fn outages(&self) -> Vec<Outage> {
        self.outages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Plays a schedule to its end, and waits until the last fault is over. A slot that another fault has in hand is left out.
pub async fn play(stage: &Arc<Stage>, plan: Vec<(Duration, Fault)>, length: Duration) -> Result<Done> {
    let done = Done::default();
    let mut faults = JoinSet::new();
    let begun = Instant::now();
    for (at, fault) in plan {
        tokio::time::sleep(at.saturating_sub(begun.elapsed())).await;
        let (stage, done) = (stage.clone(), done.clone());
        faults.spawn(async move { commit(&stage, &fault, &done).await });
        while let Some(ended) = faults.try_join_next() {
            ended??;
        }
    }
    tokio::time::sleep(length.saturating_sub(begun.elapsed())).await;
    while let Some(ended) = faults.join_next().await {
        ended??;
    }
    Ok(done)
}

async fn commit(stage: &Stage, fault: &Fault, done: &Done) -> Result<()> {
    let played = match fault {
        Fault::KillWorker(n) => replace(stage, &stage.workers[*n], None).await?,
        Fault::KillApi(n) => replace(stage, &stage.apis[*n], None).await?,
        Fault::ArmWorker(n, points) => replace(stage, &stage.workers[*n], Some(points)).await?,
        Fault::ArmApi(n, points) => replace(stage, &stage.apis[*n], Some(points)).await?,
        Fault::StopWorker(n, length) => stop(stage, &stage.workers[*n], *length).await,
        Fault::Terminate(count) => terminate(stage, *count).await,
        Fault::Cut(lane, bytes) => {
            lane_of(stage, *lane).replies().set(Faults { cut_after_bytes: Some(*bytes), ..Faults::default() });
            true
        }
        Fault::Reset(lane) => {
            lane_of(stage, *lane).reset_all();
            true
        }
        Fault::Stall(lane, length) => {
            lane_of(stage, *lane).stall();
            tokio::time::sleep(*length).await;
            lane_of(stage, *lane).set(Faults::default());
            true
        }
        Fault::Throttle(lane, length) => {
            lane_of(stage, *lane).set(Faults { bytes_per_s: Some(4_000), ..Faults::default() });
            tokio::time::sleep(*length).await;
            lane_of(stage, *lane).set(Faults::default());
            true
        }
        Fault::Swallow(lane, nth) => {
            let then = if nth % 2 == 0 { Then::Silence } else { Then::Close };
            lane_of(stage, *lane).swallow(Swallow::reply_to("COMMIT").nth(*nth).then(then));
            true
        }
        Fault::KillPostgres => restart_postgres(stage, true, done).await?,
        Fault::RestartPostgres => restart_postgres(stage, false, done).await?,
    };
    if played {
        done.count(fault);
    }
    Ok(())
}

fn lane_of(stage: &Stage, lane: Lane) -> &testkit::FaultProxy {
    match lane {
        Lane::Api => &stage.api_lane,
        Lane::Worker => &stage.worker_lane,
    }
}

/// kill -9, a moment, and another process in its place, perhaps with failpoints.
async fn replace(stage: &Stage, slot: &Slot, points: Option<&String>) -> Result<bool> {
    let Some(mut running) = slot.take() else { return Ok(false) };
    if let Some(program) = running.program.take() {
        let (app, at) = (program.app.clone(), clock::now());
        program.kill().await;
        book(stage, &app, "kill", at).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let armed: Vec<_> = points.map(|points| ("FAILPOINTS".to_owned(), points.clone())).into_iter().collect();
    slot.start_in(&mut running, &armed)?;
    Ok(true)
}

/// Notes a signal in the ledger; a database that is away has more important things to do.
pub async fn book(stage: &Stage, app: &str, what: &str, at: DateTime<Utc>) {
    let sql = "INSERT INTO chaos.signals (app, what, at, gone_at) VALUES ($1, $2, $3, clock_timestamp())";
    let _ = sqlx::query(sql).bind(app).bind(what).bind(at).execute(&stage.owner).await;
}

async fn stop(stage: &Stage, slot: &Slot, length: Duration) -> bool {
    let Some(mut running) = slot.take() else { return false };
    let Some(program) = &running.program else { return false };
    program.signal(Signal::SIGSTOP);
    let app = program.app.clone();
    running.stopped = true;
    book(stage, &app, "stop", clock::now()).await;
    tokio::time::sleep(length).await;
    if let Some(program) = &running.program {
        program.signal(Signal::SIGCONT);
    }
    running.stopped = false;
    true
}

async fn terminate(stage: &Stage, count: u64) -> bool {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity \
        WHERE application_name LIKE 'worker-%' OR application_name LIKE 'api-%' ORDER BY random() LIMIT $1) few";
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    sqlx::query(sql).bind(count).execute(&stage.owner).await.is_ok()
}

async fn restart_postgres(stage: &Stage, kill: bool, done: &Done) -> Result<bool> {
    let Ok(mut postgres) = stage.postgres.try_lock() else { return Ok(false) };
    let from = clock::now();
    if kill {
        postgres.kill().await?
    } else {
        postgres.immediate().await?
    }
    postgres.start().await?;
    done.outages.lock().unwrap_or_else(PoisonError::into_inner).push(Outage { from, ready: clock::now() });
    Ok(true)
}
