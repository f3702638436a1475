//! Credentials that end with the window: in memory, so that whoever signed in for this session only stays signed in while the
//! connections of an environment are made anew, and when they come back from another one.

use super::Entry;
use crate::ops::lock;
use std::{collections::HashMap, sync::Mutex};

/// By environment. There are at most as many as environments.
#[derive(Default)]
pub struct Here(Mutex<HashMap<String, Held>>);

/// One environment's.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The newest credentials.
    pub entry: Entry,
    /// The person asked for it; otherwise the keychain refused, and is tried again.
    pub asked: bool,
}

impl Here {
    /// What is held for an environment.
    pub fn find(&self, environment_id: &str) -> Option<Held> {
        lock(&self.0).get(environment_id).cloned()
    }

    /// Over whatever was held.
    pub fn hold(&self, environment_id: &str, held: Held) {
        lock(&self.0).insert(environment_id.to_owned(), held);
    }

    /// None is fine.
    pub fn forget(&self, environment_id: &str) {
        lock(&self.0).remove(environment_id);
    }
}
