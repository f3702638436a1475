//! Many people at once on the same customer: one wins, the others are told; and the same command many times is one.

use super::Context;
use crate::{
    checker::{self, Checker},
    clock,
    dice::Dice,
    judge::{self, lines},
    load::{
        client::{Client, Outcome, Request},
        people,
    },
    report::Finding,
    stage::{Options, Stage},
};
use anyhow::Result;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use testkit::{Swallow, Then};
use tokio::task::JoinSet;

const VERSION: &str = "SELECT demo_mode_version FROM users WHERE id = $1";
const DOUBLED: &str = "SELECT format('%s was done %s times', reason, count(*)) FROM chaos.audits WHERE reason LIKE 'chaos %' \
    GROUP BY reason HAVING count(*) > 1 \
    UNION ALL SELECT format('key %s has %s receipts', key, count(*)) FROM command_receipts GROUP BY actor_id, key HAVING count(*) > 1";

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut options = Options::new("commands", context.settings);
    options.workers = 1;
    let stage = Stage::up(context.settings, context.template, &options).await?;
    let checker = Checker::begin(&stage);
    let client = Client::new(stage.api_urls())?;
    let mut dice = Dice::new(context.settings.seed, "commands");
    let mut findings = vec![races(context, &stage, &client, &mut dice).await?];
    findings.push(repeats(context, &stage, &client, &mut dice).await?);
    let seen = checker.end().await?;
    findings.extend(judge::snapshots(seen, checker::look(&stage.watcher).await?, context.bar(20, 100)));
    stage.down().await;
    Ok(findings)
}

async fn version(stage: &Stage, user: usize) -> Result<i32> {
    Ok(sqlx::query_scalar(VERSION).bind(people::user(user)).fetch_one(&stage.owner).await?)
}

/// On and off again without any work: the job waits for an hour, then it is cancelled.
fn command(round: u64, user: usize, key: &str) -> (String, Value) {
    let reason = format!("chaos {key}");
    let path = |action: &str| format!("/staff/users/{}/demo-mode/{action}", people::user(user));
    if round.is_multiple_of(2) {
        let run_at = (clock::now() + chrono::TimeDelta::hours(1)).to_rfc3339();
        (path("enable"), json!({ "reason": reason, "profile": { "preset": "rising_creator" }, "run_at": run_at }))
    } else {
        (path("cancel"), json!({ "reason": reason }))
    }
}

/// Sixteen people see the same version and act: one succeeds, fifteen learn what is there now.
async fn races(context: &Context<'_>, stage: &Arc<Stage>, client: &Client, dice: &mut Dice) -> Result<Finding> {
    const USER: usize = 320;
    let rounds = context.bar(25, 500);
    let mut cases = vec![];
    for round in 0..rounds {
        let version = version(stage, USER).await?;
        let mut crowd = JoinSet::new();
        for person in 0..16 {
            let (client, key) = (client.clone(), dice.key());
            crowd.spawn(async move {
                let (path, body) = command(round, USER, &key);
                let token = people::staff_token(person);
                let request =
                    Request { path, token: &token, key: Some(&key), version: Some(version), body: Some(body) };
                // A pool that is busy for a moment says 503; the same key again is the same command.
                let mut outcome = client.send(person, &request).await;
                for _ in 0..20 {
                    if !matches!(outcome, Outcome::Unknown) {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    outcome = client.send(person, &request).await;
                }
                outcome
            });
        }
        let (mut won, mut told) = (0, 0);
        while let Some(outcome) = crowd.join_next().await {
            match outcome? {
                Outcome::Done(_) => won += 1,
                Outcome::Refused(409, body) if body["current"]["demo"].is_object() => told += 1,
                other => cases.push(format!("round {round}: {other:?}").chars().take(300).collect()),
            }
        }
        if (won, told) != (1, 15) {
            cases.push(format!("round {round}: {won} won, {told} were told what is there now"));
        }
    }
    Ok(Finding::none_of(
        "R6",
        cases,
        format!("{rounds} rounds of 16 people on one customer"),
        "exactly 1 success a round",
    ))
}

/// Each command fifty times at once, while the reply to its COMMIT is lost.
async fn repeats(context: &Context<'_>, stage: &Arc<Stage>, client: &Client, dice: &mut Dice) -> Result<Finding> {
    const USER: usize = 321;
    let keys = context.bar(12, 500);
    let token = people::staff_token(0);
    let mut cases: Vec<String> = vec![];
    for round in 0..keys {
        let (version, key) = (version(stage, USER).await?, dice.key());
        let (path, body) = command(round, USER, &key);
        // Silence takes nine seconds to be told from work, hence only a few.
        let silent = round < 4 && dice.chance(0.3);
        stage.api_lane.swallow(Swallow::reply_to("COMMIT").then(if silent { Then::Silence } else { Then::Close }));
        let mut crowd = JoinSet::new();
        for n in 0..50 {
            let (client, key, path, body, token) =
                (client.clone(), key.clone(), path.clone(), body.clone(), token.clone());
            crowd.spawn(async move {
                let request =
                    Request { path, token: &token, key: Some(&key), version: Some(version), body: Some(body) };
                for _ in 0..200 {
                    match client.send(n, &request).await {
                        Outcome::Unknown => tokio::time::sleep(Duration::from_millis(20)).await,
                        known => return known,
                    }
                }
                Outcome::Unknown
            });
        }
        let mut done = 0;
        while let Some(outcome) = crowd.join_next().await {
            match outcome? {
                Outcome::Done(_) => done += 1,
                other => cases.push(format!("{key}: {other:?}").chars().take(200).collect()),
            }
        }
        if done != 50 {
            cases.push(format!("{key}: only {done} of 50 equal requests were answered as done"));
        }
        let mut other = body.clone();
        other["reason"] = json!("chaos another");
        let request = Request { path, token: &token, key: Some(&key), version: Some(version), body: Some(other) };
        match client.send(0, &request).await {
            Outcome::Refused(422, _) => {}
            answer => cases.push(format!("{key} with another body: {answer:?}").chars().take(200).collect()),
        }
    }
    let swallowed = stage.api_lane.swallowed();
    cases.extend(lines(stage, DOUBLED).await?);
    let figure = format!("{keys} keys, each 50 times at once, {swallowed} replies to COMMIT lost");
    Ok(Finding::none_of("R2", cases, figure, "each done once, all 50 told so, another body 422"))
}
