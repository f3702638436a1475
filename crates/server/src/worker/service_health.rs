//! How the demo service answers this worker, written down for people and verdicts: at most once a second, and at once when
//! it turns from good to bad or back. Apart from any job's transaction, and nothing waits for it.

use super::{DemoServiceError, Shared};
use state_machine::ErrorClass;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use store::engine::ServiceHealth;
use tokio::sync::Notify;

/// Requests that `recent` looks back on at most, and for how long.
const RECENT_MAX: usize = 100;
const RECENT: Duration = Duration::from_secs(300);
/// How much the newest answer counts in the mean.
const NEWEST: f64 = 0.2;
const EVERY: Duration = Duration::from_secs(1);
/// A service that is good and bad by turns is not written at each turn.
const TURN: Duration = Duration::from_millis(200);

/// What was seen of the service; all clones share it.
#[derive(Clone, Debug, Default)]
pub struct Seen(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    turned: Notify,
}

#[derive(Debug, Default)]
struct State {
    last_ok: Option<Instant>,
    last_error: Option<(Instant, ErrorClass, String)>,
    recent: VecDeque<(Instant, bool)>,
    latency_ms: Option<f64>,
    unwritten: bool,
}

impl Seen {
    /// A request that began at `began` has ended just now.
    pub(super) fn answered(&self, began: Instant, error: Option<&DemoServiceError>) {
        // What belongs to the one request (its profile is gone, its key was used) says nothing about the service.
        let bad = error.filter(|error| !matches!(error, DemoServiceError::Refused { status: 404 | 409 | 410, .. }));
        let now = Instant::now();
        let mut state = self.lock();
        let was_well = state.recent.back().map(|last| last.1);
        if state.recent.len() == RECENT_MAX {
            state.recent.pop_front();
        }
        state.recent.push_back((now, bad.is_none()));
        match bad {
            None => state.last_ok = Some(now),
            Some(error) => state.last_error = Some((now, error.class(), error.to_string())),
        }
        if error.is_none_or(|error| matches!(error, DemoServiceError::Refused { .. } | DemoServiceError::Unwell { .. }))
        {
            let took_ms = now.duration_since(began).as_secs_f64() * 1_000.0;
            state.latency_ms = Some(state.latency_ms.map_or(took_ms, |mean| mean + (took_ms - mean) * NEWEST));
        }
        state.unwritten = true;
        if was_well != Some(bad.is_none()) {
            self.0.turned.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is not written yet; from now on it counts as written.
    fn unwritten(&self) -> Option<ServiceHealth> {
        let now = Instant::now();
        let mut state = self.lock();
        state.recent.retain(|(at, _)| now.duration_since(*at) < RECENT);
        std::mem::take(&mut state.unwritten).then(|| {
            let ok = state.recent.iter().filter(|request| request.1).count();
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            ServiceHealth {
                last_ok: state.last_ok.map(|at| now.duration_since(at)),
                last_error: state
                    .last_error
                    .as_ref()
                    .map(|(at, class, words)| (now.duration_since(*at), *class, words.clone())),
                recent_ok: count(ok),
                recent_errors: count(state.recent.len() - ok),
                latency_ms: state.latency_ms,
            }
        })
    }

    fn write_again(&self) {
        self.lock().unwritten = true;
    }
}

/// Writes what was seen, until the worker ends.
pub(crate) async fn write(shared: Arc<Shared>) {
    let Some(seen) = shared.handlers.service().cloned() else { return };
    loop {
        tokio::time::sleep(TURN).await;
        tokio::select! {
            () = seen.0.turned.notified() => {}
            () = tokio::time::sleep(EVERY - TURN) => {}
        }
        let Some(health) = seen.unwritten() else { continue };
        match shared.store.service_seen(shared.session.id, health).await {
            Ok(true) => {}
            Ok(false) => seen.write_again(),
            Err(error) => {
                seen.write_again();
                tracing::debug!(%error, "The demo service's health is not written");
            }
        }
    }
}
