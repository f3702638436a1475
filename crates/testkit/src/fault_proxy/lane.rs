//! One direction, and how it misbehaves.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Bytes taken at once when nothing is throttled.
const CHUNK_BYTES_MAX: usize = 16 * 1024;
/// A throttled lane moves this often a second, so that it trickles instead of pulsing.
const THROTTLE_STEPS_PER_S: u64 = 20;

/// What happens to the bytes of one direction. The default is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// Each chunk (16 KiB at most) waits this long before it goes on.
    pub delay: Duration,
    /// Bytes a second for each connection.
    pub bytes_per_s: Option<u64>,
    /// Forwards this many more bytes, all connections together, then closes the connection that
    /// reached it. Happens once; then the lane forwards again, so that a reconnect succeeds.
    pub cut_after_bytes: Option<u64>,
    /// Nothing moves and sockets stay open. What was taken is kept, and goes on afterwards.
    pub stalled: bool,
}

/// One direction of a proxy; clones turn the same faults.
#[derive(Debug, Clone, Default)]
pub struct Lane(Arc<watch::Sender<Faults>>);

/// How much of a chunk may pass.
pub(super) enum Pass {
    Whole,
    /// Only so many bytes; then the connection is closed.
    Part(usize),
}

impl Lane {
    /// Replaces the faults, at once.
    pub fn set(&self, faults: Faults) {
        self.0.send_replace(faults);
    }

    /// The faults as they stand; a cut disappears from them once it has happened.
    pub fn faults(&self) -> Faults {
        *self.0.borrow()
    }

    /// Bytes to read at once.
    pub(super) fn chunk_bytes(&self) -> usize {
        let step = self.faults().bytes_per_s.map(|rate| rate / THROTTLE_STEPS_PER_S);
        let step = step.and_then(|bytes| usize::try_from(bytes).ok());
        step.map_or(CHUNK_BYTES_MAX, |bytes| bytes.clamp(1, CHUNK_BYTES_MAX))
    }

    /// Waits until the lane moves.
    pub(super) async fn moving(&self) {
        let mut faults = self.0.subscribe();
        // The sender is borrowed here, so it cannot be gone.
        let _ = faults.wait_for(|faults| !faults.stalled).await;
    }

    /// Waits until a chunk taken at `taken` may go on. A change of the faults is seen while
    /// waiting.
    pub(super) async fn due(&self, taken: Instant, bytes: usize) {
        let mut changes = self.0.subscribe();
        loop {
            let faults = *changes.borrow_and_update();
            let throttle = faults.bytes_per_s.map_or(0.0, |rate| bytes as f64 / rate.max(1) as f64);
            let due = taken + faults.delay + Duration::from_secs_f64(throttle);
            let changed = async {
                let _ = changes.changed().await;
            };
            if !faults.stalled {
                tokio::select! {
                    () = tokio::time::sleep_until(due.into()) => return,
                    () = changed => {}
                }
            } else {
                changed.await;
            }
        }
    }

    /// Takes `bytes` from what is left before the cut.
    pub(super) fn pass(&self, bytes: usize) -> Pass {
        let mut pass = Pass::Whole;
        self.0.send_if_modified(|faults| {
            let Some(left) = faults.cut_after_bytes else {
                return false;
            };
            let wanted = bytes as u64;
            if wanted < left {
                faults.cut_after_bytes = Some(left - wanted);
            } else {
                faults.cut_after_bytes = None;
                // `left` is at most `bytes` here, so it fits.
                pass = Pass::Part(left as usize);
            }
            false
        });
        pass
    }
}
