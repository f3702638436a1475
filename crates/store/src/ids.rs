//! The one place that makes ids.

use uuid::Uuid;

/// A new UUIDv7: grows with time, so that indexes grow at their end.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
