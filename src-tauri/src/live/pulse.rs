//! How far what is shown can be trusted. Pure: the time is passed in.

use chrono::{DateTime, TimeDelta, Utc};
use contract::live::{Freshness, FreshnessSource, FreshnessState};
use std::time::Duration;

/// Writes are blocked from this age on. A second remains to say so before five have passed.
pub const STALE_AFTER: Duration = Duration::from_secs(4);
/// The wall clock running ahead of the monotonic one by this much means that the machine slept.
const SLEPT: TimeDelta = TimeDelta::seconds(3);

/// One reading of both clocks of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    /// Since the start of the process; stands still while the machine sleeps (on Linux and macOS).
    pub monotonic: Duration,
    /// Goes on during sleep; may be set by hand.
    pub wall: DateTime<Utc>,
}

#[derive(Clone, Debug)]
struct Good {
    at: Duration,
    as_of: DateTime<Utc>,
    read_ms: u32,
    source: FreshnessSource,
}

/// The pulse of one window.
#[derive(Debug, Default)]
pub struct Pulse {
    signed_in: bool,
    good: Option<Good>,
    /// The last good read lies before a sleep: stale whatever the monotonic clock says.
    slept: bool,
    problem: Option<String>,
    api_problem: Option<String>,
    last: Option<Tick>,
}

impl Pulse {
    /// A person signed in (or another environment was chosen); nothing is read yet.
    pub fn connecting(&mut self) {
        *self = Self { signed_in: true, last: self.last, ..Self::default() };
    }

    /// Nobody is signed in.
    pub fn signed_out(&mut self) {
        *self = Self::default();
    }

    /// The database answered.
    pub fn read(&mut self, now: Tick, as_of: DateTime<Utc>, took: Duration, source: FreshnessSource) {
        self.slept = false;
        self.problem = None;
        self.good = Some(Good { at: now.monotonic, as_of, read_ms: millis(took), source });
    }

    /// The API can be used, or cannot for this reason. True when that is news.
    pub fn api(&mut self, problem: Option<String>) -> bool {
        let news = self.signed_in && self.api_problem != problem;
        self.api_problem = problem;
        news
    }

    /// The database did not answer.
    pub fn failed(&mut self, problem: impl Into<String>) {
        self.problem = Some(problem.into());
    }

    /// To be called at least once a second. True when the machine slept since the last call.
    pub fn tick(&mut self, now: Tick) -> bool {
        let slept = self.last.is_some_and(|last| {
            let monotonic = TimeDelta::from_std(now.monotonic.saturating_sub(last.monotonic)).unwrap_or(TimeDelta::MAX);
            (now.wall - last.wall) - monotonic > SLEPT
        });
        self.last = Some(now);
        self.slept |= slept;
        slept
    }

    /// How far what is shown can be trusted at this moment.
    pub fn freshness(&self, now: Duration) -> Freshness {
        let age = self.good.as_ref().map(|good| now.saturating_sub(good.at));
        let state = match age {
            _ if !self.signed_in => FreshnessState::SignedOut,
            None => FreshnessState::Connecting,
            Some(age) if age < STALE_AFTER && !self.slept => FreshnessState::Live,
            Some(_) => FreshnessState::Stale,
        };
        Freshness {
            state,
            as_of: self.good.as_ref().map(|good| good.as_of),
            age_ms: millis(age.unwrap_or_default()),
            read_ms: self.good.as_ref().map_or(0, |good| good.read_ms),
            source: self.good.as_ref().map_or(FreshnessSource::Poll, |good| good.source),
            message: (state != FreshnessState::Live).then(|| self.message()).flatten(),
            api_problem: self.api_problem.clone(),
        }
    }

    fn message(&self) -> Option<String> {
        match (&self.problem, self.slept) {
            (Some(problem), _) => Some(problem.clone()),
            (None, true) => Some("This machine slept. Reading again.".into()),
            (None, false) => None,
        }
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Tick {
        Tick {
            monotonic: Duration::from_secs(seconds),
            wall: DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds as i64),
        }
    }

    fn pulse_read_at(seconds: u64) -> Pulse {
        let mut pulse = Pulse::default();
        pulse.connecting();
        pulse.tick(at(seconds));
        pulse.read(at(seconds), at(seconds).wall, Duration::from_millis(40), FreshnessSource::Push);
        pulse
    }

    #[test]
    fn it_is_live_for_four_seconds_after_a_good_read() {
        let mut pulse = pulse_read_at(10);
        let fresh = pulse.freshness(Duration::from_millis(13_999));
        assert_eq!((fresh.state, fresh.age_ms, fresh.read_ms), (FreshnessState::Live, 3_999, 40));
        pulse.failed("The database cannot be reached.");
        let stale = pulse.freshness(Duration::from_secs(14));
        assert_eq!(
            (stale.state, stale.message.as_deref()),
            (FreshnessState::Stale, Some("The database cannot be reached."))
        );
        assert_eq!(stale.as_of, Some(at(10).wall));
    }

    #[test]
    fn a_failure_within_four_seconds_is_not_shown_as_stale_yet() {
        let mut pulse = pulse_read_at(10);
        pulse.failed("gone");
        let fresh = pulse.freshness(Duration::from_secs(12));
        assert_eq!((fresh.state, fresh.message), (FreshnessState::Live, None));
    }

    #[test]
    fn before_the_first_read_it_is_connecting_and_without_a_person_signed_out() {
        let mut pulse = Pulse::default();
        assert_eq!(pulse.freshness(Duration::ZERO).state, FreshnessState::SignedOut);
        pulse.connecting();
        assert_eq!(pulse.freshness(Duration::from_secs(60)).state, FreshnessState::Connecting);
        pulse.signed_out();
        assert_eq!(pulse.freshness(Duration::ZERO).state, FreshnessState::SignedOut);
    }

    #[test]
    fn sleep_makes_it_stale_at_once_although_the_monotonic_clock_stood_still() {
        let mut pulse = pulse_read_at(10);
        let woken = Tick { monotonic: Duration::from_secs(11), wall: at(3_600).wall };
        assert!(pulse.tick(woken));
        assert!(!pulse.tick(Tick { monotonic: Duration::from_secs(12), wall: at(3_601).wall }), "it slept once");
        let stale = pulse.freshness(Duration::from_secs(11));
        assert_eq!(stale.state, FreshnessState::Stale);
        pulse.read(woken, woken.wall, Duration::ZERO, FreshnessSource::Poll);
        assert_eq!(pulse.freshness(Duration::from_secs(12)).state, FreshnessState::Live);
    }

    #[test]
    fn an_api_that_is_away_is_told_once_and_leaves_reading_live() {
        let mut pulse = pulse_read_at(10);
        let gone = || Some("The API cannot be reached.".to_owned());
        assert!(!pulse.api(None));
        assert!(pulse.api(gone()) && !pulse.api(gone()));
        let fresh = pulse.freshness(Duration::from_secs(11));
        assert_eq!((fresh.state, fresh.api_problem), (FreshnessState::Live, gone()));
        assert!(pulse.api(None));
        pulse.api(gone());
        pulse.connecting();
        assert_eq!(pulse.freshness(Duration::ZERO).api_problem, None, "another environment, another API");
    }

    #[test]
    fn a_clock_set_back_is_not_sleep() {
        let mut pulse = pulse_read_at(3_600);
        assert!(!pulse.tick(Tick { monotonic: Duration::from_secs(3_601), wall: at(1).wall }));
        assert_eq!(pulse.freshness(Duration::from_secs(3_601)).state, FreshnessState::Live);
    }
}
