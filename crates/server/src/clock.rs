//! The one place of this crate that reads the time. Leases, schedules and expiry go by the database's clock; this one is for
//! bounding what a client may ask for.

use chrono::{DateTime, Utc};

/// Now, by this machine.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
