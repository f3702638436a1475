//! How throughput grows with the number of worker processes, and what bounds it: PostgreSQL's own statistics and the time
//! that the processors were busy, beside the figure.

use crate::{InstantEnable, JOBS, common::BenchDatabase, enqueue_domain, enqueue_noop, left};
use repruv_server::worker::{EngineSettings, Handlers, Noop, Worker};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::Read,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

/// A process of this program that is told so is a worker and nothing else.
const WORKER_OF: &str = "BENCH_WORKER_OF";
const CONCURRENCY: &str = "BENCH_WORKER_CONCURRENCY";
const NUMBERS: [usize; 4] = [1, 2, 4, 6];
/// No-ops go so quickly that ten thousand of them say little about six processes.
const NOOPS: i64 = 3 * JOBS;
const LOOK_EVERY: Duration = Duration::from_millis(20);

const WAITS: &str = "SELECT coalesce(wait_event_type || ':' || wait_event, 'running') FROM pg_stat_activity \
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'";
const COUNTERS: &str = "SELECT to_jsonb(w) || jsonb_build_object('commits', (SELECT xact_commit FROM pg_stat_database \
    WHERE datname = current_database())) FROM pg_stat_wal w";

/// Whether this process is one of the workers; then it works until its input ends.
pub async fn work_if_asked() -> anyhow::Result<bool> {
    let Ok(url) = std::env::var(WORKER_OF) else { return Ok(false) };
    let concurrency: u32 = std::env::var(CONCURRENCY)?.parse()?;
    let engine = EngineSettings { concurrency, connections: 12, ..EngineSettings::default() };
    let worker = Worker::start(&url, Handlers::default().with(Noop).with(InstantEnable), engine)?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut vec![])).await??;
    worker.stop(std::future::pending()).await;
    Ok(true)
}

/// The figures by number of processes.
pub async fn measure(db: &BenchDatabase) -> anyhow::Result<Value> {
    sqlx::query("ALTER SYSTEM SET track_wal_io_timing = on").execute(&db.pool).await?;
    sqlx::query("SELECT pg_reload_conf()").execute(&db.pool).await?;
    let mut figures = vec![];
    for number in NUMBERS {
        db.settle().await?;
        let noop = drained(db, number, 500, false).await?;
        db.settle().await?;
        let domain = drained(db, number, 64, true).await?;
        eprintln!("{number} processes: no-ops {}, domain commits {}", noop["jobs_per_s"], domain["jobs_per_s"]);
        figures.push(json!({ "processes": number, "noop_batched": noop, "domain_commit": domain }));
    }
    Ok(figures.into())
}

async fn drained(db: &BenchDatabase, number: usize, concurrency: u32, domain: bool) -> anyhow::Result<Value> {
    let mut workers: Vec<Child> = (0..number).map(|_| spawn(db, concurrency)).collect::<anyhow::Result<_>>()?;
    let up = "SELECT count(*) FROM worker_sessions WHERE stopped_at IS NULL AND last_seen_at > now() - interval '10 s'";
    while sqlx::query_scalar::<_, i64>(up).fetch_one(&db.pool).await? < i64::try_from(number)? {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await; // let the listeners settle: nothing to await on
    let jobs = if domain { JOBS } else { NOOPS };
    let mut tx = db.pool.begin().await?;
    if domain {
        enqueue_domain(&mut tx, jobs).await?
    } else {
        enqueue_noop(&mut tx, jobs).await?
    }
    sqlx::query("SELECT pg_notify('repruv_jobs', '')").execute(&mut *tx).await?;
    let made = Counters::read(db, &workers).await?;
    let started = Instant::now();
    tx.commit().await?;
    let mut waits: BTreeMap<String, u32> = BTreeMap::new();
    while left(db).await? {
        let seen: Vec<String> = sqlx::query_scalar(WAITS).fetch_all(&db.pool).await?;
        seen.into_iter().for_each(|wait| *waits.entry(wait).or_default() += 1);
        anyhow::ensure!(started.elapsed() < Duration::from_secs(300), "not drained in five minutes");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let took = started.elapsed().as_secs_f64();
    let after = Counters::read(db, &workers).await?;
    for worker in &mut workers {
        if let Some(mut input) = worker.stdin.take() {
            input.shutdown().await?;
        }
    }
    for mut worker in workers {
        worker.wait().await?;
    }
    Ok(made.until(&after, took, jobs, &waits))
}

fn spawn(db: &BenchDatabase, concurrency: u32) -> anyhow::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env(WORKER_OF, &db.url).env(CONCURRENCY, concurrency.to_string());
    Ok(command.stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true).spawn()?)
}

/// What has been done since the machine and the server began.
struct Counters {
    wal: Value,
    /// Of all processors: busy, and in all, in ticks.
    busy: f64,
    all: f64,
    /// Of the workers, in ticks.
    workers: f64,
}

impl Counters {
    async fn read(db: &BenchDatabase, workers: &[Child]) -> anyhow::Result<Self> {
        let wal = sqlx::query_scalar(COUNTERS).fetch_one(&db.pool).await?;
        let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let ticks: Vec<f64> =
            stat.lines().next().unwrap_or_default().split_whitespace().skip(1).filter_map(|n| n.parse().ok()).collect();
        let all: f64 = ticks.iter().take(8).sum();
        // idle and iowait
        let idle: f64 = ticks.iter().skip(3).take(2).sum();
        let workers = workers.iter().filter_map(Child::id).map(ticks_of).sum();
        Ok(Self { wal, busy: all - idle, all, workers })
    }

    fn until(&self, after: &Self, took_s: f64, jobs: i64, waits: &BTreeMap<String, u32>) -> Value {
        let wal = |name: &str| {
            let read = |of: &Self| of.wal[name].as_f64();
            read(after).zip(read(self)).map(|(after, before)| after - before)
        };
        let looks: u32 = waits.values().sum();
        let share = |n: u32| (f64::from(n) / f64::from(looks.max(1)) * 1_000.0).round() / 10.0;
        let mut often: Vec<_> = waits.iter().map(|(wait, n)| (wait, *n)).collect();
        often.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let often: Vec<_> = often.into_iter().take(6).map(|(wait, n)| format!("{wait} {} %", share(n))).collect();
        let ticks = (after.all - self.all).max(1.0);
        json!({
            "jobs_per_s": (jobs as f64 / took_s).round(),
            "cpu_busy_percent": ((after.busy - self.busy) / ticks * 100.0).round(),
            "cpu_of_workers_percent": ((after.workers - self.workers) / ticks * 100.0).round(),
            "commits_per_s": wal("commits").map(|n| (n / took_s).round()),
            "wal_bytes_per_job": wal("wal_bytes").map(|n| (n / jobs as f64).round()),
            "wal_syncs_per_s": wal("wal_sync").map(|n| (n / took_s).round()),
            "wal_sync_ms_per_s": wal("wal_sync_time").map(|ms| (ms / took_s).round()),
            "backends_active": often,
        })
    }
}

/// User and system time of a process; none where there is no /proc.
fn ticks_of(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold blanks; the times are the 12th and 13th after it.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum()
}
