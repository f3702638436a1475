//! The one place of this crate that makes ids.

use uuid::Uuid;

/// A fresh UUIDv7.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
