//! A filter, checked and understood.

use crate::{
    ReadError,
    page::{Key, WINDOW_ROWS, WINDOW_ROWS_JOINED},
    text,
    users::find,
};
use contract::jobs::JobFilter;
use contract::state_machine::JobStatus;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

const JOB_TYPES_MAX: usize = 50;

/// Whose jobs.
pub(crate) enum Whose {
    /// Everybody's.
    Anyone,
    /// These users', who are few.
    Of(Vec<Uuid>),
    /// Those of the many users whom this pattern finds.
    Matching(String),
}

/// What a page must show.
pub(crate) struct Wanted {
    pub(super) statuses: Vec<JobStatus>,
    job_types: Vec<String>,
    pub(crate) whose: Whose,
    ids: Option<(Uuid, Uuid)>,
    worker_id: Option<Uuid>,
    error: Option<String>,
}

impl Wanted {
    /// Checks `filter` and looks its user up. `None`: nothing can be let through.
    pub(super) async fn of(connection: &mut PgConnection, filter: &JobFilter) -> Result<Option<Self>, ReadError> {
        let Some((mut wanted, user)) = Self::checked(filter)? else { return Ok(None) };
        if let Some(user) = user {
            wanted.whose = match find::few(connection, user).await? {
                Some(users) if users.is_empty() => return Ok(None),
                Some(users) => Whose::Of(users),
                None => Whose::Matching(text::contains(user)),
            };
        }
        Ok(Some(wanted))
    }

    /// Checks `filter`: everybody's jobs, and the user who is still to be looked up. `None`: nothing can be let through.
    pub(crate) fn checked(filter: &JobFilter) -> Result<Option<(Self, Option<&str>)>, ReadError> {
        if filter.job_types.len() > JOB_TYPES_MAX {
            let message = format!("at most {JOB_TYPES_MAX} types");
            return Err(ReadError::BadFilter { field: "job_types", message });
        }
        for job_type in &filter.job_types {
            text::clean("job_types", Some(job_type))?;
        }
        let ids = match text::clean("id", filter.id.as_deref())? {
            None => None,
            Some(id) => Some(text::id_range(id).ok_or_else(|| ReadError::BadFilter {
                field: "id",
                message: "the first 4 to 32 hexadecimal digits of an id".into(),
            })?),
        };
        let mut statuses = filter.statuses.clone();
        statuses.sort_unstable();
        statuses.dedup();
        if filter.worker_id.is_some() {
            // Only a running job is held by a worker.
            statuses.retain(|status| *status == JobStatus::Running);
            if statuses.is_empty() && !filter.statuses.is_empty() {
                return Ok(None);
            }
            statuses = vec![JobStatus::Running];
        }
        let user = text::clean("user", filter.user.as_deref())?;
        let wanted = Self {
            statuses,
            job_types: filter.job_types.clone(),
            whose: Whose::Anyone,
            ids,
            worker_id: filter.worker_id,
            error: text::clean("error", filter.error.as_deref())?.map(text::contains),
        };
        Ok(Some((wanted, user)))
    }

    /// Lets everything through: no window is needed.
    pub(super) fn is_all(&self) -> bool {
        self.statuses.is_empty()
            && self.job_types.is_empty()
            && self.worker_id.is_none()
            && self.error.is_none()
            && !matches!(self.whose, Whose::Matching(_))
    }

    /// Every wanted status is one of `set`.
    pub(super) fn only(&self, set: &[JobStatus]) -> bool {
        !self.statuses.is_empty() && self.statuses.iter().all(|status| set.contains(status))
    }

    /// How many rows one page may look at.
    pub(super) const fn window(&self) -> i64 {
        match self.whose {
            Whose::Matching(_) => WINDOW_ROWS_JOINED,
            _ => WINDOW_ROWS,
        }
    }

    /// What the primary key can answer: where the page begins, and the id's first digits.
    pub(super) fn push_range(&self, query: &mut QueryBuilder<Postgres>, after: Option<Key>) {
        if let Some(key) = after {
            query.push(" AND j.id < ").push_bind(key.id);
        }
        if let Some((low, high)) = self.ids {
            query.push(" AND j.id BETWEEN ").push_bind(low).push(" AND ").push_bind(high);
        }
    }

    /// What each row has to be looked at for.
    pub(super) fn push_conditions(&self, query: &mut QueryBuilder<Postgres>) {
        if !self.statuses.is_empty() {
            query.push(" AND j.status IN (").push(words(&self.statuses)).push(")");
        }
        if !self.job_types.is_empty() {
            query.push(" AND j.job_type = ANY(").push_bind(self.job_types.clone()).push(")");
        }
        if let Some(worker_id) = self.worker_id {
            query.push(" AND j.locked_by = ").push_bind(worker_id);
        }
        if let Some(pattern) = &self.error {
            query.push(" AND j.error_message ILIKE ").push_bind(pattern.clone());
        }
        if let Whose::Matching(pattern) = &self.whose {
            // As a sub-select for each row: as a join the planner may read all users for it.
            query
                .push(" AND (SELECT (f.email || ' ' || coalesce(f.full_name, '')) ILIKE ")
                .push_bind(pattern.clone())
                .push(" FROM ops.users f WHERE f.id = j.user_id)");
        }
    }
}

/// As literals, because a partial index is only used where the planner sees the words. They come from a closed set.
fn words(statuses: &[JobStatus]) -> String {
    statuses.iter().map(|status| format!("'{status}'")).collect::<Vec<_>>().join(", ")
}
