//! What is read, printed and read again is the same.

use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// Fields that were left out are printed as absent ones, and a moment may be written shorter than we print it.
const LONGER_MAX: usize = 2_000;

/// Reads JSON as `T`; `None` where it is none. What was accepted must come back from what it is printed as, which is bounded.
pub fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(json: &[u8]) -> Option<T> {
    let value: T = serde_json::from_slice(json).ok()?;
    let printed = serde_json::to_vec(&value).unwrap_or_else(|error| panic!("{value:?} cannot be printed: {error}"));
    assert!(printed.len() <= 2 * json.len() + LONGER_MAX, "{} bytes became {}", json.len(), printed.len());
    let again: T =
        serde_json::from_slice(&printed).unwrap_or_else(|error| panic!("{value:?} is not read again: {error}"));
    assert_eq!(again, value, "another value after printing");
    Some(value)
}
