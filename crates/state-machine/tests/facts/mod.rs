//! A demo mode's facts in words, for tables and snapshots.

use state_machine::{DemoMode, DemoOperation};

pub fn facts_in_words(state: DemoMode) -> String {
    let operation = match state.failed_operation {
        Some(DemoOperation::Enable) => " to enable",
        Some(DemoOperation::Disable) => " to disable",
        None => "",
    };
    let profile = if state.profile_exists { ", profile exists" } else { "" };
    format!("{}{operation}{profile}", state.status)
}
