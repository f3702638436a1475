//! Watching and steering jobs.

use super::{State, page, send};
use crate::{api_client::body, failure::Answer, outcomes::Draft};
use contract::{
    Page,
    ipc::CommandTarget,
    jobs::{JobDetail, JobFilter, JobRow},
    staff::{Reschedule, WithReason},
};
use serde::Serialize;
use uuid::Uuid;

/// One page of the jobs table, newest first.
#[tauri::command]
#[specta::specta]
pub async fn jobs_page(ops: State<'_>, filter: JobFilter, cursor: Option<String>, limit: u32) -> Answer<Page<JobRow>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.jobs_page(&filter, cursor.as_deref(), limit).await }).await
}

/// A job's page.
#[tauri::command]
#[specta::specta]
pub async fn job(ops: State<'_>, id: Uuid) -> Answer<JobDetail> {
    ops.read(|model| async move { model.job(id).await }).await
}

/// The types of job that there are, for the filter.
#[tauri::command]
#[specta::specta]
pub async fn job_types(ops: State<'_>) -> Answer<Vec<String>> {
    ops.read(|model| async move { model.job_types().await }).await
}

/// Stops a job.
#[tauri::command]
#[specta::specta]
pub async fn cancel_job(ops: State<'_>, target: CommandTarget, body: WithReason) -> Answer<JobDetail> {
    send(&ops, draft(target, "cancel", &body)?).await
}

/// Runs a failed or cancelled job again.
#[tauri::command]
#[specta::specta]
pub async fn retry_job(ops: State<'_>, target: CommandTarget, body: WithReason) -> Answer<JobDetail> {
    send(&ops, draft(target, "retry", &body)?).await
}

/// Moves the time of a waiting job.
#[tauri::command]
#[specta::specta]
pub async fn reschedule_job(ops: State<'_>, target: CommandTarget, body: Reschedule) -> Answer<JobDetail> {
    send(&ops, draft(target, "reschedule", &body)?).await
}

fn draft(target: CommandTarget, verb: &str, with: &impl Serialize) -> Answer<Draft> {
    Ok(Draft {
        command_id: target.command_id,
        path: format!("jobs/{}/{verb}", target.id),
        body: body(with)?,
        version: Some(target.version),
        title: target.title,
        user_id: None,
        job_id: Some(target.id),
    })
}
