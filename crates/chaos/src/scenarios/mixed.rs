//! The frame that most scenarios share: load, checker and faults together; then heal, drain, judge.

use super::Context;
use crate::{
    checker::{self, Checker},
    faults::{self, Done, Weights},
    judge::{self, acks::Enough},
    load::{Crowd, Load, Playing},
    report::Finding,
    stage::{Options, Stage},
};
use anyhow::Result;
use std::{future::Future, sync::Arc, time::Duration};

/// What is played.
pub struct Mixed {
    /// The stage.
    pub options: Options,
    /// The load.
    pub crowd: Crowd,
    /// The faults.
    pub weights: Weights,
    /// The mean time between them.
    pub every: Duration,
    /// For how long.
    pub length: Duration,
    /// What must have been done.
    pub enough: Enough,
    /// Snapshots that must have been looked at.
    pub snapshots: u64,
}

/// What was found, with the stage still up for more questions.
pub struct Played {
    /// The stage, healed and drained.
    pub stage: Arc<Stage>,
    /// The load, ended.
    pub load: Load,
    /// The faults.
    pub done: Done,
    /// The verdicts so far.
    pub findings: Vec<Finding>,
}

/// Plays it with the planned faults.
pub async fn play(context: &Context<'_>, mixed: Mixed) -> Result<Played> {
    let (weights, every, length) = (mixed.weights, mixed.every, mixed.length);
    play_with(context, mixed, |stage, name, seed| async move {
        let plan = faults::schedule(seed, &name, weights, every, length, stage.workers.len());
        faults::play(&stage, plan, length).await
    })
    .await
}

/// Plays it with faults of its own.
pub async fn play_with<F>(
    context: &Context<'_>,
    mixed: Mixed,
    break_it: impl FnOnce(Arc<Stage>, String, u64) -> F,
) -> Result<Played>
where
    F: Future<Output = Result<Done>>,
{
    let stage = Stage::up(context.settings, context.template, &mixed.options).await?;
    let checker = Checker::begin(&stage);
    let playing = Playing::begin(&stage, mixed.crowd)?;
    let done = break_it(stage.clone(), mixed.options.name.clone(), context.settings.seed).await?;
    stage.heal().await?;
    let (load, resolved) = playing.end().await?;
    let (left, drained) = judge::drain(&stage).await?;
    let seen = checker.end().await?;
    let last = checker::look(&stage.watcher).await?;
    let kinds: Vec<String> = done.counts().iter().map(|(word, count)| format!("{count} × {word}")).collect();
    eprintln!("  faults: {}", if kinds.is_empty() { "none".to_owned() } else { kinds.join(", ") });
    eprintln!(
        "  every outcome known {:.1} s after the faults, drained {:.1} s later with {left} jobs left",
        resolved.as_secs_f64(),
        drained.as_secs_f64()
    );
    let mut findings = judge::snapshots(seen, last, mixed.snapshots);
    findings.extend(judge::acks::judge(&stage, &load, done.kills(), mixed.enough).await?);
    findings.extend(judge::jobs::judge(&stage, done.total(), mixed.enough).await?);
    findings.push(judge::outside::judge(&stage).await?);
    Ok(Played { stage, load, done, findings })
}
