//! Finding and reading users.

use super::{State, page};
use crate::failure::Answer;
use contract::{
    Page,
    customer::DemoPreset,
    users::{TimelineEntry, UserFilter, UserRow, UserView},
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

/// Everything that happened to a user, newest first.
#[tauri::command]
#[specta::specta]
pub async fn user_timeline(
    ops: State<'_>,
    id: Uuid,
    cursor: Option<String>,
    limit: u32,
) -> Answer<Page<TimelineEntry>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.user_timeline(id, cursor.as_deref(), limit).await }).await
}

/// The profiles on offer; the first is the default.
#[tauri::command]
#[specta::specta]
pub async fn presets() -> Answer<Vec<DemoPreset>> {
    Ok(contract::customer::presets())
}
