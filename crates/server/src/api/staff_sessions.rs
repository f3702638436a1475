//! What staff do to customers' sessions.

use super::{
    App, answer,
    refusals::{WriteHeaders, WriteRefusals},
};
use crate::{
    auth::{
        permit::{SessionRevoke, SessionRevokeAll},
        staff_write::StaffWrite,
    },
    http::error::ApiError,
};
use axum::{Json, extract::State, response::Response};
use contract::{
    error::ErrorBody,
    sessions::SessionRow,
    staff::{RevokeSessions, SessionsRevoked, WithReason},
};

/// Ends one session; its tokens are refused from then on.
#[utoipa::path(post, path = "/staff/sessions/{id}/revoke", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The session"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = SessionRow), WriteRefusals))]
pub async fn revoke(
    State(app): State<App>,
    write: StaffWrite<WithReason, SessionRevoke>,
) -> Result<Response, ApiError> {
    answer::with_view(app.store.revoke_session(write.id, &write.command).await, app.read.session(write.id)).await
}

/// Ends all sessions of a user, or all but one.
#[utoipa::path(post, path = "/staff/users/{id}/sessions/revoke", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), ("Idempotency-Key" = String, Header)),
    request_body = RevokeSessions, responses(
    (status = 200, body = SessionsRevoked), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 413, body = ErrorBody),
    (status = 415, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody),
    (status = 503, body = ErrorBody)))]
pub async fn revoke_many(
    State(app): State<App>,
    write: StaffWrite<RevokeSessions, SessionRevokeAll>,
) -> Result<Response, ApiError> {
    let StaffWrite { id: user_id, body, command, .. } = write;
    let done = app.store.revoke_sessions(user_id, body.except_session_id, &command).await?;
    let answer = SessionsRevoked { user_id, revoked: done.count, at: done.at };
    Ok(answer::marked(done.replayed, Json(answer)))
}
