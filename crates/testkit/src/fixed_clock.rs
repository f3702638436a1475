//! A clock that stands still until the test moves it.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use std::sync::{Arc, Mutex, PoisonError};

/// Clones show the same time.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<DateTime<Utc>>>);

impl Default for FixedClock {
    /// Noon of 2 March 2026, UTC.
    fn default() -> Self {
        let noon = Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).single();
        Self::at(noon.expect("exists once"))
    }
}

impl FixedClock {
    /// A clock that shows `time`.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(time)))
    }

    /// The time that it shows.
    pub fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves it, backwards too; answers the new time.
    pub fn advance(&self, by: TimeDelta) -> DateTime<Utc> {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *time += by;
        *time
    }

    /// For code that takes its clock as a function.
    pub fn as_fn(&self) -> impl Fn() -> DateTime<Utc> + Send + Sync + Clone + 'static {
        let clock = self.clone();
        move || clock.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_move_together() {
        let clock = FixedClock::default();
        let read = clock.as_fn();
        let start = read();
        assert_eq!(clock.advance(TimeDelta::minutes(5)), start + TimeDelta::minutes(5));
        assert_eq!(read(), clock.now());
    }
}
