//! One user's timeline: job history, staff actions and sign-ins in one order of time.
//!
//! Four books, each read in its own order by its own index and merged here. The cursor holds a place in each book, so
//! that nothing is lost or told twice where the books' clocks disagree by a moment.

use crate::{
    ReadError, ReadModel,
    audit::{OF_USER, StoredAudit},
    device::device,
    page::{clamp, decode, encode, probe, time},
    section::database_time,
};
use chrono::{DateTime, Utc};
use contract::{
    Page,
    users::{TimelineEntry, TimelineKind},
};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

const EVENTS: &str = "SELECT e.id, e.job_id, e.at, e.event, e.to_status, e.attempt, e.actor, e.detail, j.job_type \
  FROM (SELECT id, job_id, at, event, to_status, attempt, actor, detail FROM ops.job_events \
    WHERE user_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4) e \
  LEFT JOIN ops.jobs j ON j.id = e.job_id ORDER BY e.at DESC, e.id DESC";

const SESSIONS: &str = "SELECT id, user_agent, address, created_at, revoked_at IS NOT NULL AS revoked, (expires_at <= now() OR last_seen_at <= now() - interval '14 days') AS past \
  FROM ops.sessions WHERE user_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4";

const ENDS: &str = "SELECT id, user_agent, revoked_at, revoked_by FROM ops.sessions \
  WHERE user_id = $1 AND revoked_at IS NOT NULL AND (revoked_at, id) < ($2, $3) ORDER BY revoked_at DESC, id DESC LIMIT $4";

#[derive(FromRow)]
struct StoredEvent {
    id: i64,
    job_id: Uuid,
    at: DateTime<Utc>,
    event: String,
    to_status: String,
    attempt: i32,
    actor: String,
    detail: Option<String>,
    job_type: Option<String>,
}

#[derive(FromRow)]
struct StoredSession {
    id: Uuid,
    user_agent: Option<String>,
    address: Option<String>,
    created_at: DateTime<Utc>,
    revoked: bool,
    past: bool,
}

#[derive(FromRow)]
struct StoredEnd {
    id: Uuid,
    user_agent: Option<String>,
    revoked_at: DateTime<Utc>,
    revoked_by: Option<String>,
}

/// A place in each book: below this. `i64` microseconds, because PostgreSQL has no time after all times.
#[derive(Clone, Copy)]
struct Places {
    event: (DateTime<Utc>, i64),
    audit: i64,
    session: (DateTime<Utc>, Uuid),
    end: (DateTime<Utc>, Uuid),
}

impl Places {
    fn start() -> Self {
        let end_of_time = DateTime::from_timestamp(253_402_300_799, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Self {
            event: (end_of_time, i64::MAX),
            audit: i64::MAX,
            session: (end_of_time, Uuid::max()),
            end: (end_of_time, Uuid::max()),
        }
    }

    fn encode(self) -> String {
        encode(&format!(
            "timeline|{}|{}|{}|{}|{}|{}|{}",
            self.event.0.timestamp_micros(),
            self.event.1,
            self.audit,
            self.session.0.timestamp_micros(),
            self.session.1.simple(),
            self.end.0.timestamp_micros(),
            self.end.1.simple()
        ))
    }

    fn decode(cursor: &str) -> Result<Self, ReadError> {
        let text = decode(cursor)?;
        let parts: Vec<&str> = text.split('|').collect();
        let read = || -> Option<Self> {
            let ["timeline", event_at, event_id, audit, session_at, session_id, end_at, end_id] = parts[..] else {
                return None;
            };
            Some(Self {
                event: (time(event_at)?, event_id.parse().ok()?),
                audit: audit.parse().ok()?,
                session: (time(session_at)?, Uuid::try_parse(session_id).ok()?),
                end: (time(end_at)?, Uuid::try_parse(end_id).ok()?),
            })
        };
        read().ok_or(ReadError::BadCursor)
    }
}

/// The cursor of the same place, as this list writes it.
#[cfg(feature = "fuzzing")]
pub(crate) fn same_place(cursor: &str) -> Result<String, ReadError> {
    Places::decode(cursor).map(Places::encode)
}

/// Which books are opened.
#[derive(Clone, Copy)]
struct Wanted {
    jobs: bool,
    audit: bool,
    sessions: bool,
}

impl Wanted {
    fn of(kinds: &[TimelineKind]) -> Self {
        let has = |kind| kinds.is_empty() || kinds.contains(&kind);
        Self { jobs: has(TimelineKind::Job), audit: has(TimelineKind::Audit), sessions: has(TimelineKind::Session) }
    }
}

impl ReadModel {
    /// One page of a user's timeline, newest first; only of these kinds, or of all where none is named. A cursor belongs to
    /// the kinds that it was given for: with others, what lies above it is not told.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when there is no such user, [`ReadError::BadCursor`]; otherwise as every read.
    pub async fn user_timeline(
        &self,
        id: Uuid,
        kinds: &[TimelineKind],
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<TimelineEntry>, ReadError> {
        let wanted = Wanted::of(kinds);
        let places = cursor.map_or_else(|| Ok(Places::start()), Places::decode)?;
        let limit = clamp(limit);
        self.snapshot(move |connection| Box::pin(async move { page(connection, id, wanted, places, limit).await }))
            .await
    }
}

async fn page(
    connection: &mut PgConnection,
    user_id: Uuid,
    wanted: Wanted,
    mut places: Places,
    limit: usize,
) -> Result<Page<TimelineEntry>, ReadError> {
    let as_of = database_time(connection).await?;
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM ops.users WHERE id = $1)")
        .bind(user_id)
        .fetch_one(&mut *connection)
        .await?;
    if !known {
        return Err(ReadError::NotFound { what: "user" });
    }
    let probe = probe(limit);
    let (at, id) = places.event;
    let events: Vec<StoredEvent> = match wanted.jobs {
        true => sqlx::query_as(EVENTS).bind(user_id).bind(at).bind(id).bind(probe).fetch_all(&mut *connection).await?,
        false => vec![],
    };
    let audit: Vec<StoredAudit> = match wanted.audit {
        true => {
            sqlx::query_as(OF_USER).bind(places.audit).bind(probe).bind(user_id).fetch_all(&mut *connection).await?
        }
        false => vec![],
    };
    let (at, id) = places.session;
    let sessions: Vec<StoredSession> = match wanted.sessions {
        true => {
            sqlx::query_as(SESSIONS).bind(user_id).bind(at).bind(id).bind(probe).fetch_all(&mut *connection).await?
        }
        false => vec![],
    };
    let (at, id) = places.end;
    let ends: Vec<StoredEnd> = match wanted.sessions {
        true => sqlx::query_as(ENDS).bind(user_id).bind(at).bind(id).bind(probe).fetch_all(&mut *connection).await?,
        false => vec![],
    };

