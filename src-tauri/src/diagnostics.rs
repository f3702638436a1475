//! Text for a ticket: what runs where and what went wrong lately. No secret, nothing about customers.

use crate::{logging, ops::Ops};
use std::fmt::Write;

const TROUBLES_MAX: usize = 20;

/// The text.
pub fn text(ops: &Ops) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<14}{value}");
    };
    line("Repruv Ops", env!("CARGO_PKG_VERSION"));
    line("System", &format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
    line("Webview", &tauri::webview_version().unwrap_or_else(|_| "unknown".into()));
    line("At", &crate::clock::now().to_rfc3339());
    if let Some(environment) = ops.preferences.environment() {
        line("Environment", &format!("{:?} {}", environment.kind, environment.api_url));
    }
    match ops.session() {
        Some(session) => {
            let staff = session.account.staff();
            line("Signed in", &format!("{} as {}", staff.id, staff.role.as_str()));
            line(
                "Unknown",
                &format!("{} commands without an outcome", ops.pending.of(&session.environment.id, staff.id).len()),
            );
        }
        None => line("Signed in", "no"),
    }
    let freshness = ops.live.freshness();
    line(
        "Freshness",
        &format!(
            "{:?}, {} ms old, read in {} ms by {:?}",
            freshness.state, freshness.age_ms, freshness.read_ms, freshness.source
        ),
    );
    line("Logs", &ops.log_folder.display().to_string());
    text.push_str("\nLast warnings and errors:\n");
    for trouble in logging::last_troubles(&ops.log_folder, TROUBLES_MAX) {
        text.push_str(&trouble);
        text.push('\n');
    }
    text
}
