//! Hints from the database: due jobs, requested stops. Lost or forged ones do no harm; the poll guarantees.

use super::{Shared, measures};
use std::{sync::Arc, time::Duration};
use store::{Hint, Hints, StoreError, planted};
use tokio::sync::Notify;

/// A listener cannot see a half-open socket: it is made anew this often when nothing was heard.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// A hint may be lost: whoever waits for one also looks for itself.
pub(crate) fn rereads() -> bool {
    !planted!("listener-loss-without-reread")
}

pub(crate) async fn run(database_url: String, shared: Arc<Shared>, hints: Arc<Notify>) {
    if !shared.engine.push {
        return;
    }
    loop {
        if let Err(error) = listen(&database_url, &shared, &hints).await {
            tracing::debug!(%error, "Not listening for hints; polling covers it");
        }
        measures::listening(false);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn listen(database_url: &str, shared: &Shared, hints: &Notify) -> Result<(), StoreError> {
    let mut heard = Hints::listen(database_url).await?;
    measures::listening(true);
    if rereads() {
        // Whatever was announced while nobody listened.
        hints.notify_one();
        shared.leases.beat_now();
    }
    loop {
        match tokio::time::timeout(SILENCE_MAX, heard.next()).await {
            Ok(Ok(Hint::CancelRequested)) => shared.leases.beat_now(),
            Ok(Ok(Hint::JobsDue)) => hints.notify_one(),
            Ok(Ok(Hint::Closed)) | Err(_) => return Ok(()), // closed, or silent for long: connect anew
            Ok(Err(error)) => return Err(error),
        }
    }
}
