//! Drives the stream: follows the feed, reads the rows that changed, tells the page. The feed reconnects by itself, for ever.

use super::{
    Inner,
    gather::{Delivery, Gather},
};
use crate::{
    account::Account,
    database::{Database, untrusted_in_words},
    ops::lock,
};
use contract::live::{Freshness, FreshnessSource, FreshnessState};
use read_model::{Feed, FeedBatch, FeedSettings, FeedSource, ReadError, ReadModel};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

/// Between two attempts at a new database login.
const MINT_PAUSE: Duration = Duration::from_secs(3);

struct Tail {
    inner: Arc<Inner>,
    database: Database,
    account: Arc<Account>,
    gather: Gather,
    minted: Option<Instant>,
}

/// Follows a database until stopped. `push`: listen for notifications; without it only the poll is left.
pub async fn run(inner: Arc<Inner>, database: Database, account: Arc<Account>, push: bool, stop: CancellationToken) {
    let mut tail = Tail { inner, database, account, gather: Gather::default(), minted: None };
    let settings = FeedSettings { push, ..FeedSettings::default() };
    let mut feed = Feed::start(tail.database.feed(), settings);
    loop {
        let due = tail.gather.wait(tail.inner.monotonic());
        tokio::select! {
            () = stop.cancelled() => return,
            () = tail.inner.woke.notified() => {
                // Every connection may be dead without knowing it.
                tail.database.reopen();
                feed = Feed::start(tail.database.feed(), settings);
            }
            () = tail.inner.joined.notified() => tail.catch_up(),
            batch = feed.next() => match batch {
                Ok(batch) => tail.take_in(batch),
                Err(error) => tail.failed(&error).await,
            },
            () = tokio::time::sleep(due.unwrap_or_default()), if due.is_some() => tail.deliver().await,
        }
    }
}

impl Tail {
    fn take_in(&mut self, batch: FeedBatch) {
        let before = self.inner.freshness();
        let source = match batch.source {
            FeedSource::Push => FreshnessSource::Push,
            FeedSource::Poll => FreshnessSource::Poll,
        };
        let took = Duration::from_millis(batch.read_ms.into());
        lock(&self.inner.pulse).read(self.inner.tick(), batch.as_of, took, source);
        self.inner.first.send_replace(true);
        if batch.gap || before.state == FreshnessState::Stale {
            lock(&self.inner.changes).miss();
        }
        if before.state == FreshnessState::Stale {
            info!(age_ms = before.age_ms, "Live again");
            // The page's connections are as old as what broke the feed's: dead ones would keep its first reads waiting.
            self.database.reopen();
            self.gather.reset(away(&before));
        } else if batch.gap {
            self.gather.reset("Many things changed at once.".into());
        }
        if batch.events > 0 {
            debug!(events = batch.events, source = ?batch.source, "Changes");
            lock(&self.inner.recent).remember(self.inner.monotonic(), &batch.job_ids, &batch.user_ids);
            lock(&self.inner.changes).add(&batch.job_ids, &batch.user_ids);
        }
        self.gather.add(batch.job_ids, batch.user_ids);
    }

    /// Somebody began to listen: what was told a moment ago may have been read before it changed.
    fn catch_up(&mut self) {
        let (jobs, users) = lock(&self.inner.recent).since(self.inner.monotonic());
        self.gather.add(jobs, users);
    }

    async fn failed(&mut self, error: &ReadError) {
        if self.inner.freshness().state == FreshnessState::Live {
            warn!("The live feed broke off: {error}");
        }
        let refused = matches!(error, ReadError::LoginRefused(_));
        let words = match error {
            ReadError::LoginRefused(_) => "The database does not accept this login any more.".to_owned(),
            ReadError::Untrusted(cause) => untrusted_in_words(cause),
            _ => "The database cannot be reached.".to_owned(),
        };
        lock(&self.inner.pulse).failed(words);
        if refused && self.minted.is_none_or(|at| at.elapsed() > MINT_PAUSE) {
            self.minted = Some(Instant::now());
            if let Err(error) = self.database.renew(&self.account, &self.database.password()).await {
                warn!("No new database login: {}", crate::failure::message(&error));
            }
        }
    }

    async fn deliver(&mut self) {
        let Some(delivery) = self.gather.take(self.inner.monotonic()) else { return };
        let told = match &delivery {
            Delivery::Reset(reason) => {
                let freshness = self.inner.freshness();
                lock(&self.inner.audience).reset(reason, &freshness);
                let all = lock(&self.inner.watches).all();
                self.inner.look(&self.database.model(), &all).await
            }
            Delivery::Rows { jobs, users } => {
                let model = self.database.model();
                let watched = lock(&self.inner.watches).among(jobs, users);
                match tell_rows(&self.inner, &model, jobs, users).await {
                    Ok(()) => self.inner.look(&model, &watched).await,
                    Err(error) => Err(error),
                }
            }
        };
        if let Err(error) = told {
            warn!("Changed rows could not be read: {error}");
            self.gather.put_back(delivery, self.inner.monotonic());
        }
    }
}

async fn tell_rows(
    inner: &Inner,
    model: &ReadModel,
    jobs: &[uuid::Uuid],
    users: &[uuid::Uuid],
) -> Result<(), ReadError> {
    let (jobs_wanted, users_wanted) = lock(&inner.audience).wants();
    if !jobs_wanted && !users_wanted {
        return Ok(());
    }
    let jobs = if jobs_wanted { jobs } else { &[] };
    let users = if users_wanted { users } else { &[] };
    let (jobs, users, counts) =
        tokio::try_join!(model.jobs_by_ids(jobs), model.users_by_ids(users), model.job_counts())?;
    let freshness = inner.freshness();
    lock(&inner.audience).changes(&jobs, &users, &counts, &freshness);
    Ok(())
}

/// For people: how long nothing could be read.
fn away(before: &Freshness) -> String {
    match (before.age_ms / 1_000, &before.message) {
        (seconds, Some(why)) if seconds >= 1 => format!("{why} Nothing was read for {seconds} s."),
        (_, Some(why)) => why.clone(),
        (seconds, None) => format!("Nothing was read for {seconds} s."),
    }
}
