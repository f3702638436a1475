//! Worker processes.

use super::State;
use crate::failure::Answer;
use contract::jobs::WorkerRow;

/// Workers heard of lately, alive first.
#[tauri::command]
#[specta::specta]
pub async fn workers(ops: State<'_>) -> Answer<Vec<WorkerRow>> {
    ops.read(|model| async move { model.workers().await }).await
}
