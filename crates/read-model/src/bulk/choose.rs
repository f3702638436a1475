//! What a plan would be on: ids as they were given, or all that a filter lets through, with the rules' answer for each.

use super::cases;
use crate::{LIMIT_MAX, ReadError, ReadModel, row::At, sessions, users};
use contract::{
    bulk::BULK_ITEMS_MAX,
    jobs::JobFilter,
    state_machine::{BulkAction, BulkOutlook, BulkTarget, DemoMode, JobFacts},
    users::UserFilter,
};
use sqlx::{FromRow, PgConnection};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A filter that lets little through of a large table is not looked at to the end.
const PAGES_MAX: usize = 60;

/// A filter may name a thing many times; the plan keeps so many characters of its words.
const SOURCE_MAX: usize = 500;

const JOBS: &str = "SELECT j.id, j.version, j.status, j.job_type, j.user_id, j.cancel_requested_at IS NOT NULL AS stopping, \
    u.demo_mode_status, u.demo_mode_failed_operation, u.demo_profile_id IS NOT NULL AS profile_exists, \
    u.demo_mode_job_id IS NOT DISTINCT FROM j.id AS is_current \
  FROM ops.jobs j LEFT JOIN ops.users u ON u.id = j.user_id WHERE j.id = ANY($1)";

/// What a plan would be on.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// What would be done to each.
    pub action: BulkAction,
    /// How it was chosen, for people.
    pub source: String,
    /// There is more than a plan may hold, or than was looked at.
    pub or_more: bool,
    /// In the order of execution.
    pub items: Vec<ChosenItem>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct ChosenItem {
    /// The job or the user.
    pub target_id: Uuid,
    /// The job and its version.
    pub job: Option<(Uuid, u32)>,
    /// The user, with the version where the action is bound to it.
    pub user: Option<(Uuid, Option<u32>)>,
    /// Its state.
    pub now: Option<String>,
    /// What is to be expected of it.
    pub outlook: BulkOutlook,
}

#[derive(FromRow)]
struct StoredJob {
    id: Uuid,
    version: i32,
    status: String,
    job_type: String,
    user_id: Option<Uuid>,
    stopping: bool,
    demo_mode_status: Option<String>,
    demo_mode_failed_operation: Option<String>,
    profile_exists: bool,
    is_current: bool,
}

impl ReadModel {
    /// These ids, each once.
    ///
    /// # Errors
    /// As every read.
    pub async fn choose_ids(&self, action: BulkAction, ids: &[Uuid]) -> Result<Chosen, ReadError> {
        let mut seen = HashSet::new();
        let ids: Vec<Uuid> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        let source = format!("{} selected one by one", ids.len());
        Ok(Chosen { action, source, or_more: false, items: self.bulk_outlook(action, &ids).await? })
    }

    /// The newest jobs that `filter` lets through, as many as a plan may hold.
    ///
    /// # Errors
    /// [`ReadError::BadFilter`], also where the action is not on jobs; otherwise as every read.
    pub async fn choose_jobs(&self, action: BulkAction, filter: &JobFilter) -> Result<Chosen, ReadError> {
        is_on(action, BulkTarget::Job, "jobs")?;
        let (mut gathered, mut cursor) = (Gathered::default(), None);
        while gathered.wants_more() {
            let page = self.jobs_page(filter, cursor.as_deref(), LIMIT_MAX).await?;
            cursor = gathered.take(page.rows.iter().map(|row| row.id), page.next);
        }
        let Gathered { ids, or_more, .. } = gathered;
        let items = self.bulk_outlook(action, &ids).await?;
        Ok(Chosen { action, source: job_filter(filter), or_more, items })
    }

    /// The newest users that `filter` lets through, as many as a plan may hold.
    ///
    /// # Errors
    /// [`ReadError::BadFilter`], also where the action is not on users; otherwise as every read.
    pub async fn choose_users(&self, action: BulkAction, filter: &UserFilter) -> Result<Chosen, ReadError> {
        is_on(action, BulkTarget::User, "users")?;
        let (mut gathered, mut cursor) = (Gathered::default(), None);
        while gathered.wants_more() {
            let page = self.users_page(filter, cursor.as_deref(), LIMIT_MAX).await?;
            cursor = gathered.take(page.rows.iter().map(|row| row.id), page.next);
        }
        let Gathered { ids, or_more, .. } = gathered;
        let items = self.bulk_outlook(action, &ids).await?;
        Ok(Chosen { action, source: user_filter(filter), or_more, items })
    }

    /// What is to be expected of each of `ids`, in their order; from one snapshot.
    ///
    /// # Errors
    /// As every read.
    pub async fn bulk_outlook(&self, action: BulkAction, ids: &[Uuid]) -> Result<Vec<ChosenItem>, ReadError> {
        let (ids, history) = (ids.to_vec(), self.history.clone());
        self.snapshot(move |connection| {
            Box::pin(async move {
                let found = match action.target() {
                    BulkTarget::Job => jobs(connection, action, &ids).await?,
                    BulkTarget::User => people(connection, action, &ids).await?,
                    BulkTarget::Case => cases::outlook(connection, &history, action, &ids).await?,
                };
                let mut found: HashMap<Uuid, ChosenItem> =
                    found.into_iter().map(|item| (item.target_id, item)).collect();
                let gone = |target_id| {
                    let outlook = BulkOutlook::gone(action.target());
                    ChosenItem { target_id, job: None, user: None, now: None, outlook }
                };
                Ok(ids.into_iter().map(|id| found.remove(&id).unwrap_or_else(|| gone(id))).collect())
            })
        })
        .await
    }
}