    let mut events = events.into_iter().peekable();
    let mut audit = audit.into_iter().peekable();
    let mut sessions = sessions.into_iter().peekable();
    let mut ends = ends.into_iter().peekable();
    let mut rows = Vec::with_capacity(limit);
    loop {
        let heads = [
            events.peek().map(|row| row.at),
            audit.peek().map(|row| row.at),
            ends.peek().map(|row| row.revoked_at),
            sessions.peek().map(|row| row.created_at),
        ];
        let Some(newest) = heads.iter().flatten().max().copied() else {
            return Ok(Page { rows, next: None, as_of });
        };
        if rows.len() == limit {
            return Ok(Page { rows, next: Some(places.encode()), as_of });
        }
        // At the same moment the consequence stands above its cause: the list is read from the newest down.
        if heads[0] == Some(newest) {
            if let Some(row) = events.next() {
                places.event = (row.at, row.id);
                rows.push(job_entry(row));
            }
        } else if heads[1] == Some(newest) {
            if let Some(row) = audit.next() {
                places.audit = row.id;
                rows.push(audit_entry(row));
            }
        } else if heads[2] == Some(newest) {
            if let Some(row) = ends.next() {
                places.end = (row.revoked_at, row.id);
                rows.push(end_entry(row));
            }
        } else if let Some(row) = sessions.next() {
            places.session = (row.created_at, row.id);
            rows.push(session_entry(row));
        }
    }
}

fn job_entry(row: StoredEvent) -> TimelineEntry {
    let what = match row.job_type.as_deref() {
        Some("demo_enable") => "Enabling demo mode".to_owned(),
        Some("demo_disable") => "Disabling demo mode".to_owned(),
        Some(other) => format!("Job {other}"),
        None => "Job no longer kept".to_owned(),
    };
    let happened = match row.event.as_str() {
        "enqueue" => "asked for",
        "start" => "started",
        "succeed" => "completed",
        "retry_later" => "failed, will be tried again",
        "fail" => "failed for good",
        "hand_back" => "handed back by a stopping worker",
        "rescue" => "taken back from a silent worker",
        "request_cancel" if row.to_status == "cancelled" => "cancelled",
        "request_cancel" => "asked to stop",
        "confirm_cancel" => "cancelled",
        "manual_retry" => "retried by hand",
        "reschedule" => "rescheduled",
        other => other,
    };
    let attempt = if row.attempt > 1 { format!(" (attempt {})", row.attempt) } else { String::new() };
    TimelineEntry {
        id: format!("job-{}", row.id),
        at: row.at,
        kind: TimelineKind::Job,
        title: format!("{what}: {happened}{attempt}"),
        detail: row.detail,
        actor: row.actor,
        job_id: Some(row.job_id),
        state: Some(row.to_status),
    }
}

fn audit_entry(row: StoredAudit) -> TimelineEntry {
    let change = match (&row.before_state, &row.after_state) {
        (Some(before), Some(after)) if before != after => format!(": {before} → {after}"),
        (_, Some(after)) => format!(": {after}"),
        _ => String::new(),
    };
    TimelineEntry {
        id: format!("audit-{}", row.id),
        at: row.at,
        kind: TimelineKind::Audit,
        title: format!("{}{change}", row.action),
        detail: row.reason,
        actor: row.actor,
        job_id: row.job_id,
        state: row.after_state,
    }
}

fn session_entry(row: StoredSession) -> TimelineEntry {
    let from = row.address.map(|address| format!(" from {address}")).unwrap_or_default();
    let state = match (row.revoked, row.past) {
        (true, _) => "ended",
        (false, true) => "expired",
        (false, false) => "active",
    };
    TimelineEntry {
        id: format!("session-{}", row.id),
        at: row.created_at,
        kind: TimelineKind::Session,
        title: format!("Signed in on {}{from}", device(row.user_agent.as_deref())),
        detail: None,
        actor: "customer".into(),
        job_id: None,
        state: Some(state.into()),
    }
}

fn end_entry(row: StoredEnd) -> TimelineEntry {
    TimelineEntry {
        id: format!("session-end-{}", row.id),
        at: row.revoked_at,
        kind: TimelineKind::Session,
        title: format!("Session on {} ended", device(row.user_agent.as_deref())),
        detail: None,
        actor: row.revoked_by.unwrap_or_default(),
        job_id: None,
        state: Some("revoked".into()),
    }
}
