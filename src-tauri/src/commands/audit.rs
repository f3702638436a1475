//! The audit trail.

use super::{State, page};
use crate::failure::Answer;
use contract::{Page, staff::AuditEntry};
use uuid::Uuid;

/// One page of the audit trail, newest first; of one user when given.
#[tauri::command]
#[specta::specta]
pub async fn audit_page(
    ops: State<'_>,
    user_id: Option<Uuid>,
    cursor: Option<String>,
    limit: u32,
) -> Answer<Page<AuditEntry>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.audit_page(user_id, cursor.as_deref(), limit).await }).await
}
