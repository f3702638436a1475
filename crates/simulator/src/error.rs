//! Refusals of the service: `{code, message}` and a status.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Why a request was refused. Nothing was done.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// 400, with what is wrong.
    BadRequest(String),
    /// 404: no such profile, or one removed so long ago that it is forgotten.
    NoProfile,
    /// 410: the key made a profile that is going or gone.
    ProfileGone,
    /// 422: the key was used for something else.
    KeyReused,
    /// 422 by the `refuse` dial.
    Refused(String),
    /// 503: as many profiles as the simulator keeps.
    Full,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, "bad_request", message),
            Self::NoProfile => (StatusCode::NOT_FOUND, "no_profile", "No such profile".into()),
            Self::ProfileGone => (StatusCode::GONE, "profile_gone", "The profile of this key was deleted".into()),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "key_reused",
                "This Idempotency-Key was used for another request".into(),
            ),
            Self::Refused(message) => (StatusCode::UNPROCESSABLE_ENTITY, "refused", message),
            Self::Full => (StatusCode::SERVICE_UNAVAILABLE, "full", "Too many profiles".into()),
        };
        (status, Json(json!({ "code": code, "message": message }))).into_response()
    }
}
