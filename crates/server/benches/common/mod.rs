//! What the benches share: a fresh database on the server of `BENCH_DATABASE_URL`, and figures as JSON.
//!
//! The server must be durable (fsync on): `cargo xtask bench` starts one.

use anyhow::Context;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use std::{str::FromStr, time::Duration};

/// A database that is dropped by the next bench of the same name.
pub struct BenchDatabase {
    pub url: String,
    pub pool: PgPool,
}

impl BenchDatabase {
    /// Makes and migrates `repruv_bench_<name>`.
    pub async fn fresh(name: &str) -> anyhow::Result<Self> {
        let server = std::env::var("BENCH_DATABASE_URL")
            .context("BENCH_DATABASE_URL is missing: run this through `cargo xtask bench`")?;
        let options = sqlx::postgres::PgConnectOptions::from_str(&server)?;
        let database = format!("repruv_bench_{name}");
        let mut admin = PgConnection::connect_with(&options).await?;
        let fsync: String = sqlx::query_scalar("SHOW fsync").fetch_one(&mut admin).await?;
        anyhow::ensure!(fsync == "on", "the bench's PostgreSQL runs with fsync={fsync}: figures would flatter");
        admin.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))).await?;
        admin.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {database}"))).await?;
        let (base, query) =
            server.split_once('?').map_or((server.as_str(), String::new()), |(b, q)| (b, format!("?{q}")));
        let cut = base.rfind('/').filter(|&at| at > base.find("//").map_or(0, |s| s + 1)).unwrap_or(base.len());
        let url = format!("{}/{database}{query}", &base[..cut]);
        let pool = PgPool::connect(&url).await?;
        store::migrate::run(&pool).await?;
        // Ids as the application makes them (UUIDv7): the first 48 bits are the milliseconds since 1970. Random ids
        // scatter over the index, and every page that they touch is written whole after a checkpoint.
        pool.execute(
            "CREATE FUNCTION bench_v7(at timestamptz) RETURNS uuid LANGUAGE sql AS $f$ \
             SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid $f$",
        )
        .await?;
        Ok(Self { url, pool })
    }

    /// Statistics and visibility as a database that has been running has them, and no dirty pages left to be written.
    pub async fn settle(&self) -> anyhow::Result<()> {
        for table in ["background_jobs", "job_events", "users", "user_sessions"] {
            self.pool.execute(sqlx::AssertSqlSafe(format!("VACUUM ANALYZE {table}"))).await?;
        }
        self.pool.execute("CHECKPOINT").await?;
        Ok(())
    }
}

/// Latencies, in milliseconds.
pub struct Latencies(hdrhistogram::Histogram<u64>);

impl Latencies {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(hdrhistogram::Histogram::new_with_max(600_000_000, 3)?))
    }

    pub fn record(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// The latency, ms, within which this share (0 to 1) of them was.
    pub fn ms(&self, share: f64) -> f64 {
        (self.0.value_at_quantile(share) as f64) / 1_000.0
    }

    pub fn json(&self) -> serde_json::Value {
        let ms = |q: f64| self.ms(q);
        serde_json::json!({ "n": self.0.len(), "p50_ms": ms(0.5), "p95_ms": ms(0.95), "p99_ms": ms(0.99), "max_ms": ms(1.0) })
    }
}

/// Prints the figures as one JSON document on stdout.
pub fn report(name: &str, figures: serde_json::Value) {
    println!("{}", serde_json::json!({ "bench": name, "figures": figures }));
}
