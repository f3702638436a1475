//! The one place of this crate that reads the clock. Harness and database share a machine, so their times compare.

use chrono::{DateTime, Utc};

/// Now.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate that reads the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
