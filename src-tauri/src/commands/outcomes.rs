//! Commands whose answer was lost.

use super::State;
use crate::failure::{Answer, unauthorized};
use contract::ipc::PendingCommand;
use uuid::Uuid;

/// Commands of this environment whose outcome is not known, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn pending_commands(ops: State<'_>) -> Answer<Vec<PendingCommand>> {
    let session = ops.session().ok_or_else(|| unauthorized("Sign in first."))?;
    Ok(ops.pending.of(&session.environment.id).iter().map(PendingCommand::from).collect())
}

/// Finds out by sending the command again under its key: true means that it holds, false that it was refused and nothing happened.
#[tauri::command]
#[specta::specta]
pub async fn resolve_command(ops: State<'_>, command_id: Uuid) -> Answer<bool> {
    ops.resolve(command_id).await
}
