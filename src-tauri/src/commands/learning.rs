//! What fixes and errors teach: causes that recur, and errors that need words.

use super::{State, send};
use crate::{api_client::body as to_body, failure::Answer, outcomes::Draft};
use contract::{
    ipc::CommandIntent,
    queues::{ErrorWords, RecurringCause, WriteErrorWords},
};

/// How far back causes are counted.
const DAYS: u16 = 7;

/// What people had to fix within seven days, the most frequent first.
#[tauri::command]
#[specta::specta]
pub async fn recurring_causes(ops: State<'_>) -> Answer<Vec<RecurringCause>> {
    ops.read(|model| async move { model.recurring_causes(DAYS).await }).await
}

/// Errors that no rule has words for: those that still need some first.
#[tauri::command]
#[specta::specta]
pub async fn error_words(ops: State<'_>) -> Answer<Vec<ErrorWords>> {
    ops.read(|model| async move { model.error_words().await }).await
}

/// Gives an error its words, or other ones. `version`: of the words that were seen.
#[tauri::command]
#[specta::specta]
pub async fn write_error_words(
    ops: State<'_>,
    intent: CommandIntent,
    version: u32,
    body: WriteErrorWords,
) -> Answer<ErrorWords> {
    let draft = Draft {
        command_id: intent.command_id,
        path: "error-words".into(),
        body: to_body(&body)?,
        version: Some(version),
        title: intent.title,
        user_id: None,
        job_id: None,
    };
    send(&ops, draft).await
}
