//! Customers' sessions.

use super::{State, page, send};
use crate::{
    api_client::{body as to_body, to_ipc},
    failure::Answer,
    outcomes::Draft,
};
use chrono::{DateTime, Utc};
use contract::{
    Page,
    ipc::CommandTarget,
    sessions::{RevokePreview, SessionFilter, SessionProbe, SessionRow},
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

/// What a revoke of a user's sessions would end: of all but `except`, on `device`, last used before `unused_since`.
#[tauri::command]
#[specta::specta]
pub async fn revoke_preview(
    ops: State<'_>,
    user_id: Uuid,
    except: Option<Uuid>,
    device: Option<String>,
    unused_since: Option<DateTime<Utc>>,
) -> Answer<RevokePreview> {
    ops.read(|model| async move { model.revoke_preview(user_id, except, device, unused_since).await }).await
}

/// Asks the API what it would do now with a session's tokens.
#[tauri::command]
#[specta::specta]
pub async fn probe_session(ops: State<'_>, id: Uuid) -> Answer<SessionProbe> {
    ops.account()?.probe_session(id).await.map_err(|failure| to_ipc(failure, None))
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

/// Ends a user's sessions: all of them, or those that every condition of the body holds for.
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
