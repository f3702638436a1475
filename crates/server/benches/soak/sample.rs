//! How it stands, every ten seconds.

use anyhow::Context;
use repruv_server::telemetry;
use serde::Serialize;
use sqlx::PgPool;
use std::{sync::Mutex, time::Instant};

const MIB: f64 = 1024.0 * 1024.0;

/// One look. Latencies are of what was done since the last one.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Since the start.
    pub at_s: f64,
    /// Claims that found something.
    pub claims: u64,
    /// Of such a claim, on average.
    pub claim_ms: Option<f64>,
    /// Of the end of a batch, on average.
    pub finish_ms: Option<f64>,
    /// Jobs claimed since the start.
    pub jobs: u64,
    /// Pending and due.
    pub waiting: i64,
    /// Dead rows of `background_jobs` and of `job_events`, as the statistics know them.
    pub dead_jobs: i64,
    /// The same of the history.
    pub dead_events: i64,
    /// Size of the table, without its indexes.
    pub table_mib: f64,
    /// Size of its indexes together.
    pub indexes_mib: f64,
    /// Size of the index that claims go by.
    pub ready_index_mib: f64,
    /// The reader holds a snapshot; so many transactions have begun since it took it.
    pub horizon_age: Option<i32>,
    /// How often the table was cleaned up so far.
    pub vacuums: i64,
}

impl Sample {
    pub fn line(&self) -> String {
        let ms = |value: Option<f64>| value.map_or("-".into(), |ms| format!("{ms:.2}"));
        format!(
            "{:>5.0} s  claim {} ms  finish {} ms  {} jobs  {} waiting  {} + {} dead rows  table {:.0} MiB  indexes {:.0} MiB (ready {:.1})  {}",
            self.at_s,
            ms(self.claim_ms),
            ms(self.finish_ms),
            self.jobs,
            self.waiting,
            self.dead_jobs,
            self.dead_events,
            self.table_mib,
            self.indexes_mib,
            self.ready_index_mib,
            self.horizon_age.map_or("horizon free".into(), |age| format!("horizon pinned for {age} transactions")),
        )
    }
}

/// Seconds and how often, as a histogram adds them up.
#[derive(Clone, Copy, Default)]
struct Sum {
    seconds: f64,
    count: f64,
}

impl Sum {
    fn read(text: &str, name: &str, labels: &str) -> Self {
        Self {
            seconds: value(text, &format!("{name}_sum{labels}")),
            count: value(text, &format!("{name}_count{labels}")),
        }
    }

    fn mean_ms_since(self, before: Self) -> Option<f64> {
        let count = self.count - before.count;
        (count > 0.0).then(|| (self.seconds - before.seconds) / count * 1_000.0)
    }
}

/// The series of the worker in this process.
fn value(text: &str, series: &str) -> f64 {
    let found = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    found.and_then(|value| value.parse().ok()).unwrap_or(0.0)
}

pub struct Sampler {
    pool: PgPool,
    reader: &'static str,
    before: Mutex<(Sum, Sum)>,
}

type Row = (i64, i64, i64, i64, i64, i64, i64, Option<i32>);

impl Sampler {
    pub fn new(pool: PgPool, reader: &'static str) -> Self {
        Self { pool, reader, before: Mutex::default() }
    }

    pub async fn take(&self, started: Instant) -> anyhow::Result<Sample> {
        let text = telemetry::metrics_handle().render();
        let claim = Sum::read(&text, "repruv_claim_seconds", "");
        let finish = Sum::read(&text, "repruv_finish_seconds", "{how=\"batch\"}");
        let (claim_before, finish_before) = {
            let mut before = self.before.lock().map_err(|_| anyhow::anyhow!("poisoned"))?;
            std::mem::replace(&mut *before, (claim, finish))
        };
        let dead = |table: &str| format!("(SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = '{table}')");
        let sql = format!(
            "SELECT (SELECT count(*) FROM background_jobs WHERE status = 'pending' AND run_at <= now()), {}, {}, \
             pg_relation_size('background_jobs'), pg_indexes_size('background_jobs'), pg_relation_size('background_jobs_ready'), \
             (SELECT autovacuum_count + vacuum_count FROM pg_stat_user_tables WHERE relname = 'background_jobs'), \
             (SELECT age(backend_xmin) FROM pg_stat_activity WHERE usename = $1 AND state = 'idle in transaction')",
            dead("background_jobs"),
            dead("job_events"),
        );
        let asked = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(self.reader).fetch_one(&self.pool).await;
        let (waiting, dead_jobs, dead_events, table, indexes, ready, vacuums, horizon_age): Row =
            asked.context("a sample")?;
        Ok(Sample {
            at_s: started.elapsed().as_secs_f64(),
            claims: (claim.count - claim_before.count) as u64,
            claim_ms: claim.mean_ms_since(claim_before),
            finish_ms: finish.mean_ms_since(finish_before),
            jobs: value(&text, "repruv_jobs_claimed_total") as u64,
            waiting,
            dead_jobs,
            dead_events,
            table_mib: table as f64 / MIB,
            indexes_mib: indexes as f64 / MIB,
            ready_index_mib: ready as f64 / MIB,
            horizon_age,
            vacuums,
        })
    }
}
