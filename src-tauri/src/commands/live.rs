//! The stream.

use super::State;
use crate::failure::Answer;
use contract::live::{LiveInterest, LiveMessage};
use tauri::ipc::Channel;

/// Starts a subscription; its first message says how far what is shown can be trusted.
#[tauri::command]
#[specta::specta]
pub async fn subscribe(ops: State<'_>, interest: LiveInterest, channel: Channel<LiveMessage>) -> Answer<u32> {
    Ok(ops.live.subscribe(interest, Box::new(move |message| channel.send(message).is_ok())))
}

/// Ends a subscription; an unknown one is fine.
#[tauri::command]
#[specta::specta]
pub async fn unsubscribe(ops: State<'_>, id: u32) -> Answer<()> {
    ops.live.unsubscribe(id);
    Ok(())
}
