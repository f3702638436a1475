//! Triage: a job and its user looked at together, with the verdict of the rules; and the standing list of what disagrees.
//!
//! The facts are read here, the verdict is the rules crate's: [`diagnose`] decides on what is read, in the window as in the
//! server.

mod candidates;
mod case;
mod outcome;
mod standing;
mod surroundings;

pub use standing::Standing;
#[cfg(feature = "fuzzing")]
pub(crate) use standing::same_place;

use crate::{ReadError, ReadModel, history::History, section::database_time};
use candidates::LISTED_MAX;
use case::{Case, Pair};
use contract::{
    state_machine::triage::{CaseFacts, diagnose},
    triage::{CaseView, ContradictionPage},
};
use sqlx::PgConnection;
use surroundings::Surroundings;
use uuid::Uuid;

/// The live job of a user, which holds the key of demo mode; or else the one that demo mode names.
const JOB_OF_USER: &str = "SELECT coalesce((SELECT id FROM ops.jobs WHERE dedupe_key = 'demo:' || $1::uuid::text \
    AND status IN ('pending', 'running')), u.demo_mode_job_id) FROM ops.users u WHERE u.id = $1";
const USER_OF_JOB: &str = "SELECT user_id FROM ops.jobs WHERE id = $1";

/// The same for many, in the order of nothing in particular.
const JOBS_OF_USERS: &str = "SELECT u.id AS user_id, coalesce(j.id, u.demo_mode_job_id) AS job_id \
  FROM unnest($1::uuid[]) AS changed (id) JOIN ops.users u ON u.id = changed.id \
  LEFT JOIN ops.jobs j ON j.dedupe_key = 'demo:' || u.id::text AND j.status IN ('pending', 'running')";
/// Jobs that are looked at by themselves, because no user's demo mode waits for them.
const JOBS_ALONE: &str = "SELECT j.user_id, j.id AS job_id FROM ops.jobs j WHERE j.id = ANY($1) \
    AND (j.user_id IS NULL OR j.job_type NOT IN ('demo_enable', 'demo_disable'))";
/// Any jobs, each with its user.
const USERS_OF_JOBS: &str = "SELECT user_id, id AS job_id FROM ops.jobs WHERE id = ANY($1)";

/// Cases of one statement, where many are asked for.
const CASES_AT_ONCE: usize = 1_000;

impl ReadModel {
    /// A user and the job that demo mode waits for, with the verdict. From one snapshot.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; otherwise as every read.
    pub async fn user_case(&self, id: Uuid) -> Result<CaseView, ReadError> {
        Ok(self.user_case_facts(id).await?.1)
    }

    /// The same, with the facts that the verdict rests on: for whoever plans a fix by them.
    ///
    /// # Errors
    /// As [`ReadModel::user_case`].
    pub async fn user_case_facts(&self, id: Uuid) -> Result<(CaseFacts, CaseView), ReadError> {
        let history = self.history.clone();
        self.snapshot(move |connection| {
            Box::pin(async move {
                let job: Option<Option<Uuid>> =
                    sqlx::query_scalar(JOB_OF_USER).bind(id).fetch_optional(&mut *connection).await?;
                let job_id = job.ok_or(ReadError::NotFound { what: "user" })?;
                view(connection, &history, Pair { user_id: Some(id), job_id }).await
            })
        })
        .await
    }

    /// A job and its user, with the verdict. From one snapshot.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; otherwise as every read.
    pub async fn job_case(&self, id: Uuid) -> Result<CaseView, ReadError> {
        Ok(self.job_case_facts(id).await?.1)
    }

    /// The same, with the facts that the verdict rests on: for whoever plans a fix by them.
    ///
    /// # Errors
    /// As [`ReadModel::job_case`].
    pub async fn job_case_facts(&self, id: Uuid) -> Result<(CaseFacts, CaseView), ReadError> {
        let history = self.history.clone();
        self.snapshot(move |connection| {
            Box::pin(async move {
                let user: Option<Option<Uuid>> =
                    sqlx::query_scalar(USER_OF_JOB).bind(id).fetch_optional(&mut *connection).await?;
                let user_id = user.ok_or(ReadError::NotFound { what: "job" })?;
                view(connection, &history, Pair { user_id, job_id: Some(id) }).await
            })
        })
        .await
    }

    /// Everything that disagrees or is overdue, counted up to a cap.
    ///
    /// # Errors
    /// As every read.
    pub async fn standing(&self) -> Result<Standing, ReadError> {
        let history = self.history.clone();
        self.snapshot(move |connection| Box::pin(async move { standing(connection, &history, LISTED_MAX).await })).await
    }

