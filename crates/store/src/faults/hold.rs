//! Stopping one pass of a step until a test lets it go.

use super::injected::{Armed, arm_with};
use std::sync::{
    Arc, Condvar, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering::SeqCst},
};
use std::time::Duration;
use tokio::sync::Notify;

/// A point that stops the first who passes; all others pass freely. Dropping it lets that one go.
#[derive(Debug)]
pub struct Hold {
    gate: Arc<Gate>,
    armed: Armed,
}

#[derive(Debug, Default)]
struct Gate {
    taken: AtomicBool,
    arrived: Notify,
    open: Mutex<bool>,
    opened: Condvar,
}

/// Stops the first who passes the point from now on.
///
/// # Panics
/// When the point is not in [`super::POINTS`].
#[must_use = "whoever was stopped goes on when this is dropped"]
pub fn hold(name: &str) -> Hold {
    let gate = Arc::new(Gate::default());
    let stop = gate.clone();
    let armed = arm_with(name, move || {
        if !stop.taken.swap(true, SeqCst) {
            stop.arrived.notify_one();
            let mut open = stop.open.lock().unwrap_or_else(PoisonError::into_inner);
            while !*open {
                open = stop.opened.wait(open).unwrap_or_else(PoisonError::into_inner);
            }
        }
    });
    Hold { gate, armed }
}

impl Hold {
    /// Until somebody stands at the point.
    ///
    /// # Panics
    /// After 30 s: the step does not pass the point.
    pub async fn reached(&self) {
        let came = tokio::time::timeout(Duration::from_secs(30), self.gate.arrived.notified()).await;
        assert!(came.is_ok(), "nobody came to {:?}", self.armed);
    }

    /// Lets them go.
    pub fn release(self) {}
}

impl Drop for Hold {
    fn drop(&mut self) {
        *self.gate.open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.gate.opened.notify_all();
    }
}
