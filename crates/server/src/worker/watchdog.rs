//! The watchdog: a statement or a transaction that is forgotten anywhere must not slow everybody down. Every worker looks;
//! whoever comes second finds nothing.

use super::{Shared, measures};
use rand::Rng;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What stays wrong is told again after this.
const TELL_EVERY: Duration = Duration::from_secs(60);

pub(crate) async fn run(shared: Arc<Shared>) {
    let mut told: Option<Instant> = None;
    loop {
        let jitter = rand::rng().random_range(0.8..1.2);
        tokio::time::sleep(LOOK_EVERY.mul_f64(jitter)).await;
        let began = Instant::now();
        match shared.store.end_overdue_sessions(&shared.engine.watchdog_spares).await {
            Ok(ended) => {
                measures::watched(&ended, began.elapsed());
                for session in ended {
                    let (login, what) = (&session.login, session.what.as_str());
                    tracing::warn!(
                        login,
                        what,
                        seconds = session.lasted.as_secs(),
                        "The watchdog ended a session of {login}: {what}"
                    );
                }
            }
            Err(error) => {
                metrics::counter!("repruv_watchdog_failures_total").increment(1);
                if told.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
                    told = Some(Instant::now());
                    tracing::warn!(%error, "The watchdog cannot look; forgotten statements and transactions go on");
                }
            }
        }
    }
}
