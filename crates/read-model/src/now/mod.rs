//! The first screen: how the service is doing. What needs a person is the standing list of `triage`.

mod ended;
mod failures;

pub(crate) use ended::Levels;

use crate::{ReadError, ReadModel, history::History, jobs::job_counts, section::database_time, workers::workers};
use contract::now::{NowView, ServiceLevels};
use sqlx::PgConnection;

impl ReadModel {
    /// The first screen, from one snapshot of the database.
    ///
    /// # Errors
    /// As every read.
    pub async fn now(&self) -> Result<NowView, ReadError> {
        let history = self.history.clone();
        self.snapshot(move |connection| Box::pin(async move { view(connection, &history).await })).await
    }
}

async fn view(connection: &mut PgConnection, history: &History) -> Result<NowView, ReadError> {
    let as_of = database_time(connection).await?;
    let counts = job_counts(connection).await?;
    let workers = workers(connection).await?;
    let ended = ended::ended(connection, history, as_of).await?;
    let oldest = oldest_waiting_s(connection).await?;
    let alive = workers.iter().filter(|worker| worker.alive).count();
    Ok(NowView {
        levels: ServiceLevels {
            success_rate: ended.success_rate(),
            finished: ended.finished(),
            completion_p50_s: ended.durations.percentile(0.5),
            completion_p95_s: ended.durations.percentile(0.95),
            oldest_waiting_s: oldest,
            workers_alive: u32::try_from(alive).unwrap_or(u32::MAX),
        },
        counts,
        minutes: ended.minutes,
        failures: failures::failures(connection).await?,
        workers,
        as_of,
    })
}

/// How long the oldest due job has waited, by the index on waiting jobs.
async fn oldest_waiting_s(connection: &mut PgConnection) -> Result<Option<f64>, ReadError> {
    let sql = "SELECT extract(epoch FROM now() - min(run_at))::float8 FROM ops.jobs WHERE status = 'pending' AND run_at <= now()";
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}
