//! `POST /demo/enable` under 50 concurrent users: the release binary, real HTTP, a durable database.

mod common;

use anyhow::Context;
use base64::Engine as _;
use common::{BenchDatabase, Latencies};
use sha2::{Digest, Sha256};
use std::{process::Stdio, time::Instant};
use tokio::io::{AsyncBufReadExt, BufReader};

const USERS: usize = 10_000;
const CONCURRENT: usize = 50;

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let db = BenchDatabase::fresh("api").await?;
    let tokens = sign_in_everybody(&db).await?;
    db.settle().await?;
    let mut server = tokio::process::Command::new(env!("CARGO_BIN_EXE_repruv-server"))
        .arg("serve")
        .env("DATABASE_URL", &db.url)
        .env("LISTEN", "127.0.0.1:0")
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(server.stdout.take().context("no stdout")?).lines();
    let said = lines.next_line().await?.context("the server ended without saying where it listens")?;
    let said: serde_json::Value = serde_json::from_str(&said)?;
    let url = format!("http://{}/api/v1/demo/enable", said["listening"].as_str().context("no address")?);

    let http = reqwest::Client::builder().pool_max_idle_per_host(CONCURRENT).build()?;
    let (queue, jobs) =
        (std::sync::Arc::new(tokio::sync::Mutex::new(tokens.into_iter())), tokio::time::Duration::from_secs(30));
    let started = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CONCURRENT {
        let (queue, http, url) = (queue.clone(), http.clone(), url.clone());
        clients.spawn(async move {
            let mut took = vec![];
            loop {
                let Some(token) = queue.lock().await.next() else { return anyhow::Ok(took) };
                let asked = Instant::now();
                let answer =
                    http.post(&url).bearer_auth(token).json(&serde_json::json!({})).timeout(jobs).send().await?;
                let status = answer.status();
                let body = answer.bytes().await?;
                took.push(asked.elapsed());
                anyhow::ensure!(status == 202, "{status}: {}", String::from_utf8_lossy(&body));
            }
        });
    }
    let mut latencies = Latencies::new()?;
    while let Some(client) = clients.join_next().await {
        for took in client?? {
            latencies.record(took);
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let enabling: i64 = sqlx::query_scalar("SELECT count(*) FROM users WHERE demo_mode_status = 'enabling'")
        .fetch_one(&db.pool)
        .await?;
    anyhow::ensure!(enabling == USERS as i64, "{enabling} of {USERS} users are enabling");
    server.kill().await?;
    let mut figures = latencies.json();
    figures["requests_per_s"] = serde_json::json!((USERS as f64 / seconds).round());
    figures["concurrent"] = serde_json::json!(CONCURRENT);
    common::report("api", figures);
    Ok(())
}

/// A session for each of the users, as sign-in writes it; signing in itself is slow on purpose.
async fn sign_in_everybody(db: &BenchDatabase) -> anyhow::Result<Vec<String>> {
    let (mut tokens, mut hashes) = (vec![], vec![]);
    for n in 0..USERS {
        let token =
            format!("rps_{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(n.to_be_bytes())));
        hashes.push(Sha256::digest(token.as_bytes()).to_vec());
        tokens.push(token);
    }
    sqlx::query(
        "WITH made AS (INSERT INTO users (id, email) SELECT gen_random_uuid(), 'user' || i || '@bench.test' FROM generate_series(1, $2) AS i RETURNING id), \
         numbered AS (SELECT id, row_number() OVER () AS n FROM made) \
         INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, expires_at) \
         SELECT gen_random_uuid(), id, ($1::bytea[])[n], now() + interval '1 hour', 'bearer', now() + interval '1 day' FROM numbered",
    )
    .bind(&hashes)
    .bind(USERS as i64)
    .execute(&db.pool)
    .await?;
    Ok(tokens)
}
