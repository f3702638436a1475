//! The live feed: which jobs and users changed, told once each, soon after they did.
//!
//! The poll is the guarantee: once a second everything above the last id is read, and every id below it that was
//! missing then. The notification is only a hint to read sooner; it carries nothing, may be lost, repeated or forged.

mod ids;
mod listener;
mod read;

use crate::ReadError;
use chrono::{DateTime, Utc};
use ids::Ids;
use listener::Listener;
use read::Answer;
use sqlx::{PgConnection, PgPool};
use std::{collections::BTreeSet, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep_until, timeout_at},
};
use uuid::Uuid;

/// No answer within this: the connection is given up.
const READ_MAX: Duration = Duration::from_secs(3);
/// The same where a connection must be made first: what is under way when the way is free again holds back the next.
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// Until the next attempt after one that failed.
const RETRY: Duration = Duration::from_millis(500);
/// A burst of notifications is one read.
const READS_APART: Duration = Duration::from_millis(25);

/// How a feed behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedSettings {
    /// Time between two reads without a hint. Default 1 s.
    pub poll: Duration,
    /// Listen for notifications. Default true.
    pub push: bool,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self { poll: Duration::from_secs(1), push: true }
    }
}

/// What woke a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedSource {
    /// A notification.
    Push,
    /// The clock.
    Poll,
}

/// What one good read found. Empty when nothing changed: it still proves that the database answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedBatch {
    /// Jobs that changed, each once.
    pub job_ids: Vec<Uuid>,
    /// Users whose jobs or demo mode changed, each once.
    pub user_ids: Vec<Uuid>,
    /// How many changes that were.
    pub events: u32,
    /// Database time of the read.
    pub as_of: DateTime<Utc>,
    /// What woke it.
    pub source: FeedSource,
    /// How long it took, milliseconds.
    pub read_ms: u32,
    /// Too much was missed to tell it one by one, or it cannot be ruled out: read everything shown anew.
    pub gap: bool,
}

/// A tail of `ops.job_events` with connections of its own: one to read, one to listen.
#[derive(Debug)]
pub struct Feed {
    pool: PgPool,
    settings: FeedSettings,
    ids: Option<Ids>,
    connection: Option<PgConnection>,
    reading: Option<Reading>,
    listener: Option<Listener>,
    /// No good read since one that failed.
    broke_off: bool,
    next_poll: Instant,
    not_before: Instant,
}

/// A read under way. It is a task, so that dropping [`Feed::next`] half way loses nothing.
#[derive(Debug)]
struct Reading {
    task: JoinHandle<Result<(PgConnection, Answer), ReadError>>,
    started: Instant,
    patience: Duration,
    source: FeedSource,
}

impl Drop for Reading {
    fn drop(&mut self) {
        // The task owns its connection, so ending it closes the socket; nothing half-read goes back to a pool.
        self.task.abort();
    }
}

impl Feed {
    /// A feed that connects as `pool` does, now and whenever it must connect again; it takes no connection from it.
    /// What happens after the first [`Self::next`] is told. Must be called within a tokio runtime.
    pub fn start(pool: PgPool, settings: FeedSettings) -> Self {
        let now = Instant::now();
        let listener = settings.push.then(|| Listener::start(pool.clone()));
        Self {
            pool,
            settings,
            ids: None,
            connection: None,
            reading: None,
            listener,
            broke_off: false,
            next_poll: now,
            not_before: now,
        }
    }

    /// Waits for the next read and tells what it found: at once the first time, then on a hint or after the poll time.
    /// May be dropped at any point without losing a change.
    ///
    /// # Errors
    /// As every read. Go on calling: the next call tries again, after half a second, on a new connection, and nothing
    /// that happened meanwhile is lost.
    pub async fn next(&mut self) -> Result<FeedBatch, ReadError> {
        if self.reading.is_none() {
            let source = self.wait().await;
            self.begin(source);
        }
        let read = self.finish().await;
        self.next_poll = Instant::now() + self.settings.poll;
        self.not_before = Instant::now() + READS_APART;
        if read.is_err() {
            self.next_poll = Instant::now() + self.settings.poll.min(RETRY);
            self.connection = None;
            self.broke_off = true;
        }
        read
    }

    async fn wait(&mut self) -> FeedSource {
        let Some(listener) = &mut self.listener else {
            sleep_until(self.next_poll).await;
            return FeedSource::Poll;
        };
        tokio::select! {
            biased;
            () = sleep_until(self.next_poll) => FeedSource::Poll,
            () = listener.hint() => {
                sleep_until(self.not_before).await;
                FeedSource::Push
            }
        }
    }

    fn begin(&mut self, source: FeedSource) {
        if let Some(listener) = &mut self.listener {
            listener.heard();
        }
        let question = self.ids.as_ref().map(Ids::question);
        let connection = self.connection.take();
        let patience = if connection.is_some() { READ_MAX } else { CONNECT_MAX };
        let options = self.pool.connect_options();
        let task = tokio::spawn(read::read(connection, options, question));
        self.reading = Some(Reading { task, started: Instant::now(), patience, source });
    }

    async fn finish(&mut self) -> Result<FeedBatch, ReadError> {
        let Some(reading) = &mut self.reading else {
            return Err(ReadError::Unavailable("no read was under way".into()));
        };
        let ended = timeout_at(reading.started + reading.patience, &mut reading.task).await;
        let (started, source, patience) = (reading.started, reading.source, reading.patience);
        self.reading = None;
        let no_answer = || ReadError::Unavailable(format!("no answer within {} s", patience.as_secs()));
        let joined = ended.map_err(|_| no_answer())?;
        let (connection, answer) = joined.map_err(|ended| ReadError::Unavailable(ended.to_string()))??;
        self.connection = Some(connection);
        let read_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        Ok(self.take_in(answer, source, read_ms))
    }

    fn take_in(&mut self, answer: Answer, source: FeedSource, read_ms: u32) -> FeedBatch {
        let as_of = answer.as_of;
        let now = Instant::now();
        let (events, gap) = match &mut self.ids {
            Some(ids) => ids.take_in(answer, now),
            None => {
                self.ids = Some(Ids::begin(&answer, now));
                (Vec::new(), false)
            }
        };
        if gap {
            // Begin anew from what the next read finds newest.
            self.ids = None;
            self.next_poll = Instant::now();
        }
        let found = !events.is_empty();
        self.mend_listener(found, now);
        FeedBatch {
            job_ids: events.iter().map(|event| event.job_id).collect::<BTreeSet<_>>().into_iter().collect(),
            user_ids: events.iter().filter_map(|event| event.user_id).collect::<BTreeSet<_>>().into_iter().collect(),
            events: u32::try_from(events.len()).unwrap_or(u32::MAX),
            as_of,
            source,
            read_ms,
            gap,
        }
    }

    fn mend_listener(&mut self, found: bool, now: Instant) {
        let Some(listener) = &mut self.listener else { return };
        if std::mem::take(&mut self.broke_off) {
            // What broke the reading has likely broken the listening, which cannot notice by itself.
            *listener = Listener::start(self.pool.clone());
        } else if listener.is_deaf(found, now) {
            listener.restart(&self.pool);
        }
    }
}
