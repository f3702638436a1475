//! Finding and reading users.

use super::{State, page};
use crate::{failure::Answer, ticket};
use contract::{
    Page,
    customer::DemoPreset,
    users::{TimelineEntry, TimelineKind, UserFilter, UserRow, UserView},
};
use uuid::Uuid;

/// One page of the users table.
#[tauri::command]
#[specta::specta]
pub async fn users_page(
    ops: State<'_>,
    filter: UserFilter,
    cursor: Option<String>,
    limit: u32,
) -> Answer<Page<UserRow>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.users_page(&filter, cursor.as_deref(), limit).await }).await
}

/// A user's page.
#[tauri::command]
#[specta::specta]
pub async fn user(ops: State<'_>, id: Uuid) -> Answer<UserView> {
    ops.read(|model| async move { model.user(id).await }).await
}

/// What happened to a user, newest first: of these kinds, or of all where none is named.
#[tauri::command]
#[specta::specta]
pub async fn user_timeline(
    ops: State<'_>,
    id: Uuid,
    kinds: Vec<TimelineKind>,
    cursor: Option<String>,
    limit: u32,
) -> Answer<Page<TimelineEntry>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.user_timeline(id, &kinds, cursor.as_deref(), limit).await }).await
}

/// State and timeline as plain text for a ticket: without secrets and without what tells who the customer is.
#[tauri::command]
#[specta::specta]
pub async fn user_ticket(ops: State<'_>, id: Uuid, kinds: Vec<TimelineKind>) -> Answer<String> {
    ticket::write(&ops, id, &kinds).await
}

/// The profiles on offer; the first is the default.
#[tauri::command]
#[specta::specta]
pub async fn presets() -> Answer<Vec<DemoPreset>> {
    Ok(contract::customer::presets())
}
