//! When to try again.

use crate::JobEvent;
use std::time::Duration;

/// Exponential backoff with full jitter and a cap.
///
/// Full jitter spreads the retries of jobs that failed together, so that a recovering service is not hit by all at once
/// (Brooker, "Exponential Backoff And Jitter", 2015).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Upper bound of the first delay, milliseconds.
    pub base_ms: u64,
    /// Upper bound of every delay, milliseconds.
    pub cap_ms: u64,
    /// Lower bound of every delay, milliseconds: a retry at once rarely helps.
    pub floor_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { base_ms: 4_000, cap_ms: 300_000, floor_ms: 500 }
    }
}

impl RetryPolicy {
    /// The delay before the attempt after `attempt` (1 = the first attempt failed).
    ///
    /// `unit` is a random number in `0.0..1.0` that the caller draws; anything outside is clamped.
    pub fn delay(&self, attempt: u32, unit: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(32);
        let bound = self.base_ms.saturating_mul(1_u64 << doublings).min(self.cap_ms);
        let unit = if unit.is_finite() { unit.clamp(0.0, 1.0) } else { 1.0 };
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded by cap_ms"
        )]
        let millis = (bound as f64 * unit) as u64;
        Duration::from_millis(millis.clamp(self.floor_ms.min(self.cap_ms), self.cap_ms))
    }
}

/// What a failed attempt leads to. `attempt` is the one that just failed, counted from 1.
pub const fn after_failure(attempt: u32, max_attempts: u32, permanent: bool) -> JobEvent {
    if permanent || attempt >= max_attempts { JobEvent::Fail } else { JobEvent::RetryLater }
}
