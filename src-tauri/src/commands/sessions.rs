//! Customers' sessions.

use super::{State, page, send};
use crate::{api_client::body as to_body, failure::Answer, outcomes::Draft};
use contract::{
    Page,
    ipc::CommandTarget,
    sessions::{SessionFilter, SessionRow},
    staff::{RevokeSessions, SessionsRevoked, WithReason},
};
use uuid::Uuid;

/// One page of the sessions table, last seen first.
#[tauri::command]
#[specta::specta]
pub async fn sessions_page(
    ops: State<'_>,
    filter: SessionFilter,
    cursor: Option<String>,
    limit: u32,
) -> Answer<Page<SessionRow>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.sessions_page(&filter, cursor.as_deref(), limit).await }).await
}

/// Ends a session now.
#[tauri::command]
#[specta::specta]
pub async fn revoke_session(ops: State<'_>, target: CommandTarget, body: WithReason) -> Answer<SessionRow> {
    let draft = Draft {
        command_id: target.command_id,
        path: format!("sessions/{}/revoke", target.id),
        body: to_body(&body)?,
        version: Some(target.version),
        title: target.title,
        user_id: None,
        job_id: None,
    };
    send(&ops, draft).await
}

/// Ends all sessions of a user, or all but one.
#[tauri::command]
#[specta::specta]
pub async fn revoke_sessions(
    ops: State<'_>,
    user_id: Uuid,
    command_id: Uuid,
    title: String,
    body: RevokeSessions,
) -> Answer<SessionsRevoked> {
    let draft = Draft {
        command_id,
        path: format!("users/{user_id}/sessions/revoke"),
        body: to_body(&body)?,
        version: None,
        title,
        user_id: Some(user_id),
        job_id: None,
    };
    send(&ops, draft).await
}