    /// One page of [`ReadModel::standing`], worst first. `limit` is cut to 1 to 500.
    ///
    /// # Errors
    /// [`ReadError::BadCursor`]; otherwise as every read.
    pub async fn contradictions(&self, cursor: Option<&str>, limit: u32) -> Result<ContradictionPage, ReadError> {
        self.standing().await?.page_from(cursor, limit)
    }

    /// Brings `standing` up to date with what the feed told: looks at the changed jobs and users anew, and at nothing else.
    ///
    /// # Errors
    /// As every read; `standing` is as it was.
    pub async fn restand(&self, standing: &mut Standing, jobs: &[Uuid], users: &[Uuid]) -> Result<(), ReadError> {
        let history = self.history.clone();
        let (job_ids, user_ids) = (jobs.to_vec(), users.to_vec());
        let (cases, as_of) = self
            .snapshot(move |connection| {
                Box::pin(async move {
                    let as_of = database_time(connection).await?;
                    let around = Surroundings::read(connection).await?;
                    let mut pairs: Vec<Pair> =
                        sqlx::query_as(JOBS_OF_USERS).bind(&user_ids).fetch_all(&mut *connection).await?;
                    let alone: Vec<Pair> =
                        sqlx::query_as(JOBS_ALONE).bind(&job_ids).fetch_all(&mut *connection).await?;
                    pairs.extend(alone);
                    Ok((case::read(connection, &history, &around, &pairs).await?, as_of))
                })
            })
            .await?;
        standing.replace(jobs, users, cases, as_of);
        Ok(())
    }
}

/// The cases of users and jobs, under the id that named each, within a snapshot of the caller; in no order. What is not there
/// is left out. Each is what [`ReadModel::user_case`] or [`ReadModel::job_case`] tells of it.
pub(crate) async fn cases(
    connection: &mut PgConnection,
    history: &History,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Case)>, ReadError> {
    let around = Surroundings::read(connection).await?;
    let mut named = Vec::with_capacity(ids.len());
    for ids in ids.chunks(CASES_AT_ONCE) {
        let users: Vec<Pair> = sqlx::query_as(JOBS_OF_USERS).bind(ids).fetch_all(&mut *connection).await?;
        let jobs: Vec<Pair> = sqlx::query_as(USERS_OF_JOBS).bind(ids).fetch_all(&mut *connection).await?;
        let of_users = case::read(connection, history, &around, &users).await?;
        named.extend(of_users.into_iter().filter_map(|case| Some((case.user_id?, case))));
        let of_jobs = case::read(connection, history, &around, &jobs).await?;
        named.extend(of_jobs.into_iter().filter_map(|case| Some((case.job_id?, case))));
    }
    Ok(named)
}

/// The list, within a snapshot of the caller. `found_max`: of each look for candidates.
pub(crate) async fn standing(
    connection: &mut PgConnection,
    history: &History,
    found_max: i64,
) -> Result<Standing, ReadError> {
    let as_of = database_time(connection).await?;
    let around = Surroundings::read(connection).await?;
    let (pairs, or_more) = candidates::pairs(connection, &around, found_max).await?;
    let cases = case::read(connection, history, &around, &pairs).await?;
    Ok(Standing::of(cases, or_more, as_of))
}

async fn view(
    connection: &mut PgConnection,
    history: &History,
    pair: Pair,
) -> Result<(CaseFacts, CaseView), ReadError> {
    let as_of = database_time(connection).await?;
    let around = Surroundings::read(connection).await?;
    let outcome = outcome::last(connection, pair).await?;
    let mut cases = case::read(connection, history, &around, &[pair]).await?;
    let mut case = cases.pop().ok_or(ReadError::NotFound { what: "case" })?;
    case.count_ahead(connection).await?;
    let facts = case.facts.clone();
    let verdict = diagnose(&case.facts);
    let Case { user_id, user_email, user_version, job_id, job_version, .. } = case;
    let job = case.facts.job;
    let view = CaseView {
        user_id,
        user_email,
        user_version,
        demo_mode: case.facts.user.map(|user| user.demo.status),
        job_id,
        job_type: job.as_ref().map(|job| job.type_word.clone()),
        job_status: job.as_ref().map(|job| job.status),
        job_version,
        queue: job.is_some().then(|| case.facts.queue.name.clone()),
        queue_version: around.queue_version(&case.facts.queue.name),
        verdict,
        outcome,
        as_of,
    };
    Ok((facts, view))
}
