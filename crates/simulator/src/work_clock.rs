//! How far work has come, at a pace that may change while it is under way.

use std::time::Instant;

/// Counts seconds of *work*. At pace 1 a second of work takes a second, at pace 0.01 ten
/// milliseconds. Changing the pace speeds up what is already running and never moves it backwards.
#[derive(Debug)]
pub(crate) struct WorkClock {
    anchor: Instant,
    work_s_at_anchor: f64,
    pace: f64,
}

impl WorkClock {
    pub(crate) fn new(pace: f64, at: Instant) -> Self {
        Self { anchor: at, work_s_at_anchor: 0.0, pace }
    }

    /// Seconds of work done at `at`.
    pub(crate) fn work_s(&self, at: Instant) -> f64 {
        let elapsed = at.saturating_duration_since(self.anchor).as_secs_f64();
        self.work_s_at_anchor + elapsed / self.pace
    }

    pub(crate) fn set_pace(&mut self, pace: f64, at: Instant) {
        self.work_s_at_anchor = self.work_s(at);
        self.anchor = self.anchor.max(at);
        self.pace = pace;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn changing_the_pace_keeps_what_was_done() {
        let start = Instant::now();
        let mut clock = WorkClock::new(1.0, start);
        let later = start + Duration::from_secs(10);
        clock.set_pace(0.1, later);
        assert_eq!(clock.work_s(later), 10.0);
        assert_eq!(clock.work_s(later + Duration::from_secs(1)), 20.0);
        assert_eq!(clock.work_s(start), 10.0, "never backwards");
    }
}
