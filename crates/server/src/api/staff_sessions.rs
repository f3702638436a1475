//! What staff do to customers' sessions.

use super::{
    App, answer,
    refusals::{KeyHeader, WriteHeaders, WriteRefusals},
    time,
};
use crate::{
    auth::{
        permit::{SessionRevoke, SessionRevokeAll},
        staff::May,
        staff_write::StaffWrite,
    },
    http::{error::ApiError, path::Id},
};
use axum::{Json, extract::State, response::Response};
use contract::{
    error::ErrorBody,
    sessions::{SessionProbe, SessionRow},
    staff::{RevokeSessions, SessionsRevoked, WithReason},
};
use store::{OnDevice, Probed, WhichSessions};

const DEVICE_MAX: usize = 100;

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

/// What the API would do now with the session's own tokens: the proof of a revoke. Nobody has to hold the tokens for it.
#[utoipa::path(get, path = "/staff/sessions/{id}/probe", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The session")), responses((status = 200, body = SessionProbe),
    (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn probe(
    State(app): State<App>,
    _: May<SessionRevoke>,
    Id(session_id): Id,
) -> Result<Json<SessionProbe>, ApiError> {
    let Probed { access_accepted, refresh_accepted, at } = app.store.probe_session(session_id).await?;
    Ok(Json(SessionProbe { session_id, access_accepted, refresh_accepted, at }))
}

/// Ends a user's sessions: all of them, or those that every condition of the body holds for.
#[utoipa::path(post, path = "/staff/users/{id}/sessions/revoke", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), KeyHeader),
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
    if body.device.as_ref().is_some_and(|name| name.chars().count() > DEVICE_MAX || name.contains('\0')) {
        return Err(ApiError::invalid("device", format!("A device's name has {DEVICE_MAX} characters at most.")));
    }
    let which = WhichSessions {
        except: body.except_session_id,
        device: body.device.map(|name| OnDevice { name, name_of: read_model::device }),
        unused_since: body.unused_since.map(time::within_calendar),
    };
    let done = app.store.revoke_sessions(user_id, which, &command).await?;
    let answer = SessionsRevoked { user_id, revoked: done.count, at: done.at };
    Ok(answer::marked(done.replayed, Json(answer)))
}
