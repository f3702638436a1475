//! The one place of this binary that reads the wall clock.

use chrono::{DateTime, Utc};

/// Now, by this machine. Used for expiry of credentials and to notice sleep; never shown as the time of an event.
#[expect(clippy::disallowed_methods, reason = "the one place of this binary that reads the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
