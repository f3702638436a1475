//! The full look: claims begin where the last one ended, and this finds what stands behind.
//!
//! A look costs next to nothing while dead rows are cleaned up, so it is made as often as the poll. While somebody pins the
//! horizon of vacuum it gets dearer, and it is made more seldom, to take a twentieth of one connection at most. So a job is
//! never missed for longer than [`EVERY_MAX`] and the time of a look.

use super::Shared;
use rand::Rng;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// The pause between two looks is this many times the last one, within the poll and [`EVERY_MAX`].
const PAUSE_PER_LOOK: u32 = 20;
const EVERY_MAX: Duration = Duration::from_secs(30);

pub(crate) async fn run(shared: Arc<Shared>, hints: Arc<Notify>) {
    loop {
        let began = Instant::now();
        match shared.store.look_over(&shared.front).await {
            Ok(missed) => {
                metrics::histogram!("repruv_full_look_seconds").record(began.elapsed().as_secs_f64());
                if missed {
                    metrics::counter!("repruv_full_looks_found_total").increment(1);
                    hints.notify_one();
                }
            }
            Err(error) => tracing::warn!(%error, "The queue was not looked through; jobs behind the front wait"),
        }
        let jitter = rand::rng().random_range(0.9..1.1);
        tokio::time::sleep(pause(began.elapsed(), shared.engine.poll).mul_f64(jitter)).await;
    }
}

fn pause(took: Duration, poll: Duration) -> Duration {
    (took * PAUSE_PER_LOOK).min(EVERY_MAX).max(poll)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_as_frequent_as_the_poll_and_more_seldom_the_dearer_it_is() {
        let (ms, poll) = (Duration::from_millis, Duration::from_secs(1));
        assert_eq!(pause(ms(1), poll), poll);
        assert_eq!(pause(ms(200), poll), ms(4_000));
        assert_eq!(pause(ms(60_000), poll), EVERY_MAX);
        assert_eq!(pause(ms(1), ms(60_000)), ms(60_000), "who polls seldom looks seldom");
    }
}
