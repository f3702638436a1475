//! A person of the staff is disabled while they ask the API and read the database.

use super::{Context, authenticate, command};
use crate::{
    load::client::{Client, Outcome, Request},
    report::Finding,
    stage::Stage,
};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, PgConnection, postgres::PgConnectOptions};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const HIRE: &str = "WITH person AS (INSERT INTO staff (id, email, name, role, password_hash) \
      VALUES ($1, $2, 'Leaver', 'support', 'none')) \
    INSERT INTO staff_sessions (id, staff_id, access_hash, access_expires_at, expires_at) \
    VALUES ($1, $1, sha256(convert_to($3, 'UTF8')), now() + interval '1 hour', now() + interval '1 hour')";
const API_MAX: Duration = Duration::from_secs(1);
const DATABASE_MAX: Duration = Duration::from_secs(10);

/// From the answer to the disabling to the last that they got.
pub async fn person(context: &Context<'_>, stage: &Arc<Stage>, client: &Client) -> Result<Finding> {
    authenticate(stage).await?;
    let count = context.bar(3, 20);
    let (mut api, mut database) = (Duration::ZERO, Duration::ZERO);
    let mut cases = vec![];
    for round in 0..count {
        let seen = one(stage, client, round).await?;
        (api, database) = (api.max(seen.api), database.max(seen.database));
        cases.extend(seen.back.then(|| format!("round {round}: the login opened another connection")));
    }
    cases.extend((api > API_MAX).then(|| "the API went on".to_owned()));
    cases.extend((database > DATABASE_MAX).then(|| "the database went on".to_owned()));
    let ms = |time: Duration| time.as_millis();
    let figure = format!(
        "{count} people disabled; the API's last answer to them {} ms later, the database's {} ms",
        ms(api),
        ms(database)
    );
    Ok(Finding::none_of("R33", cases, figure, "1 s, 10 s, and no other connection"))
}

struct Seen {
    api: Duration,
    database: Duration,
    back: bool,
}

async fn one(stage: &Arc<Stage>, client: &Client, round: u64) -> Result<Seen> {
    let (id, token) = (testkit::new_id(), format!("rpt_leaver_{round}"));
    let email = format!("leaver{round}@repruv.test");
    sqlx::query(HIRE).bind(id).bind(email).bind(&token).execute(&stage.owner).await?;
    let login = login(client, &token).await?;
    let reads = login.connect().await.context("the minted login does not open a connection")?;
    let asking = tokio::spawn(asks(client.clone(), token));
    let reading = tokio::spawn(reads_on(reads));
    // Both are at it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    command(client, 1, format!("/staff/members/{id}/disable"), Some(1), &format!("chaos-disables-{round}")).await?;
    let acked = Instant::now();
    let late = |last: Instant| last.saturating_duration_since(acked);
    let (api, database) = (late(asking.await??), late(reading.await??));
    Ok(Seen { api, database, back: login.connect().await.is_ok() })
}

async fn login(client: &Client, token: &str) -> Result<PgConnectOptions> {
    let mint = Request { path: "/staff/database-login".into(), token, body: Some(json!({})), ..Request::default() };
    let Outcome::Done(login) = client.send(0, &mint).await else { bail!("no database login was minted") };
    let text = |name: &str| login[name].as_str().map(str::to_owned).with_context(|| format!("a login without {name}"));
    let port = login["port"].as_u64().and_then(|port| u16::try_from(port).ok()).context("a login without a port")?;
    Ok(PgConnectOptions::new()
        .host(&text("host")?)
        .port(port)
        .database(&text("database")?)
        .username(&text("user")?)
        .password(&text("password")?))
}

/// Asks both processes until both refuse; answers when the last accepted request began.
async fn asks(client: Client, token: String) -> Result<Instant> {
    let ask = Request { path: "/staff/auth/session".into(), token: &token, ..Request::default() };
    let begun = Instant::now();
    let mut last = begun;
    let mut refused = 0;
    let mut api = 0;
    while refused < 4 && begun.elapsed() < Duration::from_secs(60) {
        let at = Instant::now();
        match client.send(api, &ask).await {
            Outcome::Refused(401, Value::Object(_)) => refused += 1,
            _ => (last, refused) = (at, 0),
        }
        api += 1;
    }
    Ok(last)
}

/// Reads until the connection is ended, or for longer than it may take; answers when the last answer came.
async fn reads_on(mut connection: PgConnection) -> Result<Instant> {
    let begun = Instant::now();
    let mut last = begun;
    while begun.elapsed() < 2 * DATABASE_MAX {
        if sqlx::query("SELECT count(*) FROM ops.jobs").execute(&mut connection).await.is_err() {
            break;
        }
        last = Instant::now();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(last)
}
