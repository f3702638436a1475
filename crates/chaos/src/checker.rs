//! The invariants, asked in one statement and so of one snapshot, again and again while everything breaks.

use crate::stage::Stage;
use anyhow::Result;
use sqlx::PgPool;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle};

/// The same file that the engine's tests use.
const INVARIANTS: &str = include_str!("../../store/tests/postgres/invariants.sql");
/// Ours that sit in a transaction and do nothing. Looked at beside the invariants: it is about connections, not rows.
const IDLE: &str = "SELECT format('%s has been idle in a transaction for %s', application_name, now() - state_change) \
    FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND now() - state_change > interval '5.5 s' \
    AND (application_name LIKE 'api-%' OR application_name LIKE 'worker-%')";
const EVERY: Duration = Duration::from_millis(250);
/// The checker may take this share of one core from what it watches.
const SHARE: u32 = 4;

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Snapshots that were answered.
    pub snapshots: u64,
    /// Rows that break an invariant.
    pub broken: Vec<String>,
    /// Transactions that nobody goes on with.
    pub idle: Vec<String>,
}

/// A checker at work.
pub struct Checker {
    stop: watch::Sender<bool>,
    task: JoinHandle<Seen>,
}

impl Checker {
    /// Begins.
    pub fn begin(stage: &Arc<Stage>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let pool = stage.watcher.clone();
        Self { stop, task: tokio::spawn(watch_over(pool, stopped)) }
    }

    /// Ends, and answers what was seen.
    pub async fn end(self) -> Result<Seen> {
        let _ = self.stop.send(true);
        Ok(self.task.await?)
    }
}

async fn watch_over(pool: PgPool, mut stopped: watch::Receiver<bool>) -> Seen {
    let mut seen = Seen::default();
    while !*stopped.borrow() {
        let begun = Instant::now();
        // While the database is away there is nothing to see.
        if let (Ok(broken), Ok(idle)) = (look(&pool).await, ask(&pool, IDLE).await) {
            seen.snapshots += 1;
            keep(&mut seen.broken, broken);
            keep(&mut seen.idle, idle);
        }
        let rest = EVERY.saturating_sub(begun.elapsed()).max(begun.elapsed() * (SHARE - 1));
        tokio::select! {
            () = tokio::time::sleep(rest.min(Duration::from_secs(5))) => {}
            _ = stopped.changed() => {}
        }
    }
    seen
}

fn keep(known: &mut Vec<String>, new: Vec<String>) {
    for line in new {
        if known.len() < 100 && !known.contains(&line) {
            known.push(line);
        }
    }
}

/// Asks once.
pub async fn look(pool: &PgPool) -> sqlx::Result<Vec<String>> {
    ask(pool, INVARIANTS).await
}

async fn ask(pool: &PgPool, sql: &'static str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(sql).fetch_all(pool).await
}
