//! What a good client feels while others misbehave, and what a guesser learns from the clock: the release binary, real HTTP.

mod common;

use anyhow::Context;
use common::{BenchDatabase, Latencies};
use repruv_server::auth::passwords::Passwords;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpSocket,
    task::JoinSet,
};

/// Sockets that send a byte of a header now and then; as many as the server takes connections.
const DRIBBLERS: u32 = 2_000;
const DRIBBLE_EVERY: Duration = Duration::from_secs(5);
const DRIBBLE_FOR: Duration = Duration::from_secs(60);
const LOGINS_AT_ONCE: u32 = 200;
const LOGINS_FOR: Duration = Duration::from_secs(20);
const QUIET_FOR: Duration = Duration::from_secs(20);
/// Sign-ins with a wrong password of accounts that exist, and as many of accounts that do not.
const GUESSES: u32 = 300;

const TOKEN: &str = "rps_good-client-good-client-good-client-good";

fn main() -> anyhow::Result<()> {
    // Those who misbehave do so from machines of their own. Here they take what the server and the good client leave of this one.
    let behind = || {
        let _ = rustix::process::nice(19); // where it cannot be had, they are only a heavier load
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().on_thread_start(behind).build()?.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let db = BenchDatabase::fresh("abuse").await?;
    people(&db).await?;
    db.settle().await?;
    let mut server = tokio::process::Command::new(env!("CARGO_BIN_EXE_repruv-server"))
        .arg("serve")
        .env("DATABASE_URL", &db.url)
        .env("LISTEN", "127.0.0.1:0")
        .env("RUST_LOG", "error")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(server.stdout.take().context("no stdout")?).lines();
    let said: Value = serde_json::from_str(&lines.next_line().await?.context("the server ended")?)?;
    let address: SocketAddr = said["listening"].as_str().context("no address")?.parse()?;

    let quiet = good_client(address, QUIET_FOR).await?;
    eprintln!("alone: {quiet}");
    let (while_dribbled, dribbled) = tokio::join!(good_client(address, DRIBBLE_FOR), dribble(address));
    let (while_dribbled, (held, closed)) = (while_dribbled?, dribbled?);
    eprintln!("among {DRIBBLERS} dribblers: {while_dribbled}");
    let (while_guessed, logins) = tokio::join!(good_client(address, LOGINS_FOR), log_in(address));
    let (while_guessed, logins) = (while_guessed?, logins?);
    eprintln!("among {LOGINS_AT_ONCE} sign-ins at once: {while_guessed}");
    let guessing = guess(address).await?;
    server.kill().await?;
    common::report(
        "abuse",
        json!({
            "alone": quiet,
            "dribblers": { "good_client": while_dribbled, "sockets": DRIBBLERS, "open_at_the_end": held, "closed_meanwhile": closed },
            "sign_ins": { "good_client": while_guessed, "at_once": LOGINS_AT_ONCE, "answers": logins },
            "guessing": guessing,
        }),
    );
    Ok(())
}

/// One customer with a session, and [`GUESSES`] with a password.
async fn people(db: &BenchDatabase) -> anyhow::Result<()> {
    // As the API itself stores one.
    let stored = Passwords::new()?.hash("the right one".into()).await.map_err(|_| anyhow::anyhow!("no hash"))?;
    sqlx::query(
        "INSERT INTO users (id, email, hashed_password) SELECT gen_random_uuid(), 'user' || i || '@bench.test', $2 FROM generate_series(0, $1) AS i",
    )
    .bind(i64::from(GUESSES))
    .bind(stored)
    .execute(&db.pool)
    .await?;
    sqlx::query(
        "INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, expires_at) \
         SELECT gen_random_uuid(), id, $1, now() + interval '1 hour', 'bearer', now() + interval '1 day' FROM users WHERE email = 'user0@bench.test'",
    )
    .bind(Sha256::digest(TOKEN.as_bytes()).to_vec())
    .execute(&db.pool)
    .await?;
    Ok(())
}

/// [`ask`] on a thread of its own: what the others do on theirs must not be taken for the server's delay.
async fn good_client(server: SocketAddr, during: Duration) -> anyhow::Result<Value> {
    let (tell, told) = tokio::sync::oneshot::channel();
    // From the main thread, which is not behind the others: a thread begins as the one that made it.
    std::thread::spawn(move || {
        let asked = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let _ = tell.send(asked.map_err(Into::into).and_then(|runtime| runtime.block_on(ask(server, during))));
    });
    told.await.context("the good client broke")?
}

/// Asks who it is, a hundred times a second, every tenth time over a new connection.
async fn ask(server: SocketAddr, during: Duration) -> anyhow::Result<Value> {
    let url = format!("http://{server}/api/v1/auth/session");
    let (mut latencies, end) = (Latencies::new()?, Instant::now() + during);
    let mut http = Client::new();
    for n in 0_u32.. {
        if Instant::now() > end {
            break;
        }
        if n % 10 == 0 {
            http = Client::new();
        }
        let asked = Instant::now();
        let answer = http.get(&url).bearer_auth(TOKEN).timeout(Duration::from_secs(30)).send().await?;
        anyhow::ensure!(answer.status() == StatusCode::OK, "the good client was answered {}", answer.status());
        answer.bytes().await?;
        latencies.record(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(latencies.json())
}

/// Answers how many were open at the end, and how often one was closed and came again.
async fn dribble(server: SocketAddr) -> anyhow::Result<(u64, u64)> {
    let (open, closed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut sockets = JoinSet::new();
    for n in 0..DRIBBLERS {
        let (open, closed) = (Arc::clone(&open), Arc::clone(&closed));
        sockets.spawn(async move {
            // Not all in one moment.
            tokio::time::sleep(DRIBBLE_EVERY.mul_f64(f64::from(n) / f64::from(DRIBBLERS))).await;
            loop {
                let Ok(mut stream) = TcpSocket::new_v4()?.connect(server).await else { continue };
                stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nx-slow: ").await?;
                open.fetch_add(1, Ordering::Relaxed);
                // The end of the stream tells that it was closed.
                let (mut reader, mut writer) = stream.split();
                let dribbling = async {
                    while writer.write_all(b"a").await.is_ok() {
                        tokio::time::sleep(DRIBBLE_EVERY).await;
                    }
                };
                let ended = async { tokio::io::copy(&mut reader, &mut tokio::io::sink()).await };
                tokio::select! { () = dribbling => {}, _ = ended => {} }
                open.fetch_sub(1, Ordering::Relaxed);
                closed.fetch_add(1, Ordering::Relaxed);
            }
            #[expect(unreachable_code, reason = "says what the loop's errors are")]
            anyhow::Ok(())
        });
    }
    tokio::time::sleep(DRIBBLE_FOR).await;
    let held = open.load(Ordering::Relaxed);
    sockets.shutdown().await;
    Ok((held, closed.load(Ordering::Relaxed)))
}

/// Sign-ins without pause, each of another account; answers how many got which status.
async fn log_in(server: SocketAddr) -> anyhow::Result<Value> {
    let (end, mut guessers) = (Instant::now() + LOGINS_FOR, JoinSet::new());
    for n in 0..LOGINS_AT_ONCE {
        let guesser = from_address(from(n))?;
        guessers.spawn(async move {
            let mut statuses = vec![];
            for round in 0.. {
                if Instant::now() > end {
                    break;
                }
                let email = format!("nobody{n}-{round}@bench.test");
                statuses.push(sign_in(&guesser, server, &email).await?.0);
            }
            anyhow::Ok(statuses)
        });
    }
    let mut counts = std::collections::BTreeMap::<u16, u64>::new();
    while let Some(guesser) = guessers.join_next().await {
        for status in guesser?? {
            *counts.entry(status).or_default() += 1;
        }
    }
    Ok(json!(counts))
}

/// How long a wrong password takes of an account that exists and of one that does not, in turns; and how often a guesser who
/// goes by the longer of two would be right (half: nothing is learned).
async fn guess(server: SocketAddr) -> anyhow::Result<Value> {
    let (mut known, mut unknown, mut times) = (Latencies::new()?, Latencies::new()?, (vec![], vec![]));
    for n in 1..=GUESSES {
        let guesser = from_address(from(n))?;
        let (status, took) = sign_in(&guesser, server, &format!("user{n}@bench.test")).await?;
        anyhow::ensure!(status == 401, "an account that exists: {status}");
        known.record(took);
        times.0.push(took);
        let (status, took) = sign_in(&guesser, server, &format!("stranger{n}@bench.test")).await?;
        anyhow::ensure!(status == 401, "an account that does not: {status}");
        unknown.record(took);
        times.1.push(took);
    }
    let pairs = times.0.iter().flat_map(|one| times.1.iter().map(move |other| one > other)).collect::<Vec<_>>();
    let right = pairs.iter().filter(|longer| **longer).count() as f64 / pairs.len() as f64;
    Ok(json!({ "exists": known.json(), "does_not": unknown.json(), "longer_is_the_known_one": right }))
}

/// Guessers have machines of their own, here addresses; and a new connection for each guess.
fn from_address(from: IpAddr) -> anyhow::Result<Client> {
    // Reading the system's authorities for each of them would be a load of its own.
    Ok(Client::builder().local_address(from).tls_certs_only([]).pool_max_idle_per_host(0).build()?)
}

async fn sign_in(http: &Client, server: SocketAddr, email: &str) -> anyhow::Result<(u16, Duration)> {
    let url = format!("http://{server}/api/v1/auth/login");
    let asked = Instant::now();
    let body = json!({ "email": email, "password": "not the right one" });
    let answer = http.post(url).json(&body).timeout(Duration::from_secs(30)).send().await?;
    let status = answer.status().as_u16();
    answer.bytes().await?;
    Ok((status, asked.elapsed()))
}

fn from(n: u32) -> IpAddr {
    let [_, b, c, d] = n.to_be_bytes();
    Ipv4Addr::new(127, 1 + b % 250, c, 1 + d % 250).into()
}
