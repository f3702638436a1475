//! The one place that makes ids.

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// A new UUIDv7: grows with time, so that indexes grow at their end.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A UUIDv7 of another time, for rows that tell of the past. A time before 1970 counts as 1970.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn id_at(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.timestamp_subsec_nanos()))
}
