//! The one place of this binary that makes ids.

use uuid::Uuid;

/// A new id: for an environment, a request, or a fault in the log.
#[expect(clippy::disallowed_methods, reason = "the one place of this binary that makes ids")]
pub fn new() -> Uuid {
    Uuid::now_v7()
}
