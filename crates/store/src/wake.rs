//! Wake-ups: hints that something was committed, sent outside the transaction and at most every few milliseconds.
//!
//! `NOTIFY` inside a transaction serialises commits (measured with 32 writers: two thirds of the throughput gone). A lost
//! or forged hint does no harm: whoever listens also polls.

use crate::connections::Connections;
use std::time::Duration;
use tokio::sync::mpsc;

/// Due jobs may wait: for workers.
pub const JOBS_CHANNEL: &str = "repruv_jobs";
/// Something was appended to `job_events`: for windows.
pub const FEED_CHANNEL: &str = "repruv_feed";
/// A running job was asked to stop: for workers.
pub const CANCEL_CHANNEL: &str = "repruv_cancel";

/// Marks channels as dirty; one task a channel sends.
#[derive(Clone, Debug)]
pub(crate) struct Wake {
    jobs: mpsc::Sender<()>,
    feed: mpsc::Sender<()>,
    cancel: mpsc::Sender<()>,
}

impl Wake {
    pub(crate) fn start(pool: Connections, notify: bool) -> Self {
        let channel = |name, pause_ms| {
            let (dirty, wanted) = mpsc::channel(1);
            if notify {
                tokio::spawn(send(pool.clone(), name, Duration::from_millis(pause_ms), wanted));
            }
            dirty
        };
        Self { jobs: channel(JOBS_CHANNEL, 5), feed: channel(FEED_CHANNEL, 50), cancel: channel(CANCEL_CHANNEL, 20) }
    }

    /// Due work was committed; the feed grew too.
    pub(crate) fn jobs(&self) {
        let _ = self.jobs.try_send(()); // full: already marked
        self.feed();
    }

    /// The feed grew.
    pub(crate) fn feed(&self) {
        let _ = self.feed.try_send(());
    }

    /// A stop was asked for; the feed grew too.
    pub(crate) fn cancel(&self) {
        let _ = self.cancel.try_send(());
        self.feed();
    }
}

/// Ends when the last `Wake` is gone.
async fn send(pool: Connections, channel: &'static str, pause: Duration, mut wanted: mpsc::Receiver<()>) {
    while wanted.recv().await.is_some() {
        if let Err(error) = sqlx::query("SELECT pg_notify($1, '')").bind(channel).execute(&pool).await {
            tracing::debug!(%error, channel, "Wake-up not sent; polling covers it");
        }
        tokio::time::sleep(pause).await;
    }
}
