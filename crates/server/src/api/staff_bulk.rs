//! Bulk plans: fixed first, confirmed by people, executed by a job.

use super::{
    App, answer,
    refusals::{KeyHeader, WriteHeaders, WriteRefusals},
};
use crate::{
    auth::{
        permit::{BulkApprove, BulkRun, Permit},
        staff::SignedIn,
        staff_write::StaffWrite,
    },
    http::error::ApiError,
};
use axum::{Json, extract::State, response::Response};
use contract::{
    access::Permission,
    bulk::{BULK_IDS_MAX, BulkPlanView, ConfirmBulkPlan, MakeBulkPlan},
    staff::WithReason,
    state_machine::{BulkAction, BulkStep},
};
use read_model::{Chosen, ReadError};
use store::{Command, NewBulkItem, NewBulkPlan};
use uuid::Uuid;

/// Fixes what is chosen, as it is now, and tells what is to be expected of each. Nothing is changed.
#[utoipa::path(post, path = "/staff/bulk-plans", tag = "staff", security(("staff" = [])), params(KeyHeader),
    request_body = MakeBulkPlan, responses((status = 200, body = BulkPlanView), WriteRefusals))]
pub async fn make(State(app): State<App>, write: StaffWrite<MakeBulkPlan, BulkRun>) -> Result<Response, ApiError> {
    let StaffWrite { id, body, command, staff, .. } = write;
    may(&staff, body.action)?;
    if let Some(made) = made_before(&app, &command).await? {
        return Ok(made);
    }
    let chosen = choose(&app, body).await?;
    write_plan(&app, id, chosen, None, &command).await
}

/// Fixes what failed in a plan, as it is now, as a plan of its own.
#[utoipa::path(post, path = "/staff/bulk-plans/{id}/retry-failed", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The plan whose failed items are planned anew"), WriteHeaders),
    request_body = WithReason, responses((status = 200, body = BulkPlanView), WriteRefusals))]
pub async fn retry_failed(
    State(app): State<App>,
    write: StaffWrite<WithReason, BulkRun>,
) -> Result<Response, ApiError> {
    let StaffWrite { id, command, staff, .. } = write;
    if let Some(made) = made_before(&app, &command).await? {
        return Ok(made);
    }
    let seen = app.read.bulk_plan(id, command.actor.staff_id()).await?;
    if command.version != Some(seen.plan.version) {
        return Err(ApiError::version_conflict(&seen));
    }
    let before = seen.plan;
    may(&staff, before.action)?;
    let failed = app.store.failed_bulk_targets(id).await?;
    if failed.is_empty() {
        return Err(ApiError::not_now("Nothing of this plan has failed so far."));
    }
    let source = format!("the {} that failed of an earlier plan", failed.len());
    let items = app.read.bulk_outlook(before.action, &failed).await?;
    let chosen = Chosen { action: before.action, source, or_more: false, items };
    write_plan(&app, store::new_id(), chosen, Some(id), &command).await
}

/// Lets a plan begin, or hands it to a second person.
#[utoipa::path(post, path = "/staff/bulk-plans/{id}/confirm", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The plan"), WriteHeaders), request_body = ConfirmBulkPlan,
    responses((status = 200, body = BulkPlanView), WriteRefusals))]
pub async fn confirm(
    State(app): State<App>,
    write: StaffWrite<ConfirmBulkPlan, BulkRun>,
) -> Result<Response, ApiError> {
    let typed_count = write.body.typed_count;
    step(&app, write.id, BulkStep::Confirm, typed_count, &write.command, &write.staff).await
}

/// Agrees, as the second person, and lets a plan begin.
#[utoipa::path(post, path = "/staff/bulk-plans/{id}/approve", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The plan"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = BulkPlanView), WriteRefusals))]
pub async fn approve(State(app): State<App>, write: StaffWrite<WithReason, BulkApprove>) -> Result<Response, ApiError> {
    step(&app, write.id, BulkStep::Approve, None, &write.command, &write.staff).await
}

/// Gives a plan up that has not begun.
#[utoipa::path(post, path = "/staff/bulk-plans/{id}/discard", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The plan"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = BulkPlanView), WriteRefusals))]
pub async fn discard(State(app): State<App>, write: StaffWrite<WithReason, BulkRun>) -> Result<Response, ApiError> {
    plain(&app, BulkStep::Discard, write).await
}

/// Lets a plan wait: the item in hand is ended, no other is begun.
#[utoipa::path(post, path = "/staff/bulk-plans/{id}/pause", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The plan"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = BulkPlanView), WriteRefusals))]
pub async fn pause(State(app): State<App>, write: StaffWrite<WithReason, BulkRun>) -> Result<Response, ApiError> {
    plain(&app, BulkStep::Pause, write).await
}

