//! The first screen.

use super::State;
use crate::failure::Answer;
use contract::{jobs::JobCounts, now::NowView};

/// How the service is doing. What needs a person is told by `contradictions`.
#[tauri::command]
#[specta::specta]
pub async fn now(ops: State<'_>) -> Answer<NowView> {
    ops.read(|model| async move { model.now().await }).await
}

/// Exact counts of live jobs.
#[tauri::command]
#[specta::specta]
pub async fn job_counts(ops: State<'_>) -> Answer<JobCounts> {
    ops.read(|model| async move { model.job_counts().await }).await
}
