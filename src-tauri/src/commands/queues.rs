//! What staff do to a whole queue. Resuming one is a fix, and stands with the others.

use super::{State, bounds, send};
use crate::{api_client::body as to_body, failure::Answer, outcomes::Draft};
use contract::{ipc::CommandIntent, queues::QueueRow, staff::TurnQueue};

/// Lets no worker claim from a queue. `version`: of the queue as it was seen.
#[tauri::command]
#[specta::specta]
pub async fn pause_queue(
    ops: State<'_>,
    intent: CommandIntent,
    name: String,
    version: u32,
    body: TurnQueue,
) -> Answer<QueueRow> {
    bounds::queue(&name)?;
    let draft = Draft {
        command_id: intent.command_id,
        path: format!("queues/{name}/pause"),
        body: to_body(&body)?,
        version: Some(version),
        title: intent.title,
        user_id: None,
        job_id: None,
    };
    send(&ops, draft).await
}
