//! The hint: a thread that listens and counts.
//!
//! A listener on a half-open socket hears nothing and notices nothing. What shows it is the poll: changes that the poll
//! finds and that stay unannounced mean that the listener is deaf, and it is started anew.

use crate::ReadError;
use sqlx::{
    PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use std::time::Duration;
use tokio::{
    sync::{oneshot, watch},
    time::{Instant, sleep},
};

const CHANNEL: &str = "repruv_feed";
/// A sender collects for 50 ms, so the poll may be first by that and the way.
const ANNOUNCED_WITHIN: Duration = Duration::from_millis(500);
/// Between two starts: at least, and at most where starting does not help (nobody sends).
const RESTART_MIN: Duration = Duration::from_secs(2);
const RESTART_MAX: Duration = Duration::from_secs(60);
const CONNECT_MAX: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Listener {
    hints: watch::Receiver<u64>,
    /// Dropping it ends the listening.
    _stop: oneshot::Sender<()>,
    /// When the first change was found that nothing has announced since.
    unannounced: Option<Instant>,
    /// Hints counted at the last judgement.
    judged_at: u64,
    restarted: Instant,
    backoff: Duration,
}

impl Listener {
    pub(super) fn start(pool: PgPool) -> Self {
        let (count, hints) = watch::channel(0);
        let (stop, stopped) = oneshot::channel();
        let run = move || run(pool, count, stopped);
        if let Err(error) = std::thread::Builder::new().name("feed listener".into()).spawn(run) {
            tracing::warn!(%error, "the feed has no listener: it polls");
        }
        Self { hints, _stop: stop, unannounced: None, judged_at: 0, restarted: Instant::now(), backoff: RESTART_MIN }
    }

    /// Waits for a hint that was not heard before. May be dropped.
    pub(super) async fn hint(&mut self) {
        if self.hints.changed().await.is_err() {
            // There is no thread, which never ends by itself: only the poll is left until the restart.
            std::future::pending::<()>().await;
        }
    }

    /// Everything hinted so far is about to be read.
    pub(super) fn heard(&mut self) {
        self.hints.mark_unchanged();
    }

    /// Judges after a good read, which `found` changes or not.
    pub(super) fn is_deaf(&mut self, found: bool, now: Instant) -> bool {
        let hints = *self.hints.borrow();
        let announced = hints > self.judged_at;
        self.judged_at = hints;
        if announced {
            self.unannounced = None;
            // The first is its own, on connecting; more prove that somebody sends and this one hears.
            if hints > 1 {
                self.backoff = RESTART_MIN;
            }
        } else if found {
            self.unannounced.get_or_insert(now);
        }
        self.unannounced.is_some_and(|since| now.duration_since(since) >= ANNOUNCED_WITHIN)
    }

    /// Starts anew, unless that was done a moment ago.
    pub(super) fn restart(&mut self, pool: &PgPool) {
        self.unannounced = None;
        if self.restarted.elapsed() < self.backoff {
            return;
        }
        let backoff = (self.backoff * 2).min(RESTART_MAX);
        *self = Self::start(pool.clone());
        self.backoff = backoff;
    }
}

/// Listens on a thread of its own until `stopped`, and closes the connection in any case. Where sqlx lets go of a listener it
/// waits for a last answer, without a limit, and on a connection that fell silent it would keep one of the login's places; it
/// waits within this runtime, and no longer than that.
fn run(pool: PgPool, count: watch::Sender<u64>, stopped: oneshot::Receiver<()>) {
    // Made here: whoever drops one within another, because there was no thread for it, panics.
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(async {
            tokio::select! {
                () = listen(pool, count) => {}
                _ = stopped => {}
            }
        }),
        Err(error) => tracing::warn!(%error, "the feed has no listener: it polls"),
    }
}

/// Listens for ever. Connects as `pool` does at that moment, on a connection of its own.
async fn listen(pool: PgPool, count: watch::Sender<u64>) {
    let mut pause = Duration::from_millis(100);
    loop {
        match listen_once(&pool, &count).await {
            Ok(()) => pause = Duration::from_millis(100),
            Err(error) => tracing::debug!(%error, "the feed's listener could not listen"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

/// Until the connection is lost.
async fn listen_once(pool: &PgPool, count: &watch::Sender<u64>) -> Result<(), ReadError> {
    let own = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(CONNECT_MAX)
        .connect_lazy_with(pool.connect_options().as_ref().clone());
    let mut listener = PgListener::connect_with(&own).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    // Whatever was sent while nobody listened.
    count.send_modify(|hints| *hints += 1);
    while listener.try_recv().await?.is_some() {
        count.send_modify(|hints| *hints += 1);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A listener whose hints the test gives.
    fn listener() -> (watch::Sender<u64>, Listener, Instant) {
        let (count, hints) = watch::channel(1);
        let now = Instant::now();
        let (stop, _) = oneshot::channel();
        (
            count,
            Listener { hints, _stop: stop, unannounced: None, judged_at: 1, restarted: now, backoff: RESTART_MIN },
            now,
        )
    }

    #[tokio::test]
    async fn changes_that_stay_unannounced_show_a_deaf_listener() {
        let (_count, mut listener, start) = listener();
        assert!(!listener.is_deaf(false, start));
        assert!(!listener.is_deaf(true, start), "the notification may be on its way");
        assert!(listener.is_deaf(false, start + ANNOUNCED_WITHIN));
    }

    #[tokio::test]
    async fn a_notification_that_comes_a_little_late_clears_the_suspicion() {
        let (count, mut listener, start) = listener();
        assert!(!listener.is_deaf(true, start));
        count.send_modify(|hints| *hints += 1);
        assert!(!listener.is_deaf(false, start + ANNOUNCED_WITHIN));
        assert!(!listener.is_deaf(false, start + 2 * ANNOUNCED_WITHIN));
    }

    #[tokio::test]
    async fn silence_while_nothing_changes_is_no_reason() {
        let (_count, mut listener, start) = listener();
        for seconds in 0..60 {
            assert!(!listener.is_deaf(false, start + Duration::from_secs(seconds)));
        }
    }
}
