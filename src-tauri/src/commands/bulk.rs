//! Bulk plans: fixed first, confirmed by people, executed by a job.

use super::{State, page, send};
use crate::{api_client::body as to_body, approvals, failure::Answer, outcomes::Draft};
use contract::{
    Page,
    bulk::{BulkApprovals, BulkItemRow, BulkItemState, BulkPlanRow, BulkPlanView, ConfirmBulkPlan, MakeBulkPlan},
    ipc::{CommandIntent, CommandTarget},
    staff::WithReason,
    state_machine::{BulkForecast, BulkStep},
};
use serde::Serialize;
use uuid::Uuid;

/// One page of the plans, newest first.
#[tauri::command]
#[specta::specta]
pub async fn bulk_plans(ops: State<'_>, cursor: Option<String>, limit: u32) -> Answer<Page<BulkPlanRow>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.bulk_plans(cursor.as_deref(), limit).await }).await
}

/// Plans that wait for a second person: those that whoever is signed in may approve, and their own.
#[tauri::command]
#[specta::specta]
pub async fn bulk_approvals(ops: State<'_>) -> Answer<BulkApprovals> {
    approvals::read(&ops).await
}

/// A plan's page, with the steps that are open to whoever is signed in.
#[tauri::command]
#[specta::specta]
pub async fn bulk_plan(ops: State<'_>, id: Uuid) -> Answer<BulkPlanView> {
    let me = ops.account()?.staff().id;
    ops.read(|model| async move { model.bulk_plan(id, Some(me)).await }).await
}

/// One page of a plan's items, in its order.
#[tauri::command]
#[specta::specta]
pub async fn bulk_items(
    ops: State<'_>,
    id: Uuid,
    state: Option<BulkItemState>,
    forecast: Option<BulkForecast>,
    cursor: Option<String>,
    limit: u32,
) -> Answer<Page<BulkItemRow>> {
    page(cursor.as_deref(), limit)?;
    ops.read(|model| async move { model.bulk_items(id, state, forecast, cursor.as_deref(), limit).await }).await
}

/// Fixes what is chosen. Nothing is changed.
#[tauri::command]
#[specta::specta]
pub async fn make_bulk_plan(ops: State<'_>, intent: CommandIntent, body: MakeBulkPlan) -> Answer<BulkPlanView> {
    let draft = Draft {
        command_id: intent.command_id,
        path: "bulk-plans".into(),
        body: to_body(&body)?,
        version: None,
        title: intent.title,
        user_id: None,
        job_id: None,
    };
    send(&ops, draft).await
}

/// Lets a plan begin, or hands it to a second person.
#[tauri::command]
#[specta::specta]
pub async fn confirm_bulk_plan(ops: State<'_>, target: CommandTarget, body: ConfirmBulkPlan) -> Answer<BulkPlanView> {
    send(&ops, draft(target, "confirm", &body)?).await
}

/// Takes a plan any other step further.
#[tauri::command]
#[specta::specta]
pub async fn step_bulk_plan(
    ops: State<'_>,
    target: CommandTarget,
    step: BulkStep,
    body: WithReason,
) -> Answer<BulkPlanView> {
    send(&ops, draft(target, step.as_str(), &body)?).await
}

/// Plans anew what failed in a plan.
#[tauri::command]
#[specta::specta]
pub async fn retry_failed_bulk(ops: State<'_>, target: CommandTarget, body: WithReason) -> Answer<BulkPlanView> {
    send(&ops, draft(target, "retry-failed", &body)?).await
}

fn draft(target: CommandTarget, verb: &str, with: &impl Serialize) -> Answer<Draft> {
    Ok(Draft {
        command_id: target.command_id,
        path: format!("bulk-plans/{}/{verb}", target.id),
        body: to_body(with)?,
        version: Some(target.version),
        title: target.title,
        user_id: None,
        job_id: None,
    })
}
