//! What staff do to a user's demo mode.

use super::{
    App, answer, profile,
    refusals::{WriteHeaders, WriteRefusals},
    time,
};
use crate::{
    auth::{permit::DemoModeChange, staff_write::StaffWrite},
    http::error::ApiError,
};
use axum::{extract::State, response::Response};
use contract::{
    staff::{EnableDemoMode, WithReason},
    users::UserView,
};
use store::DemoModeRequest;

/// Turns a user's demo mode on.
#[utoipa::path(post, path = "/staff/users/{id}/demo-mode/enable", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), WriteHeaders), request_body = EnableDemoMode,
    responses((status = 200, body = UserView), WriteRefusals))]
pub async fn enable(
    State(app): State<App>,
    write: StaffWrite<EnableDemoMode, DemoModeChange>,
) -> Result<Response, ApiError> {
    let StaffWrite { id, body, command, .. } = write;
    let profile = profile::chosen(body.profile)?;
    let run_at = body.run_at.map(|asked| time::run_at(asked, crate::clock::now())).transpose()?;
    let done = app.store.change_demo_mode(id, &command, DemoModeRequest::Enable { profile, run_at }).await;
    answer::with_view(done, app.read.user(id)).await
}

/// Turns a user's demo mode off.
#[utoipa::path(post, path = "/staff/users/{id}/demo-mode/disable", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = UserView), WriteRefusals))]
pub async fn disable(
    State(app): State<App>,
    write: StaffWrite<WithReason, DemoModeChange>,
) -> Result<Response, ApiError> {
    let done = app.store.change_demo_mode(write.id, &write.command, DemoModeRequest::Disable).await;
    answer::with_view(done, app.read.user(write.id)).await
}

/// Stops the operation in progress.
#[utoipa::path(post, path = "/staff/users/{id}/demo-mode/cancel", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = UserView), WriteRefusals))]
pub async fn cancel(
    State(app): State<App>,
    write: StaffWrite<WithReason, DemoModeChange>,
) -> Result<Response, ApiError> {
    let done = app.store.cancel_demo_mode(write.id, &write.command).await;
    answer::with_view(done, app.read.user(write.id)).await
}

/// Acknowledges a failure that left nothing behind.
#[utoipa::path(post, path = "/staff/users/{id}/demo-mode/dismiss", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = UserView), WriteRefusals))]
pub async fn dismiss(
    State(app): State<App>,
    write: StaffWrite<WithReason, DemoModeChange>,
) -> Result<Response, ApiError> {
    let done = app.store.change_demo_mode(write.id, &write.command, DemoModeRequest::Dismiss).await;
    answer::with_view(done, app.read.user(write.id)).await
}
