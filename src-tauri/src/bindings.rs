//! The TypeScript side of the commands, generated from the Rust side.

use crate::commands;
use contract::ipc::{IpcError, SettledCommand};
use std::path::Path;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands};

/// Where the generated file stands, seen from this crate.
pub const FILE: &str = "../ui/src/generated/commands.ts";

/// All commands with their types.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            commands::bootstrap::bootstrap,
            commands::bootstrap::window_ready,
            commands::now::now,
            commands::now::job_counts,
            commands::jobs::jobs_page,
            commands::jobs::job,
            commands::jobs::job_types,
            commands::users::users_page,
            commands::users::user,
            commands::users::user_timeline,
            commands::users::user_ticket,
            commands::users::presets,
            commands::triage::user_case,
            commands::triage::job_case,
            commands::triage::contradictions,
            commands::triage::apply_fix,
            commands::bulk::bulk_plans,
            commands::bulk::bulk_approvals,
            commands::bulk::bulk_plan,
            commands::bulk::bulk_items,
            commands::bulk::make_bulk_plan,
            commands::bulk::confirm_bulk_plan,
            commands::bulk::step_bulk_plan,
            commands::bulk::retry_failed_bulk,
            commands::sessions::sessions_page,
            commands::workers::workers,
            commands::audit::audit_page,
            commands::audit::audit_words,
            commands::audit::export_audit,
            commands::audit::show_export,
            commands::demo_mode::enable_demo_mode,
            commands::demo_mode::disable_demo_mode,
            commands::demo_mode::cancel_demo_mode,
            commands::demo_mode::dismiss_demo_mode,
            commands::jobs::cancel_job,
            commands::jobs::retry_job,
            commands::jobs::reschedule_job,
            commands::sessions::revoke_preview,
            commands::sessions::probe_session,
            commands::sessions::revoke_session,
            commands::sessions::revoke_sessions,
            commands::outcomes::pending_commands,
            commands::outcomes::resolve_command,
            commands::sign_in::sign_in,
            commands::sign_in::sign_out,
            commands::access::change_password,
            commands::access::begin_second_factor,
            commands::access::confirm_second_factor,
            commands::access::reauthenticate,
            commands::learning::recurring_causes,
            commands::learning::error_words,
            commands::learning::write_error_words,
            commands::queues::pause_queue,
            commands::members::members,
            commands::members::add_member,
            commands::members::change_member,
            commands::members::change_member_role,
            commands::members::require_second_factor,
            commands::preferences::set_preferences,
            commands::environments::add_environment,
            commands::environments::remove_environment,
            commands::environments::edit_environment,
            commands::environments::test_environment,
            commands::environments::unlock_production,
            commands::environments::lock_production,
            commands::environments::switch_environment,
            commands::live::subscribe,
            commands::live::unsubscribe,
            commands::notices::watched,
            commands::notices::watch,
            commands::notices::unwatch,
            commands::notices::try_notification,
            commands::notices::clipboard_offer,
            commands::diagnostics::diagnostics,
            commands::diagnostics::open_logs,
        ])
        .typ::<IpcError>()
        .typ::<SettledCommand>()
        .constant(
            "appEvents",
            serde_json::json!({
                "navigate": crate::window::NAVIGATE,
                "sessionChanged": crate::window::SESSION_CHANGED,
                "watchesChanged": crate::window::WATCHES_CHANGED,
                "commandSettled": crate::window::COMMAND_SETTLED,
            }),
        )
        .error_handling(ErrorHandlingMode::Throw)
        .disable_serde_phases()
}

/// Writes the file.
pub fn export(file: &Path) -> anyhow::Result<()> {
    let header = "// Generated from src-tauri/src/commands by `cargo xtask codegen`. Do not edit.\n";
    let typescript = specta_typescript::Typescript::default().header(header);
    builder().export(typescript, file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command_names::COMMANDS;

    fn generated(name: &str) -> String {
        let file = crate::pending::tests::folder(name).join("commands.ts");
        export(&file).expect("exports");
        std::fs::read_to_string(file).expect("was written")
    }

    #[test]
    fn the_checked_in_bindings_are_fresh() {
        // Tests run in the folder of their package.
        let checked_in = Path::new(FILE);
        let fresh = generated("bindings");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(checked_in, &fresh).expect("writes");
        }
        let stale = std::fs::read_to_string(checked_in).unwrap_or_default() != fresh;
        assert!(!stale, "{} is stale: run `cargo xtask codegen`", checked_in.display());
    }

    #[test]
    fn every_command_is_listed_and_allowed_once() {
        let text = generated("command-names");
        for name in COMMANDS {
            assert!(text.contains(&format!("(\"{name}\"")), "{name} is listed but does not exist");
        }
        assert_eq!(text.matches("__TAURI_INVOKE<").count(), COMMANDS.len(), "a command is missing in command_names.rs");

        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../capabilities/main.json")).expect("is JSON");
        let mut allowed: Vec<_> =
            capability["permissions"].as_array().expect("a list").iter().filter_map(|one| one.as_str()).collect();
        allowed.retain(|one| one.starts_with("allow-"));
        let expected: Vec<_> = COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
        assert_eq!(allowed, expected, "capabilities/main.json");
    }
}
