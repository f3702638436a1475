//! How soon the jobs of a killed worker run again, and how a worker leaves that is told to.

use super::{
    Context,
    mixed::{self, Mixed},
};
use crate::{
    clock,
    dice::Dice,
    faults::{self, Done, Fault, book},
    judge::{acks::Enough, lines, number},
    load::Crowd,
    report::Finding,
    stage::{LEASE, Options, POLL, RESCUE_EVERY, Stage},
};
use anyhow::Result;
use nix::sys::signal::Signal;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Kill to claim, in seconds, without the backoff that every retry has.
const AGAIN: &str = "\
    SELECT extract(epoch FROM c2.at - k.at - e.due_in)::float8 \
    FROM chaos.signals k JOIN chaos.claims c ON c.app = k.app \
      JOIN chaos.ends e ON e.job_id = c.job_id AND e.epoch = c.epoch AND e.app <> c.app AND e.at > k.at \
      JOIN chaos.claims c2 ON c2.job_id = c.job_id AND c2.epoch = c.epoch + 1 \
    WHERE k.what = 'kill' AND c.at < k.at AND e.to_status = 'pending' ORDER BY 1";
const LATE_CLAIMS: &str = "SELECT format('%s claimed job %s %s after SIGTERM', c.app, c.job_id, c.begun - s.at) \
    FROM chaos.signals s JOIN chaos.claims c ON c.app = s.app AND c.begun > s.at + interval '0.1 s' WHERE s.what = 'term'";
const ORPHANS: &str = "SELECT count(*) FROM background_jobs j JOIN chaos.claims c ON c.job_id = j.id AND c.epoch = j.lease_epoch \
    WHERE j.status = 'running' AND c.app = $1";
const USED_UP: &str = "SELECT format('job %s was handed back in attempt %s and went on with %s', job_id, attempt, next) \
    FROM (SELECT job_id, event, attempt, lead(attempt) OVER (PARTITION BY job_id ORDER BY id) AS next FROM job_events) steps \
    WHERE event = 'hand_back' AND next <> attempt";
const GRACE: Duration = Duration::from_secs(5);
/// The share of the time in which workers are killed; in the rest they are told to go.
const KILLING: f64 = 0.35;

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut options = Options::new("crash", context.settings);
    // Long enough that a worker is in the middle of something when it goes.
    options.pace = 0.04;
    let length = context.length(26, 0.12);
    let mixed = Mixed {
        options,
        crowd: Crowd { customers: 3, staff: 2, batch: (2, 6) },
        weights: faults::Weights::default(),
        every: Duration::ZERO,
        length,
        enough: Enough { kills: context.bar(4, 40), ..Enough::default() },
        snapshots: context.bar(60, 600),
    };
    let leaving = Leaving::default();
    let left = leaving.clone();
    let played = mixed::play_with(context, mixed, |stage, _, seed| async move {
        let killing = length.mul_f64(KILLING);
        let done = kills(&stage, seed, killing).await?;
        let leave = |number| terminations(&stage, seed, length - killing, number, &left);
        tokio::try_join!(leave(0), leave(1), leave(2))?;
        Ok(done)
    })
    .await?;
    let mut findings = played.findings;
    findings.push(again(context, &played.stage).await?);
    findings.push(leaving.judge(&played.stage, context.bar(8, 200)).await?);
    played.stage.down().await;
    Ok(findings)
}

/// One worker at a time, so that the others are old enough to rescue.
async fn kills(stage: &Arc<Stage>, seed: u64, length: Duration) -> Result<Done> {
    let mut dice = Dice::new(seed, "faults of crash");
    let mut plan = vec![];
    // Everybody has work in hand by then.
    let mut at = Duration::from_secs(3);
    while at < length {
        plan.push((at, Fault::KillWorker(dice.index(stage.workers.len()))));
        at += Duration::from_millis(dice.between(1_000, 1_600));
    }
    faults::play(stage, plan, length).await
}

