//! The stream from the database to the page: one tail a window, any number of subscriptions, honest about its age.
//!
//! Pure parts: [`pulse`] (freshness), [`gather`] (coalescing), [`audience`] (who hears what). `tail` drives them.

mod audience;
mod gather;
mod pulse;
mod tail;

use crate::{account::Account, database::Database, ops::lock};
use audience::{Audience, Sink};
use chrono::{DateTime, Utc};
use contract::live::{Freshness, FreshnessSource, LiveInterest};
use pulse::{Pulse, Tick};
use std::{
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::info;

const HEARTBEAT: Duration = Duration::from_secs(1);

/// The stream of one window.
pub struct Live {
    inner: Arc<Inner>,
    tail: Mutex<Option<CancellationToken>>,
}

struct Inner {
    born: Instant,
    pulse: Mutex<Pulse>,
    audience: Mutex<Audience>,
    /// The machine woke from sleep: connections are suspect.
    woke: Notify,
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// Nobody is signed in yet.
    pub fn new() -> Self {
        let inner = Inner { born: Instant::now(), pulse: Mutex::default(), audience: Mutex::default(), woke: Notify::new() };
        Self { inner: Arc::new(inner), tail: Mutex::default() }
    }

    /// Says once a second how far what is shown can be trusted, for as long as the window lives. To be called once.
    pub fn start_heartbeat(&self) {
        tokio::spawn(heartbeat(Arc::downgrade(&self.inner)));
    }

    /// Follows a database from now on.
    pub fn follow(&self, database: Database, account: Arc<Account>) {
        self.stop();
        lock(&self.inner.pulse).connecting();
        let stop = CancellationToken::new();
        *lock(&self.tail) = Some(stop.clone());
        tokio::spawn(tail::run(Arc::clone(&self.inner), database, account, stop));
    }

    /// Follows nothing; what is shown belongs to nobody.
    pub fn stop(&self) {
        if let Some(stop) = lock(&self.tail).take() {
            stop.cancel();
        }
        lock(&self.inner.pulse).signed_out();
    }

    /// The first screen was read before the tail began: what is shown is that old.
    pub fn first_read(&self, as_of: DateTime<Utc>) {
        let mut pulse = lock(&self.inner.pulse);
        if pulse.freshness(self.inner.monotonic()).as_of.is_none() {
            pulse.read(self.inner.tick(), as_of, Duration::ZERO, FreshnessSource::Poll);
        }
    }

    /// How far what is shown can be trusted at this moment.
    pub fn freshness(&self) -> Freshness {
        self.inner.freshness()
    }

    /// A new subscription; it hears of the freshness at once.
    pub fn subscribe(&self, interest: LiveInterest, sink: Sink) -> u32 {
        sink(contract::live::LiveMessage::Heartbeat { freshness: self.freshness() });
        lock(&self.inner.audience).join(interest, sink)
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, id: u32) {
        lock(&self.inner.audience).leave(id);
    }

    /// The page was loaded anew: its old subscriptions are gone.
    pub fn page_gone(&self) {
        lock(&self.inner.audience).clear();
    }
}

impl Inner {
    fn monotonic(&self) -> Duration {
        self.born.elapsed()
    }

    fn tick(&self) -> Tick {
        Tick { monotonic: self.monotonic(), wall: crate::clock::now() }
    }

    fn freshness(&self) -> Freshness {
        lock(&self.pulse).freshness(self.monotonic())
    }
}

async fn heartbeat(inner: Weak<Inner>) {
    let mut every = tokio::time::interval(HEARTBEAT);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let Some(inner) = inner.upgrade() else { return };
        let slept = lock(&inner.pulse).tick(inner.tick());
        if slept {
            info!("This machine slept");
            inner.woke.notify_one();
        }
        let freshness = inner.freshness();
        lock(&inner.audience).heartbeat(&freshness);
    }
}