/// Lets a paused plan go on.
#[utoipa::path(post, path = "/staff/bulk-plans/{id}/resume", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The plan"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = BulkPlanView), WriteRefusals))]
pub async fn resume(State(app): State<App>, write: StaffWrite<WithReason, BulkRun>) -> Result<Response, ApiError> {
    let action = app.read.bulk_plan(write.id, None).await?.plan.action;
    may_begin(&write.staff, action)?;
    plain(&app, BulkStep::Resume, write).await
}

/// Stops a plan for good: the item in hand is ended, no other is begun, what was done stands.
#[utoipa::path(post, path = "/staff/bulk-plans/{id}/abort", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The plan"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = BulkPlanView), WriteRefusals))]
pub async fn abort(State(app): State<App>, write: StaffWrite<WithReason, BulkRun>) -> Result<Response, ApiError> {
    plain(&app, BulkStep::Abort, write).await
}

async fn plain<P: Permit>(app: &App, step: BulkStep, write: StaffWrite<WithReason, P>) -> Result<Response, ApiError> {
    let me = write.command.actor.staff_id();
    let done = app.store.step_bulk_plan(write.id, step, None, &write.command).await;
    answer::with_view(done, app.read.bulk_plan(write.id, me)).await
}

/// A step that lets a plan begin: whoever takes it may do to one what the plan does to many.
async fn step(
    app: &App,
    id: Uuid,
    step: BulkStep,
    typed_count: Option<u32>,
    command: &Command,
    staff: &SignedIn,
) -> Result<Response, ApiError> {
    let me = command.actor.staff_id();
    may_begin(staff, app.read.bulk_plan(id, me).await?.plan.action)?;
    let done = app.store.step_bulk_plan(id, step, typed_count, command).await;
    answer::with_view(done, app.read.bulk_plan(id, me)).await
}

/// Whether this person may do to one what a plan does to many.
fn may(staff: &SignedIn, action: BulkAction) -> Result<(), ApiError> {
    staff.require(Permission::of_bulk(action))
}

/// The same for whoever lets it begin or go on, with a password of a moment ago where one is asked for.
fn may_begin(staff: &SignedIn, action: BulkAction) -> Result<(), ApiError> {
    may(staff, action)?;
    staff.require_fresh(Permission::of_bulk(action))
}

/// The plan that the same command has made before: what it would be on may have changed since, and is not looked at again.
async fn made_before(app: &App, command: &Command) -> Result<Option<Response>, ApiError> {
    if !app.store.was_done(command).await? {
        return Ok(None);
    }
    let Some(made) = app.store.bulk_plan_made_by(command).await? else { return Ok(None) };
    Ok(Some(answer::marked(true, Json(app.read.bulk_plan(made, command.actor.staff_id()).await?))))
}

async fn choose(app: &App, body: MakeBulkPlan) -> Result<Chosen, ApiError> {
    let MakeBulkPlan { action, ids, jobs, users, cases, .. } = body;
    let bad = |error: ReadError| match error {
        ReadError::BadFilter { field, message } => {
            ApiError::invalid(field, format!("This cannot be looked for: {message}."))
        }
        other => ApiError::from(other),
    };
    let chosen = match (ids, jobs, users, cases) {
        (Some(ids), None, None, None) if ids.len() > BULK_IDS_MAX => {
            return Err(ApiError::invalid("ids", format!("Name at most {BULK_IDS_MAX}, or choose by a filter.")));
        }
        (Some(ids), None, None, None) => app.read.choose_ids(action, &ids).await,
        (None, Some(filter), None, None) => app.read.choose_jobs(action, &filter).await,
        (None, None, Some(filter), None) => app.read.choose_users(action, &filter).await,
        (None, None, None, Some(filter)) => app.read.choose_cases(action, filter).await,
        _ => return Err(ApiError::invalid("ids", "Give exactly one of ids, jobs, users and cases.")),
    };
    let chosen = chosen.map_err(bad)?;
    if chosen.items.is_empty() {
        return Err(ApiError::invalid("ids", "Nothing was chosen, so there is nothing to plan."));
    }
    Ok(chosen)
}

async fn write_plan(
    app: &App,
    id: Uuid,
    chosen: Chosen,
    retry_of: Option<Uuid>,
    command: &Command,
) -> Result<Response, ApiError> {
    let items = chosen.items.into_iter().map(|item| NewBulkItem {
        target_id: item.target_id,
        job: item.job,
        user: item.user,
        now: item.now,
        outlook: item.outlook,
    });
    let plan = NewBulkPlan {
        id,
        action: chosen.action,
        source: chosen.source,
        or_more: chosen.or_more,
        retry_of,
        items: items.collect(),
        guards: app.bulk,
    };
    let (made, replayed) = app.store.make_bulk_plan(plan, command).await?;
    Ok(answer::marked(replayed, Json(app.read.bulk_plan(made, command.actor.staff_id()).await?)))
}
