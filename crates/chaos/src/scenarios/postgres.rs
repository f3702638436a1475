//! The database goes away in every way it can: killed whole, restarted, connections ended, half-open, refused.

use super::{
    Context,
    mixed::{self, Mixed, Played},
    rate,
};
use crate::{
    faults::{Outage, Weights},
    judge::acks::Enough,
    load::{
        Crowd,
        client::{Client, Outcome, Request},
        people,
    },
    report::Finding,
    stage::{Options, Stage, postgres::namespaces},
};
use anyhow::Result;
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

const FIRST_DONE: &str =
    "SELECT extract(epoch FROM min(at) - $1)::float8 FROM chaos.ends WHERE at > $1 AND to_status = 'completed'";
const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity \
    WHERE application_name LIKE 'worker-%' OR application_name LIKE 'api-%' ORDER BY random() LIMIT 5) few";

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    if !namespaces().await {
        return Ok(vec![Finding::not_run(
            "R19",
            "this machine gives no PID namespace, so PostgreSQL cannot be killed whole",
        )]);
    }
    let played = mixed::play(
        context,
        Mixed {
            options: Options::new("postgres", context.settings),
            crowd: Crowd { customers: 5, staff: 5, batch: (5, 20) },
            weights: Weights {
                kill_worker: 2,
                stop_worker: 2,
                kill_api: 2,
                terminate: 5,
                network: 2,
                swallow: 4,
                kill_postgres: 14,
                restart_postgres: 6,
                ..Weights::default()
            },
            every: Duration::from_millis(720),
            length: context.length(24, 0.11),
            enough: Enough {
                acks: context.bar(50, 1_500),
                kills: context.bar(2, 50),
                jobs: context.bar(200, 3_000),
                faults: context.bar(8, 180),
            },
            snapshots: context.bar(20, 60),
        },
    )
    .await?;
    let Played { stage, load, done, mut findings } = played;
    findings.push(outages(context, &stage, &load.client, &done.outages()).await?);
    findings.push(terminated(context, &stage).await?);
    findings.push(blackhole(&stage).await?);
    stage.down().await;
    Ok(findings)
}

/// Work goes on soon after, and meanwhile the API says when to come back.
async fn outages(context: &Context<'_>, stage: &Stage, client: &Client, outages: &[Outage]) -> Result<Finding> {
    let mut cases = vec![];
    let mut slowest = 0.0_f64;
    for (n, outage) in outages.iter().enumerate() {
        // Another outage soon after leaves no time to judge this one.
        let next = outages.get(n + 1).map(|next| (next.from - outage.ready).num_milliseconds());
        let first: Option<f64> = sqlx::query_scalar(FIRST_DONE).bind(outage.ready).fetch_one(&stage.owner).await?;
        let first = first.unwrap_or(f64::MAX);
        if next.is_some_and(|ms| ms < 5_000) && first > 5.0 {
            continue;
        }
        slowest = slowest.max(first);
        if first > 5.0 {
            cases.push(format!("nothing was completed for {first:.1} s after PostgreSQL was ready"));
        }
    }
    let counts = &client.counts;
    let (unavailable, silent) =
        (counts.unavailable.load(Ordering::Relaxed), counts.without_retry_after.load(Ordering::Relaxed));
    let internal = counts.internal.load(Ordering::Relaxed);
    let slow_ms = counts.unavailable_ms_max.load(Ordering::Relaxed);
    cases.extend((silent > 0).then(|| format!("{silent} answers 503 without Retry-After")));
    cases.extend((internal > 0).then(|| format!("{internal} answers 500")));
    let wanted = context.bar(3, 50);
    let count = u64::try_from(outages.len()).unwrap_or_default();
    cases.extend((count < wanted).then(|| format!("only {count} outages")));
    let figure = format!(
        "{count} kills and immediate restarts; first completion {slowest:.1} s after ready at most; {unavailable} times 503 \
         (slowest {slow_ms} ms), {internal} times 500"
    );
    Ok(Finding::none_of("R19", cases, figure, format!("at least {wanted}; 5 s; each 503 with Retry-After; no 500")))
}

