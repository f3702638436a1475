//! The first paint.

use super::State;
use crate::{failure::Answer, start, window};
use contract::ipc::Bootstrap;

/// Everything that the page needs for its first paint; also asked for again whenever the session changed.
#[tauri::command]
#[specta::specta]
pub async fn bootstrap(ops: State<'_>) -> Answer<Bootstrap> {
    Ok(start::bootstrap(&ops, start::LIMIT).await)
}

/// The page has painted: the window may be shown.
#[tauri::command]
#[specta::specta]
pub async fn window_ready(window: tauri::WebviewWindow) -> Answer<()> {
    window::show(&window);
    Ok(())
}
