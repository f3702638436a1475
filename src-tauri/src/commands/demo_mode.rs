//! Changing a user's demo mode.

use super::{State, send};
use crate::{api_client::body, failure::Answer, outcomes::Draft};
use contract::{
    ipc::CommandTarget,
    staff::{EnableDemoMode, WithReason},
    users::UserView,
};
use serde::Serialize;

/// Makes a demo profile.
#[tauri::command]
#[specta::specta]
pub async fn enable_demo_mode(ops: State<'_>, target: CommandTarget, body: EnableDemoMode) -> Answer<UserView> {
    send(&ops, draft(target, "enable", &body)?).await
}

/// Removes the demo profile.
#[tauri::command]
#[specta::specta]
pub async fn disable_demo_mode(ops: State<'_>, target: CommandTarget, body: WithReason) -> Answer<UserView> {
    send(&ops, draft(target, "disable", &body)?).await
}

/// Stops the operation in progress.
#[tauri::command]
#[specta::specta]
pub async fn cancel_demo_mode(ops: State<'_>, target: CommandTarget, body: WithReason) -> Answer<UserView> {
    send(&ops, draft(target, "cancel", &body)?).await
}

/// Acknowledges a failure that left nothing behind.
#[tauri::command]
#[specta::specta]
pub async fn dismiss_demo_mode(ops: State<'_>, target: CommandTarget, body: WithReason) -> Answer<UserView> {
    send(&ops, draft(target, "dismiss", &body)?).await
}

fn draft(target: CommandTarget, verb: &str, with: &impl Serialize) -> Answer<Draft> {
    Ok(Draft {
        command_id: target.command_id,
        path: format!("users/{}/demo-mode/{verb}", target.id),
        body: body(with)?,
        version: Some(target.version),
        title: target.title,
        user_id: Some(target.id),
        job_id: None,
    })
}