/// Five connections ended every second; afterwards all is as fast as before and every process is still the same.
async fn terminated(context: &Context<'_>, stage: &Stage) -> Result<Finding> {
    let (drain, same) = context.speed(0.95);
    let before = rate::best(stage, drain).await?;
    let apps = names(stage).await;
    let begun = Instant::now();
    let length = context.length(8, 0.04);
    let mut ended = 0_i64;
    while begun.elapsed() < length {
        ended += sqlx::query_scalar::<_, i64>(TERMINATE).fetch_one(&stage.owner).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let after = rate::reaches(stage, drain, before * same).await?;
    let left = names(stage).await;
    // What made the machine slower meanwhile makes new processes slower too.
    let fresh = if after < before * same { before.min(with_new_workers(stage, drain).await?) } else { before };
    let mut cases: Vec<_> =
        apps.iter().filter(|app| !left.contains(app)).map(|app| format!("{app} has ended")).collect();
    let share = after / fresh * 100.0;
    if share < same * 100.0 {
        cases.push(format!("only {share:.0} % of the speed before"));
    }
    let mut figure = format!("{ended} connections ended; {before:.0} jobs/s before, {after:.0} after");
    if fresh < before {
        figure.push_str(&format!(", {fresh:.0} by new processes then"));
    }
    figure.push_str(&format!(" ({share:.0} %)"));
    Ok(Finding::none_of("R20", cases, figure, format!("at least {:.0} %, no process ends", same * 100.0)))
}

/// The speed of workers that never lost a connection.
async fn with_new_workers(stage: &Stage, drain: u64) -> Result<f64> {
    for slot in &stage.workers {
        slot.kill().await;
        slot.start_in(&mut *slot.wait().await, &[])?;
    }
    rate::best(stage, drain).await
}

/// The processes that run.
async fn names(stage: &Stage) -> Vec<String> {
    let mut names = vec![];
    for slot in stage.apis.iter().chain(&stage.workers) {
        let mut running = slot.wait().await;
        if let Some(program) = &mut running.program
            && !program.ended()
        {
            names.push(program.app.clone());
        }
    }
    names
}

/// Nothing arrives and nothing breaks: the dead connection is noticed, and the way back is taken soon.
async fn blackhole(stage: &Stage) -> Result<Finding> {
    const CLAIMED: &str = "SELECT count(*) FROM chaos.claims WHERE at > $1";
    let client = Client::new(stage.api_urls())?;
    let token = people::user_token(390);
    let ask = Request { path: "/demo/status".into(), token: &token, ..Request::default() };
    // Every connection in the pool is a good one: only the half-open ones are to be noticed.
    for n in 0..40 {
        client.send(n % 2, &ask).await;
    }
    stage.api_lane.stall();
    stage.worker_lane.stall();
    let stalled = Instant::now();
    let patient = Client::patient(stage.api_urls(), Duration::from_secs(20))?;
    patient.send(0, &ask).await;
    let told = patient.counts.unavailable.load(Ordering::Relaxed) > 0;
    let noticed = told.then(|| stalled.elapsed().as_secs_f64());
    stage.api_lane.heal();
    stage.worker_lane.heal();
    let (healed, at) = (Instant::now(), crate::clock::now());
    crate::load::jobs::make(&stage.owner, 20).await?;
    let (mut api, mut worker) = (None, None);
    while healed.elapsed() < Duration::from_secs(15) && (api.is_none() || worker.is_none()) {
        if api.is_none() && matches!(client.send(0, &ask).await, Outcome::Done(_)) {
            api = Some(healed.elapsed().as_secs_f64());
        }
        let claimed: i64 = sqlx::query_scalar(CLAIMED).bind(at).fetch_one(&stage.owner).await?;
        if worker.is_none() && claimed > 0 {
            worker = Some(healed.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (noticed, api, worker) =
        (noticed.unwrap_or(f64::INFINITY), api.unwrap_or(f64::INFINITY), worker.unwrap_or(f64::INFINITY));
    let figure = format!(
        "told to come back after {noticed:.1} s; after healing the API answers in {api:.1} s, a worker claims in {worker:.1} s"
    );
    let held = noticed <= 10.0 && api <= 3.0 && worker <= 3.0;
    Ok(Finding::new("R22", held, figure, "told within 10 s, back within 3 s"))
}
