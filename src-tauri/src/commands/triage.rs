//! What is wrong with a user or a job, and the one fix for it.

use super::{State, page, send};
use crate::{api_client::body, failure::Answer, live::LINES, outcomes::Draft};
use contract::{
    ipc::CommandIntent,
    triage::{CaseView, ContradictionPage, FixRequest},
};
use uuid::Uuid;

/// A user and the job that demo mode waits for, with the verdict.
#[tauri::command]
#[specta::specta]
pub async fn user_case(ops: State<'_>, id: Uuid) -> Answer<CaseView> {
    ops.read(|model| async move { model.user_case(id).await }).await
}

/// A job and its user, with the verdict.
#[tauri::command]
#[specta::specta]
pub async fn job_case(ops: State<'_>, id: Uuid) -> Answer<CaseView> {
    ops.read(|model| async move { model.job_case(id).await }).await
}

/// What disagrees or is overdue, worst first. It follows the feed: asking again looks only at what changed meanwhile.
#[tauri::command]
#[specta::specta]
pub async fn contradictions(ops: State<'_>, cursor: Option<String>) -> Answer<ContradictionPage> {
    page(cursor.as_deref(), LINES)?;
    let live = &ops.live;
    ops.read(|model| async move { live.contradictions(&model, cursor.as_deref(), LINES).await }).await
}

/// Applies the fix that a verdict offers, bound to everything that was seen of the case. `user_id`: of a job without a user
/// there is none.
#[tauri::command]
#[specta::specta]
pub async fn apply_fix(
    ops: State<'_>,
    intent: CommandIntent,
    user_id: Option<Uuid>,
    request: FixRequest,
) -> Answer<CaseView> {
    let path = match (user_id, request.job_id) {
        (Some(user_id), _) => format!("users/{user_id}/fix"),
        (None, Some(job_id)) => format!("jobs/{job_id}/fix"),
        (None, None) => return Err(crate::failure::validation("job_id", "There is neither a user nor a job.")),
    };
    let draft = Draft {
        command_id: intent.command_id,
        path,
        body: body(&request)?,
        version: None,
        title: intent.title,
        user_id,
        job_id: request.job_id,
    };
    send(&ops, draft).await
}
