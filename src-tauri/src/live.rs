//! The stream from the database to the page: one tail a window, any number of subscriptions, honest about its age.
//!
//! Pure parts: [`pulse`] (freshness), [`gather`] (coalescing), [`audience`] (who hears what). `tail` drives them.

mod audience;
mod contradictions;
mod gather;
mod pulse;
mod reach;
mod recent;
mod tail;
pub mod watches;

use crate::{account::Account, database::Database, ops::lock};
use audience::{Audience, Sink};
use contract::{
    live::{Freshness, LiveInterest},
    notices::Watched,
    triage::ContradictionPage,
};
use contradictions::{Changes, Kept};
use pulse::{Pulse, Tick};
use read_model::{ReadError, ReadModel};
use recent::Recent;
use std::{
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing::info;
use watches::{Ending, WATCHES_MAX, Watches};

/// Lines of the standing list that are read at once: so many fill the first screen and more.
pub const LINES: u32 = 100;

const HEARTBEAT: Duration = Duration::from_secs(1);

/// The stream of one window.
pub struct Live {
    inner: Arc<Inner>,
    tail: Mutex<Option<CancellationToken>>,
    endings: Mutex<Option<mpsc::Receiver<Ending>>>,
}

struct Inner {
    born: Instant,
    pulse: Mutex<Pulse>,
    audience: Mutex<Audience>,
    recent: Mutex<Recent>,
    /// What disagrees or is overdue, and what changed since it was looked at.
    standing: Kept,
    changes: Mutex<Changes>,
    watches: Mutex<Watches>,
    /// Each thing that is waited for ends once, so this never fills.
    ended: mpsc::Sender<Ending>,
    /// The machine woke from sleep: connections are suspect.
    woke: Notify,
    /// A page began to listen.
    joined: Notify,
    /// Turns true with the first good read of the feed: what changes from then on is told.
    first: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// Nobody is signed in yet.
    pub fn new() -> Self {
        let (ended, endings) = mpsc::channel(WATCHES_MAX);
        let inner = Inner {
            born: Instant::now(),
            pulse: Mutex::default(),
            audience: Mutex::default(),
            recent: Mutex::default(),
            standing: Kept::default(),
            changes: Mutex::default(),
            watches: Mutex::default(),
            ended,
            woke: Notify::new(),
            joined: Notify::new(),
            first: watch::Sender::new(false),
        };
        Self { inner: Arc::new(inner), tail: Mutex::default(), endings: Mutex::new(Some(endings)) }
    }

    /// Says once a second how far what is shown can be trusted, for as long as the window lives. To be called once.
    pub fn start_heartbeat(&self) {
        tokio::spawn(heartbeat(Arc::downgrade(&self.inner)));
    }

    /// Follows a database from now on.
    pub fn follow(&self, database: Database, account: Arc<Account>) {
        self.stop();
        lock(&self.inner.pulse).connecting();
        self.inner.first.send_replace(false);
        *lock(&self.inner.recent) = Recent::default();
        self.inner.forget_contradictions();
        let stop = CancellationToken::new();
        *lock(&self.tail) = Some(stop.clone());
        tokio::spawn(reach::watch(Arc::clone(&self.inner), Arc::clone(&account), stop.clone()));
        tokio::spawn(tail::run(Arc::clone(&self.inner), database, account, is_push_wanted(), stop));
    }

    /// Follows nothing; what is shown belongs to nobody.
    pub fn stop(&self) {
        if let Some(stop) = lock(&self.tail).take() {
            stop.cancel();
        }
        lock(&self.inner.pulse).signed_out();
        lock(&self.inner.watches).clear();
    }

    /// What the person waits for.
    pub fn watches(&self) -> std::sync::MutexGuard<'_, Watches> {
        lock(&self.inner.watches)
    }

    /// What was waited for and has ended, in its order. To be taken once.
    pub fn take_endings(&self) -> Option<mpsc::Receiver<Ending>> {
        lock(&self.endings).take()
    }

    /// Looks whether these have ended already: they may have before anybody waited.
    pub async fn look(&self, model: &ReadModel, watched: &Watched) -> Result<(), ReadError> {
        self.inner.look(model, watched).await
    }

    /// Waits until the feed has begun: what is read after this and changes later will be told.
    pub async fn begun(&self) {
        let _ = self.inner.first.subscribe().wait_for(|begun| *begun).await;
    }

    /// How far what is shown can be trusted at this moment.
    pub fn freshness(&self) -> Freshness {
        self.inner.freshness()
    }

    /// What disagrees or is overdue, worst first; it follows the feed.
    ///
    /// # Errors
    /// As the read model's.
    pub async fn contradictions(
        &self,
        model: &ReadModel,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<ContradictionPage, ReadError> {
        self.inner.contradictions(model, cursor, limit).await
    }

    /// A new subscription; it hears of the freshness at once.
    pub fn subscribe(&self, interest: LiveInterest, sink: Sink) -> u32 {
        sink(contract::live::LiveMessage::Heartbeat { freshness: self.freshness() });
        let id = lock(&self.inner.audience).join(interest, sink);
        self.inner.joined.notify_one();
        id
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

    async fn look(&self, model: &ReadModel, watched: &Watched) -> Result<(), ReadError> {
        let (jobs, users) = tokio::try_join!(model.jobs_by_ids(&watched.jobs), model.users_by_ids(&watched.users))?;
        for ending in lock(&self.watches).ended(&jobs, &users) {
            let _ = self.ended.try_send(ending);
        }
        Ok(())
    }
}

/// `REPRUV_OPS_PUSH=off` leaves only the poll: to see and to measure the worst case.
fn is_push_wanted() -> bool {
    std::env::var("REPRUV_OPS_PUSH").as_deref() != Ok("off")
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
