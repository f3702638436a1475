//! Whether the API can be used: asked in the background, so that a change that cannot be made is not offered.

use super::Inner;
use crate::{account::Account, ops::lock};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Between two questions while it answers, and while it does not.
const EVERY: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks until stopped.
pub async fn watch(inner: Arc<Inner>, account: Arc<Account>, stop: CancellationToken) {
    loop {
        let asked = stop.run_until_cancelled(tokio::time::timeout(PATIENCE, account.reach_api())).await;
        let problem = match asked {
            None => return,
            Some(Ok(Ok(()))) => None,
            Some(Ok(Err(words))) => Some(words),
            Some(Err(_)) => Some("The API does not answer.".to_owned()),
        };
        let pause = if problem.is_none() { EVERY } else { AGAIN };
        if lock(&inner.pulse).api(problem.clone()) {
            match problem {
                None => info!("The API can be used again"),
                Some(words) => warn!("{words}"),
            }
            let freshness = inner.freshness();
            lock(&inner.audience).heartbeat(&freshness);
        }
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
    }
}
