//! What an argument of a command may be beyond its type. Without a window around it: `crates/fuzz` tries it as it stands here.

use crate::failure::{Answer, validation};
use serde_json::Value;

/// No page is longer.
pub const PAGE_MAX: u32 = 500;
/// Bytes.
pub const CURSOR_MAX: usize = 500;
/// Bytes. The API takes no more, and until it has answered a command is kept in a file.
pub const BODY_MAX: usize = 64 * 1024;
/// As the database has it.
pub const QUEUE_MAX: usize = 63;

/// What every list takes.
///
/// # Errors
/// Says which is not acceptable.
pub fn page(cursor: Option<&str>, limit: u32) -> Answer<()> {
    if limit == 0 || limit > PAGE_MAX {
        return Err(validation("limit", format!("Ask for 1 to {PAGE_MAX} rows.")));
    }
    if cursor.is_some_and(|cursor| cursor.len() > CURSOR_MAX) {
        return Err(validation("cursor", "This is not a cursor."));
    }
    Ok(())
}

/// What a person signs in with.
///
/// # Errors
/// When it is longer than anything that can be right.
pub fn credentials(email: &str, password: &str, code: Option<&str>) -> Answer<()> {
    if email.len() > 255 || password.len() > 1_024 || code.is_some_and(|code| code.len() > 20) {
        return Err(validation("email", "E-mail or password is too long."));
    }
    Ok(())
}

/// The name of a queue, which becomes one part of a path and must not lead out of it.
///
/// # Errors
/// When it is no such part.
pub fn queue(name: &str) -> Answer<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let dots = name.chars().all(|c| c == '.');
    if dots || name.len() > QUEUE_MAX || !name.chars().all(plain) {
        return Err(validation("name", "This queue can be paused by the command line only."));
    }
    Ok(())
}

/// What a command carries to the API.
///
/// # Errors
/// When it is longer than the API takes.
pub fn body(body: &Value) -> Answer<()> {
    if body.to_string().len() > BODY_MAX {
        return Err(validation("body", "This is too much for one command. Choose less, or write less."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_queue_stays_one_part_of_a_path() {
        for good in ["default", "demo-1", "a.b", "x_y", &"q".repeat(63)] {
            assert!(queue(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a?b", "a b", "ä", "%2e%2e", &"q".repeat(64)] {
            assert!(queue(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_command_is_no_longer_than_the_api_takes() {
        assert!(body(&Value::String("x".repeat(BODY_MAX - 2))).is_ok());
        assert!(body(&Value::String("x".repeat(BODY_MAX - 1))).is_err());
    }
}
