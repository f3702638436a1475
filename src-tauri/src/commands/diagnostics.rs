//! For whoever helps the person at this window.

use super::State;
use crate::{
    diagnostics,
    failure::{Answer, internal},
};

/// Text to copy into a ticket. Holds no secret and nothing about customers.
#[tauri::command]
#[specta::specta]
pub async fn diagnostics(ops: State<'_>) -> Answer<String> {
    Ok(diagnostics::text(&ops))
}

/// Shows the folder of the logs.
#[tauri::command]
#[specta::specta]
pub async fn open_logs(ops: State<'_>) -> Answer<()> {
    tauri_plugin_opener::open_path(&ops.log_folder, None::<&str>).map_err(|error| internal("Opening the logs", error))
}
