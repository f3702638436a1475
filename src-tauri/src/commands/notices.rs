//! What the person asked to be told of, and the clipboard for the palette.

use super::State;
use crate::{
    clipboard,
    failure::{Answer, validation},
    live::watches::WATCHES_MAX,
    notices,
};
use contract::notices::{ClipboardOffer, WatchKind, Watched};
use uuid::Uuid;

/// What the person waits for.
#[tauri::command]
#[specta::specta]
pub async fn watched(ops: State<'_>) -> Answer<Watched> {
    Ok(ops.live.watches().all())
}

/// Tells by a notification of the desktop when this ends; at once when it has ended already.
#[tauri::command]
#[specta::specta]
pub async fn watch(ops: State<'_>, kind: WatchKind, id: Uuid) -> Answer<Watched> {
    if !ops.live.watches().add(kind, id) {
        return Err(validation("id", format!("At most {WATCHES_MAX} things can be waited for.")));
    }
    notices::look(&ops, kind, id).await?;
    Ok(ops.live.watches().all())
}

/// No longer.
#[tauri::command]
#[specta::specta]
pub async fn unwatch(ops: State<'_>, kind: WatchKind, id: Uuid) -> Answer<Watched> {
    ops.live.watches().remove(kind, id);
    Ok(ops.live.watches().all())
}

/// Shows a notification that says what one looks like.
#[tauri::command]
#[specta::specta]
pub async fn try_notification(ops: State<'_>) -> Answer<()> {
    notices::try_one(&ops).await
}

/// What is on the clipboard, when it looks like something to go to.
#[tauri::command]
#[specta::specta]
pub async fn clipboard_offer(_ops: State<'_>) -> Answer<Option<ClipboardOffer>> {
    Ok(clipboard::offer().await)
}
