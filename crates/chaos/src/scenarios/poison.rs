//! Jobs that kill or hang every worker that touches them: they run out of attempts, their users are told, and nobody else
//! waits longer for it.

use super::{Context, crash::percentile};
use crate::{
    checker::{self, Checker},
    judge,
    load::{
        Crowd, Playing,
        client::{Client, Outcome, Request},
        jobs, people,
    },
    report::Finding,
    stage::{Options, Slot, Stage},
};
use anyhow::{Result, bail};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const ATTEMPTS: i32 = 5;
const USERS: [usize; 4] = [350, 351, 352, 353];
const POISON: &str =
    "UPDATE background_jobs SET queue = 'poison', run_at = now() WHERE user_id = $1 AND status = 'pending'";
const LEFT: &str = "SELECT count(*) FROM background_jobs WHERE queue IN ('poison', 'hang') AND status <> 'failed'";
const ENDS: &str = "SELECT format('job %s in queue %s is %s after %s attempts', id, queue, status, attempt) FROM background_jobs \
    WHERE queue IN ('poison', 'hang') AND (status <> 'failed' OR attempt <> max_attempts) \
    UNION ALL SELECT format('user %s is %s', id, demo_mode_status) FROM users WHERE email IN ('customer350@repruv.test', \
      'customer351@repruv.test', 'customer352@repruv.test', 'customer353@repruv.test') AND demo_mode_status <> 'failed'";
const WAITS: &str = "SELECT extract(epoch FROM min(c.at) - b.at)::float8 FROM chaos.born b JOIN chaos.claims c USING (job_id) \
    JOIN background_jobs j ON j.id = b.job_id WHERE b.job_type = 'noop' AND j.queue = 'default' AND b.at BETWEEN $1 AND $2 \
    GROUP BY b.job_id, b.at ORDER BY 1";

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut options = Options::new("poison", context.settings);
    options.lost_replies = 0.0;
    let stage = Stage::up(context.settings, context.template, &options).await?;
    let checker = Checker::begin(&stage);
    let playing = Playing::begin(&stage, Crowd { customers: 2, staff: 0, batch: (5, 15) })?;
    let begun = crate::clock::now();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let poisoned = crate::clock::now();
    poison(&stage).await?;
    let (aborts, took) = until_worn_out(&stage, &options, Duration::from_secs(45)).await?;
    let over = crate::clock::now();
    playing.end().await?;
    judge::drain(&stage).await?;
    let seen = checker.end().await?;
    let mut findings = judge::snapshots(seen, checker::look(&stage.watcher).await?, context.bar(30, 60));
    let waits = |from, to| sqlx::query_scalar(WAITS).bind(from).bind(to).fetch_all(&stage.owner);
    let (before, during): (Vec<f64>, Vec<f64>) = (waits(begun, poisoned).await?, waits(poisoned, over).await?);
    let (before, during) = (percentile(&before, 99).unwrap_or_default(), percentile(&during, 99).unwrap_or(f64::MAX));
    let mut cases = judge::lines(&stage, ENDS).await?;
    // A difference that nobody would notice is none.
    let limit = (2.0 * before).max(context.slack().as_secs_f64());
    if during > limit {
        cases.push(format!("others waited p99 {during:.2} s meanwhile, {before:.2} s before"));
    }
    let figure = format!(
        "12 poisonous jobs, {aborts} workers aborted, worn out after {:.0} s; others' wait p99 {before:.2} s before, {during:.2} s meanwhile",
        took.as_secs_f64()
    );
    let bar = format!("all failed with their users, others' p99 at most {limit:.2} s");
    findings.push(Finding::none_of("R13", cases, figure, bar));
    stage.down().await;
    Ok(findings)
}

/// Four customers' jobs and four of the system abort their worker; four more never end.
async fn poison(stage: &Stage) -> Result<()> {
    let client = Client::new(stage.api_urls())?;
    for user in USERS {
        let token = people::user_token(user);
        let later = (crate::clock::now() + chrono::TimeDelta::hours(1)).to_rfc3339();
        let body = json!({ "profile": { "preset": "rising_creator" }, "run_at": later });
        let request = Request { path: "/demo/enable".into(), token: &token, body: Some(body), ..Request::default() };
        let Outcome::Done(_) = client.send(0, &request).await else { bail!("a customer could not enable") };
        sqlx::query(POISON).bind(people::user(user)).execute(&stage.owner).await?;
    }
    jobs::make_in(&stage.owner, 4, "poison", ATTEMPTS).await?;
    // Each attempt holds one of its worker's places until that worker ends.
    jobs::make_in(&stage.owner, 4, "hang", 2).await?;
    Ok(())
}

/// Workers that only serve the poison, each started anew as a service manager would. Answers how often, and for how long.
async fn until_worn_out(stage: &Arc<Stage>, options: &Options, limit: Duration) -> Result<(u64, Duration)> {
    let worker = |number: usize, queue: &str, points: &str, concurrency: &str, deadline: &str| {
        let mut options = options.clone();
        options.worker_arguments = vec![
            ("--queue", queue.to_owned()),
            ("--concurrency", concurrency.to_owned()),
            ("--deadline", deadline.to_owned()),
        ];
        options.environment.push(("FAILPOINTS".into(), points.to_owned()));
        Slot::worker(&stage.settings, &stage.folder, &options, number, &stage.worker_database, &stage.simulator)
    };
    let killers = [
        worker(90, "poison", "work.done=return(abort)", "1", "30s"),
        worker(91, "poison", "work.done=return(abort)", "1", "30s"),
    ];
    let hanger = worker(92, "hang", "work.done=sleep(120000)", "16", "2s");
    let begun = Instant::now();
    let mut aborts = 0;
    hanger.start(&[]).await?;
    while begun.elapsed() < limit {
        for slot in &killers {
            let mut running = slot.wait().await;
            if running.program.as_mut().is_none_or(|program| program.ended()) {
                aborts += u64::from(running.program.is_some());
                slot.start_in(&mut running, &[])?;
            }
        }
        if judge::number(stage, LEFT).await? == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for slot in killers.iter().chain([&hanger]) {
        slot.kill().await;
    }
    Ok((aborts, begun.elapsed()))
}
