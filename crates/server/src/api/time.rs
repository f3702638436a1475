//! Times that a client asks for.

use crate::http::error::ApiError;
use chrono::{DateTime, TimeDelta, Utc};

/// How far ahead work may be scheduled.
const AHEAD_MAX: TimeDelta = TimeDelta::days(90);

/// A time to run at: one in the past means at once.
///
/// # Errors
/// 422 for a time too far ahead.
pub fn run_at(asked: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
    if asked > now + AHEAD_MAX {
        return Err(ApiError::invalid("run_at", "Choose a time within the next 90 days."));
    }
    Ok(asked.max(now))
}

/// A moment that PostgreSQL can hold: its calendar begins later than that of a request.
pub fn within_calendar(asked: DateTime<Utc>) -> DateTime<Utc> {
    asked.max(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_means_now_and_the_far_future_is_refused() {
        let now = crate::clock::now();
        assert_eq!(run_at(DateTime::<Utc>::MIN_UTC, now).expect("the past"), now);
        let soon = now + TimeDelta::days(89);
        assert_eq!(run_at(soon, now).expect("soon"), soon);
        assert!(run_at(DateTime::<Utc>::MAX_UTC, now).is_err());
    }
}
