//! What became of the fixes that people applied, looked at each second, so that nobody has to keep a window open for it.

use super::Shared;
use rand::Rng;
use std::{sync::Arc, time::Duration};

/// A fix that nothing has undone for so long has held.
pub const HOLD: Duration = Duration::from_secs(3_600);

const EVERY: Duration = Duration::from_secs(1);

pub(crate) async fn follow(shared: Arc<Shared>) {
    loop {
        // Several workers do not look in step.
        let jitter = rand::rng().random_range(0.8..1.2);
        tokio::time::sleep(EVERY.mul_f64(jitter)).await;
        if let Err(error) = shared.store.follow_fixes(HOLD).await {
            tracing::debug!(%error, "Could not look what became of fixes");
        }
    }
}