pub(super) fn is_on(action: BulkAction, target: BulkTarget, field: &'static str) -> Result<(), ReadError> {
    let message = format!("the action {action} is not on {field}");
    if action.target() == target { Ok(()) } else { Err(ReadError::BadFilter { field, message }) }
}

/// The ids of a list, page by page, up to what a plan may hold.
#[derive(Default)]
struct Gathered {
    ids: Vec<Uuid>,
    seen: HashSet<Uuid>,
    pages: usize,
    ended: bool,
    or_more: bool,
}

impl Gathered {
    const fn wants_more(&self) -> bool {
        !self.ended
    }

    /// Adds a page; answers where to go on.
    fn take(&mut self, page: impl Iterator<Item = Uuid>, next: Option<String>) -> Option<String> {
        let max = BULK_ITEMS_MAX as usize;
        // A row that moved between two pages is there twice.
        self.ids.extend(page.filter(|id| self.seen.insert(*id)));
        self.pages += 1;
        self.or_more = self.ids.len() > max || (next.is_some() && self.pages >= PAGES_MAX);
        self.ids.truncate(max);
        self.ended = self.or_more || next.is_none();
        next
    }
}

async fn jobs(connection: &mut PgConnection, action: BulkAction, ids: &[Uuid]) -> Result<Vec<ChosenItem>, ReadError> {
    let rows: Vec<StoredJob> = sqlx::query_as(JOBS).bind(ids).fetch_all(connection).await?;
    rows.into_iter().filter_map(|row| job(action, row).transpose()).collect()
}

fn job(action: BulkAction, row: StoredJob) -> Result<Option<ChosenItem>, ReadError> {
    let at = At { table: "ops.jobs", id: &row.id };
    let demo = match &row.demo_mode_status {
        None => None,
        Some(status) => Some(DemoMode {
            status: at.word("demo_mode_status", status)?,
            failed_operation: at
                .word_or_none("demo_mode_failed_operation", row.demo_mode_failed_operation.as_deref())?,
            profile_exists: row.profile_exists,
        }),
    };
    let facts = JobFacts {
        status: at.word("status", &row.status)?,
        job_type: row.job_type.parse().ok(),
        cancel_requested: row.stopping,
        demo,
        is_current: row.is_current,
    };
    let version = at.count("version", row.version)?;
    Ok(action.outlook_of_job(facts).map(|outlook| ChosenItem {
        target_id: row.id,
        job: Some((row.id, version)),
        user: row.user_id.map(|user_id| (user_id, None)),
        now: Some(row.status),
        outlook,
    }))
}

async fn people(connection: &mut PgConnection, action: BulkAction, ids: &[Uuid]) -> Result<Vec<ChosenItem>, ReadError> {
    let rows = users::row::by_ids(connection, ids).await?;
    let ends_sessions = action == BulkAction::RevokeSessions;
    let active = if ends_sessions { sessions::active_of(connection, ids).await? } else { HashMap::new() };
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let (demo, version) = (row.demo_mode()?, row.version()?);
        let sessions = active.get(&row.id).copied().unwrap_or(0);
        // Whoever signs in or changes demo mode meanwhile is meant all the same.
        let (version, now) = match (ends_sessions, sessions) {
            (false, _) => (Some(version), demo.status.to_string()),
            (true, 1) => (None, "1 active session".into()),
            (true, many) => (None, format!("{many} active sessions")),
        };
        items.extend(action.outlook_of_user(demo, sessions).map(|outlook| ChosenItem {
            target_id: row.id,
            job: None,
            user: Some((row.id, version)),
            now: Some(now),
            outlook,
        }));
    }
    Ok(items)
}

/// The filter as a person would say it.
fn job_filter(filter: &JobFilter) -> String {
    let mut terms = Vec::new();
    if !filter.statuses.is_empty() {
        let words: Vec<_> = filter.statuses.iter().map(|status| status.as_str()).collect();
        terms.push(format!("status {}", words.join(" or ")));
    }
    if !filter.job_types.is_empty() {
        terms.push(format!("type {}", filter.job_types.join(" or ")));
    }
    for (what, value) in [("user", &filter.user), ("id", &filter.id), ("error", &filter.error)] {
        terms.extend(value.as_ref().map(|value| format!("{what} “{value}”")));
    }
    terms.extend(filter.worker_id.map(|id| format!("worker {id}")));
    said("jobs", &terms)
}

fn user_filter(filter: &UserFilter) -> String {
    let mut terms = Vec::new();
    if !filter.demo_modes.is_empty() {
        let words: Vec<_> = filter.demo_modes.iter().map(|mode| mode.as_str()).collect();
        terms.push(format!("demo mode {}", words.join(" or ")));
    }
    terms.extend(filter.search.as_ref().map(|search| format!("search “{search}”")));
    said("users", &terms)
}

fn said(what: &str, terms: &[String]) -> String {
    let whole = if terms.is_empty() { format!("all {what}") } else { format!("all {what} with {}", terms.join(", ")) };
    if whole.chars().count() <= SOURCE_MAX {
        return whole;
    }
    whole.chars().take(SOURCE_MAX - 1).chain(['…']).collect()
}
