//! What staff do to a user's demo mode.

use super::{App, answer, profile, time};
use crate::{
    auth::staff::StaffWrite,
    http::{body, error::ApiError, path::Id},
};
use axum::{extract::State, response::Response};
use contract::{
    error::ErrorBody,
    staff::{EnableDemoMode, WithReason},
    users::UserView,
};
use store::DemoModeRequest;

/// Turns a user's demo mode on.
#[utoipa::path(post, path = "/staff/users/{id}/demo-mode/enable", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), ("Idempotency-Key" = String, Header), ("If-Match" = String, Header)),
    request_body = EnableDemoMode, responses(
    (status = 200, body = UserView), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 428, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn enable(
    State(app): State<App>,
    write: StaffWrite,
    Id(user_id): Id,
    body: body::Strict<EnableDemoMode>,
) -> Result<Response, ApiError> {
    let command = write.command(&body.raw, &body.value.reason)?;
    let profile = profile::chosen(body.value.profile)?;
    let run_at = body.value.run_at.map(|asked| time::run_at(asked, crate::clock::now())).transpose()?;
    let request = DemoModeRequest::Enable { profile, run_at };
    answer::with_view(app.store.change_demo_mode(user_id, &command, request).await, app.read.user(user_id)).await
}

/// Turns a user's demo mode off.
#[utoipa::path(post, path = "/staff/users/{id}/demo-mode/disable", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), ("Idempotency-Key" = String, Header), ("If-Match" = String, Header)),
    request_body = WithReason, responses(
    (status = 200, body = UserView), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 428, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn disable(
    State(app): State<App>,
    write: StaffWrite,
    Id(user_id): Id,
    body: body::Strict<WithReason>,
) -> Result<Response, ApiError> {
    let command = write.command(&body.raw, &body.value.reason)?;
    let done = app.store.change_demo_mode(user_id, &command, DemoModeRequest::Disable).await;
    answer::with_view(done, app.read.user(user_id)).await
}

/// Stops the operation in progress.
#[utoipa::path(post, path = "/staff/users/{id}/demo-mode/cancel", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), ("Idempotency-Key" = String, Header), ("If-Match" = String, Header)),
    request_body = WithReason, responses(
    (status = 200, body = UserView), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 428, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn cancel(
    State(app): State<App>,
    write: StaffWrite,
    Id(user_id): Id,
    body: body::Strict<WithReason>,
) -> Result<Response, ApiError> {
    let command = write.command(&body.raw, &body.value.reason)?;
    answer::with_view(app.store.cancel_demo_mode(user_id, &command).await, app.read.user(user_id)).await
}

/// Acknowledges a failure that left nothing behind.
#[utoipa::path(post, path = "/staff/users/{id}/demo-mode/dismiss", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), ("Idempotency-Key" = String, Header), ("If-Match" = String, Header)),
    request_body = WithReason, responses(
    (status = 200, body = UserView), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 428, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn dismiss(
    State(app): State<App>,
    write: StaffWrite,
    Id(user_id): Id,
    body: body::Strict<WithReason>,
) -> Result<Response, ApiError> {
    let command = write.command(&body.raw, &body.value.reason)?;
    let done = app.store.change_demo_mode(user_id, &command, DemoModeRequest::Dismiss).await;
    answer::with_view(done, app.read.user(user_id)).await
}
