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
/// How the file begins, after its comment.
const BEGIN: &str = "WITH live AS (";
/// The same questions about the jobs that live and those whose history has grown since the last look; `$1` is the newest
/// line of history then. Lines become visible out of order, so a good many before it are looked at again.
const LATELY: &str = "WITH lately AS MATERIALIZED (
  SELECT id FROM public.background_jobs WHERE status IN ('pending', 'running')
  UNION SELECT job_id FROM public.job_events WHERE id > $1 - 2000
), background_jobs AS MATERIALIZED (
  SELECT j.* FROM lately JOIN public.background_jobs j USING (id)
), job_events AS MATERIALIZED (
  SELECT e.* FROM lately JOIN public.job_events e ON e.job_id = lately.id
), live AS (";
const NEWEST: &str = "SELECT coalesce(max(id), 0) FROM job_events";
/// Ours that sit in a transaction and do nothing. Looked at beside the invariants: it is about connections, not rows.
const IDLE: &str = "SELECT format('%s has been idle in a transaction for %s', application_name, now() - state_change) \
    FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND now() - state_change > interval '5.5 s' \
    AND (application_name LIKE 'api-%' OR application_name LIKE 'worker-%')";
const EVERY: Duration = Duration::from_millis(60);
/// Everything there is, however old, is asked about this often, and as a rule at the end.
const ALL_EVERY: Duration = Duration::from_secs(5);
/// A look at everything reads the whole history; it may take this share of the time.
const ALL_SHARE: u32 = 10;

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Snapshots that were answered.
    pub snapshots: u64,
    /// Those among them of everything; the others are of what lives or has changed.
    pub whole: u64,
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
    let (mut all_at, mut newest) = (Instant::now(), 0);
    while !*stopped.borrow() {
        let begun = Instant::now();
        let all = begun >= all_at;
        // While the database is away there is nothing to see.
        if let Ok((broken, idle, until)) = snapshot(&pool, (!all).then_some(newest)).await {
            newest = until;
            seen.snapshots += 1;
            seen.whole += u64::from(all);
            keep(&mut seen.broken, broken);
            keep(&mut seen.idle, idle);
        }
        let took = begun.elapsed();
        if all {
            all_at = begun + ALL_EVERY.max(took * ALL_SHARE);
        }
        tokio::select! {
            // At least as long a rest as the look took: the machine is there for what is watched.
            () = tokio::time::sleep(EVERY.saturating_sub(took).max(took).min(Duration::from_secs(5))) => {}
            _ = stopped.changed() => {}
        }
    }
    seen
}

/// What is broken, what is idle, and the newest line of history before it was asked.
async fn snapshot(pool: &PgPool, since: Option<i64>) -> sqlx::Result<(Vec<String>, Vec<String>, i64)> {
    let newest: i64 = sqlx::query_scalar(NEWEST).fetch_one(pool).await?;
    let broken = match since {
        None => look(pool).await?,
        Some(since) => sqlx::query_scalar(sqlx::AssertSqlSafe(lately())).bind(since).fetch_all(pool).await?,
    };
    Ok((broken, ask(pool, IDLE).await?, newest))
}

fn lately() -> String {
    INVARIANTS.replacen(BEGIN, LATELY, 1)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_question_is_the_long_one_about_fewer_rows() {
        assert_eq!(INVARIANTS.matches(BEGIN).count(), 1);
        let (asked, all) = (lately(), INVARIANTS.split_once(BEGIN).unwrap().1);
        assert!(asked.contains(LATELY) && asked.ends_with(all));
        // A table by its whole name would be read through.
        assert!(!all.contains("public."));
    }
}
