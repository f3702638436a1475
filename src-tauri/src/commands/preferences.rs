//! How things look.

use super::State;
use crate::{failure::Answer, window};
use contract::ipc::Preferences;

/// Takes over theme, density, times and what is told by notifications. Environments have commands of their own and are not changed by this.
#[tauri::command]
#[specta::specta]
pub async fn set_preferences(
    ops: State<'_>,
    window: tauri::WebviewWindow,
    preferences: Preferences,
) -> Answer<Preferences> {
    let kept = ops.preferences.set_look(&preferences)?;
    window::dress(&window, kept.theme);
    Ok(kept)
}
