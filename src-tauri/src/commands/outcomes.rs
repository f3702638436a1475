//! Commands whose answer was lost.

use super::State;
use crate::failure::{Answer, unauthorized};
use contract::ipc::{CommandOutcome, PendingCommand};
use uuid::Uuid;

/// Commands of this environment whose outcome is not known, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn pending_commands(ops: State<'_>) -> Answer<Vec<PendingCommand>> {
    let session = ops.session().ok_or_else(|| unauthorized("Sign in first."))?;
    let own = ops.pending.of(&session.environment.id, session.account.staff().id);
    Ok(own.iter().map(PendingCommand::from).collect())
}

/// Asks now what became of a command. The window asks by itself as well; this is for those who do not want to wait.
#[tauri::command]
#[specta::specta]
pub async fn resolve_command(ops: State<'_>, command_id: Uuid) -> Answer<CommandOutcome> {
    ops.resolve(command_id).await
}
