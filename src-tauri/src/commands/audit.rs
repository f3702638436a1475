//! The audit trail.

use super::{State, page};
use crate::{
    audit_export,
    failure::{Answer, internal, validation},
};
use contract::{
    Page,
    audit::{AuditExport, AuditFilter, AuditFormat, AuditWords},
    staff::AuditEntry,
};

/// One page of the audit trail, newest first.
#[tauri::command]
#[specta::specta]
pub async fn audit_page(
    ops: State<'_>,
    filter: AuditFilter,
    cursor: Option<String>,
    limit: u32,
) -> Answer<Page<AuditEntry>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.audit_page(&filter, cursor.as_deref(), limit).await }).await
}

/// Who has acted and what has been done so far, for the filter.
#[tauri::command]
#[specta::specta]
pub async fn audit_words(ops: State<'_>) -> Answer<AuditWords> {
    ops.read(|model| async move { model.audit_words().await }).await
}

/// Writes all lines that a filter lets through into a new file in the folder for downloads.
#[tauri::command]
#[specta::specta]
pub async fn export_audit(ops: State<'_>, filter: AuditFilter, format: AuditFormat) -> Answer<AuditExport> {
    audit_export::write(&ops, &filter, format).await
}

/// Shows the file that was written last in the system's file manager.
#[tauri::command]
#[specta::specta]
pub async fn show_export(ops: State<'_>) -> Answer<()> {
    let file = ops.exports.last().ok_or_else(|| validation("export", "Nothing was exported yet."))?;
    tauri_plugin_opener::reveal_item_in_dir(file).map_err(|error| internal("Showing the file", error))
}
