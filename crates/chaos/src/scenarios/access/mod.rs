//! Who was shut out stays out: a revoked session at both API processes, all sessions of a customer while they refresh and sign
//! in, a refresh token in two hands, and a person of the staff with a connection to the database.

mod disabled;
mod refreshed;
mod revoked;

use super::Context;
use crate::{
    load::{
        client::{Client, Outcome, Request},
        people,
    },
    report::Finding,
    stage::{Options, Stage},
};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// The password of customers 384 to 399.
const PASSWORD: &str = "chaos";
/// Lanes in which the same is done at the same time.
const LANES: usize = 8;
/// The first of those customers; each lane has its own.
const CUSTOMER: usize = 384;

const LINGER: [&str; 2] = ["transaction.before_commit", "command.before_commit"];

/// Every point that is armed here.
#[cfg(test)]
pub fn points() -> impl Iterator<Item = &'static str> {
    LINGER.into_iter()
}

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let mut options = Options::new("access", context.settings);
    options.workers = 1;
    // Which of two transactions was first is known by this alone.
    options.postgres = "track_commit_timestamp = on".into();
    // What is done at the same time is to meet: sign-ins and commands linger while their transactions are open.
    options.environment.push(("FAILPOINTS".into(), LINGER.map(|point| format!("{point}=50%sleep(40)")).join(";")));
    let stage = Stage::up(context.settings, context.template, &options).await?;
    let client = Client::patient(stage.api_urls(), Duration::from_secs(20))?;
    let findings = vec![
        revoked::one(context, &stage, &client).await?,
        revoked::all(context, &stage, &client).await?,
        refreshed::twice(context, &stage, &client).await?,
        disabled::person(context, &stage, &client).await?,
    ];
    stage.down().await;
    Ok(findings)
}

/// `count` rounds of `play`, which is given the lane and the round, in all lanes at once; what each found.
async fn in_lanes<F>(
    stage: &Arc<Stage>,
    client: &Client,
    count: u64,
    play: impl Fn(Arc<Stage>, Client, usize, u64) -> F + Copy + Send + 'static,
) -> Result<Vec<String>>
where
    F: Future<Output = Result<Vec<String>>> + Send,
{
    let mut lanes = tokio::task::JoinSet::new();
    for lane in 0..LANES {
        let (stage, client) = (stage.clone(), client.clone());
        lanes.spawn(async move {
            let mut cases = vec![];
            let mut round = u64::try_from(lane)?;
            while round < count {
                cases.extend(play(stage.clone(), client.clone(), lane, round).await?);
                round += u64::try_from(LANES)?;
            }
            anyhow::Ok(cases)
        });
    }
    let mut cases = vec![];
    while let Some(lane) = lanes.join_next().await {
        cases.extend(lane??);
    }
    Ok(cases)
}

/// Staff ask with a password that is fresh enough for everything.
async fn authenticate(stage: &Stage) -> Result<()> {
    sqlx::query("UPDATE staff_sessions SET authenticated_at = now()").execute(&stage.owner).await?;
    Ok(())
}

/// A staff person's command, until it is done.
async fn command(client: &Client, api: usize, path: String, version: Option<i32>, key: &str) -> Result<Value> {
    let token = people::staff_token(0);
    let body = Some(json!({ "reason": key }));
    let request = Request { path, token: &token, key: Some(key), version, body };
    for _ in 0..50 {
        match client.send(api, &request).await {
            Outcome::Done(body) => return Ok(body),
            Outcome::Unknown => tokio::time::sleep(Duration::from_millis(50)).await,
            Outcome::Refused(status, body) => bail!("{} was refused: {status} {body}", request.path),
        }
    }
    bail!("{} was never answered", request.path)
}

/// Whether a customer's access token is accepted.
async fn accepted(client: &Client, api: usize, token: &str) -> Result<bool> {
    let ask = Request { path: "/auth/session".into(), token, ..Request::default() };
    match client.send(api, &ask).await {
        Outcome::Done(_) => Ok(true),
        Outcome::Refused(401, _) => Ok(false),
        other => bail!("a customer's question was answered with {other:?}"),
    }
}

/// Access and refresh token.
type Tokens = (String, String);

/// Signs a lane's customer in.
async fn sign_in(client: &Client, api: usize, lane: usize) -> Result<Tokens> {
    let body = json!({ "email": format!("customer{}@repruv.test", CUSTOMER + lane), "password": PASSWORD });
    match client.send(api, &Request { path: "/auth/login".into(), body: Some(body), ..Request::default() }).await {
        Outcome::Done(body) => tokens(&body),
        other => bail!("the sign-in was answered with {other:?}"),
    }
}

/// Another pair for a refresh token; `None` when it is refused.
async fn refresh(client: &Client, api: usize, token: &str) -> Result<Option<Tokens>> {
    let body = json!({ "refresh_token": token });
    match client.send(api, &Request { path: "/auth/refresh".into(), body: Some(body), ..Request::default() }).await {
        Outcome::Done(body) => tokens(&body).map(Some),
        Outcome::Refused(401, _) => Ok(None),
        other => bail!("the refresh was answered with {other:?}"),
    }
}

fn tokens(body: &Value) -> Result<Tokens> {
    let token = |name: &str| body["tokens"][name].as_str().map(str::to_owned).context("an answer without tokens");
    Ok((token("access_token")?, token("refresh_token")?))
}