#[derive(Clone, Default)]
struct Leaving {
    seen: Arc<Mutex<Seen>>,
}

#[derive(Clone, Default)]
struct Seen {
    told: u64,
    twice: u64,
    slowest: Duration,
    cases: Vec<String>,
}

/// SIGTERM to one worker after the other, by one of three who do so at the same time; every fourth is told twice.
async fn terminations(stage: &Stage, seed: u64, length: Duration, who: u8, leaving: &Leaving) -> Result<()> {
    let mut dice = Dice::new(seed, &format!("leaving {who}"));
    let begun = Instant::now();
    let mut number = 0;
    while begun.elapsed() < length {
        let slot = &stage.workers[dice.index(stage.workers.len())];
        let mut running = slot.wait().await;
        let Some(mut program) = running.program.take() else { continue };
        let (app, at) = (program.app.clone(), clock::now());
        let told = Instant::now();
        program.signal(Signal::SIGTERM);
        number += 1;
        let twice = number % 4 == 0;
        let limit = if twice {
            tokio::time::sleep(Duration::from_millis(300)).await;
            program.signal(Signal::SIGTERM);
            Duration::from_secs(4)
        } else {
            GRACE + Duration::from_secs(6)
        };
        let gone = program.wait(limit).await;
        let orphans: i64 = sqlx::query_scalar(ORPHANS).bind(&app).fetch_one(&stage.owner).await?;
        book(stage, &app, "term", at).await;
        leaving.note(&app, gone, twice, told.elapsed(), orphans);
        if !gone {
            program.kill().await;
        }
        slot.start_in(&mut running, &[])?;
        drop(running);
        tokio::time::sleep(Duration::from_millis(dice.between(100, 500))).await;
    }
    Ok(())
}

impl Leaving {
    fn note(&self, app: &str, gone: bool, twice: bool, took: Duration, orphans: i64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.told += 1;
        seen.twice += u64::from(twice);
        seen.slowest = seen.slowest.max(took);
        if !gone {
            seen.cases.push(format!("{app} was still there {:.1} s after SIGTERM", took.as_secs_f64()));
        }
        if orphans > 0 {
            seen.cases.push(format!("{app} left {orphans} leases behind"));
        }
    }

    async fn judge(&self, stage: &Stage, wanted: u64) -> Result<Finding> {
        let Seen { told, twice, slowest, mut cases } = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        cases.extend((told < wanted).then(|| format!("only {told} were told")));
        cases.extend(lines(stage, LATE_CLAIMS).await?);
        cases.extend(lines(stage, USED_UP).await?);
        let back = number(stage, "SELECT count(*) FROM job_events WHERE event = 'hand_back'").await?;
        let figure = format!(
            "{told} SIGTERM under load ({twice} twice), {back} jobs handed back, gone after {:.1} s at most",
            slowest.as_secs_f64()
        );
        let bar = format!("at least {wanted}; 0 leases left, 0 claims after 0.1 s, 0 attempts used up");
        Ok(Finding::none_of("R12", cases, figure, bar))
    }
}

async fn again(context: &Context<'_>, stage: &Stage) -> Result<Finding> {
    let seconds: Vec<f64> = sqlx::query_scalar(AGAIN).fetch_all(&stage.owner).await?;
    let bar = LEASE + POLL + RESCUE_EVERY + context.slack();
    let Some(p99) = percentile(&seconds, 99) else {
        return Ok(Finding::new("R11", false, "no job was in hand of a killed worker", "some"));
    };
    let p50 = percentile(&seconds, 50).unwrap_or_default();
    let figure = format!("{} jobs of killed workers ran again after p50 {p50:.2} s, p99 {p99:.2} s", seconds.len());
    Ok(Finding::new("R11", p99 <= bar.as_secs_f64(), figure, format!("p99 at most {:.1} s", bar.as_secs_f64())))
}

/// Of sorted values.
pub fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((sorted.len() * percent / 100).min(last)).copied()
}
