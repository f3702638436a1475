//! Every refusal as one JSON body.

use super::border;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{
    access::SignInStep,
    error::{ErrorBody, ErrorCode},
};
use read_model::ReadError;
use serde::Serialize;
use store::StoreError;

/// Wait this long when the database is away.
const RETRY_AFTER_S: u32 = 2;

/// A refusal: what the client is told, and what only the log is told.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    field: Option<String>,
    retry_after_s: Option<u32>,
    current: Option<serde_json::Value>,
    detail: Option<String>,
}

/// What only the log is told, for the border to write.
#[derive(Clone, Debug)]
pub struct LogDetail(pub String);

impl ApiError {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, code, message, field: None, retry_after_s: None, current: None, detail: None }
    }

    /// 400: it cannot be read at all.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
    }

    /// 422: it can be read, and a field is not acceptable.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::InvalidRequest, message).at(field)
    }

    /// 401 for every sign-in that is refused, whatever the cause.
    pub fn invalid_credentials() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::InvalidCredentials, "Invalid email or password.")
    }

    /// 401: no token, or one that is no longer accepted.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::Unauthorized,
            "Not signed in, or the session has ended. Sign in again.",
        )
    }

    /// 403: this role may not.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message)
    }

    /// 401: the password is right; the code is missing, wrong, or was used before.
    pub fn second_factor_required(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::SecondFactorRequired, message).at("code")
    }

    /// 403: signed in, but something is to do first.
    pub fn sign_in_incomplete(step: SignInStep) -> Self {
        let message = match step {
            SignInStep::ChangePassword => "Your password was given by an admin. Change it first.",
            SignInStep::EnrolSecondFactor => "A second factor is required here. Enrol one first.",
        };
        Self::new(StatusCode::FORBIDDEN, ErrorCode::SignInIncomplete, message)
    }

    /// 403: the last password is too long ago for this.
    pub fn reauthentication_required() -> Self {
        let message = "This needs your password again, because you gave it more than five minutes ago.";
        Self::new(StatusCode::FORBIDDEN, ErrorCode::ReauthenticationRequired, message)
    }

    /// 403: one person alone may not.
    pub fn second_person_needed() -> Self {
        let message =
            "One person alone may not do this here. Make a bulk plan of it: it begins when a second person approves.";
        Self::new(StatusCode::FORBIDDEN, ErrorCode::SecondPersonNeeded, message)
    }

    /// 404.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, format!("There is no such {what}."))
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        let message = "This address exists, but not with this method.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::InvalidRequest, message)
    }

    /// 413.
    pub fn too_large() -> Self {
        let message = format!("The body is over the limit of {} bytes.", super::body::BODY_MAX);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge, message)
    }

    /// 415.
    pub fn not_json() -> Self {
        let message = "Send the body as application/json.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::InvalidRequest, message).at("Content-Type")
    }

    /// 428: the version that the person saw is missing.
    pub fn version_missing() -> Self {
        let message = "Send the version that was seen as If-Match: \"<version>\".";
        Self::new(StatusCode::PRECONDITION_REQUIRED, ErrorCode::VersionConflict, message).at("If-Match")
    }

    /// 409: it has changed since it was seen; `view` is how it is now.
    pub fn version_conflict(view: &impl Serialize) -> Self {
        let message = "It has changed since you saw it. Look at it as it is now, and decide again.";
        let mut error = Self::new(StatusCode::CONFLICT, ErrorCode::VersionConflict, message);
        error.current = serde_json::to_value(view).ok();
        error
    }

    /// 409: user, job or verdict are no longer as seen; `case` is how they are now.
    pub fn case_moved(case: &impl Serialize) -> Self {
        let message =
            "The case has moved since you saw it. Nothing was changed. Look at it as it is now, and decide again.";
        let mut error = Self::new(StatusCode::CONFLICT, ErrorCode::CaseMoved, message);
        error.current = serde_json::to_value(case).ok();
        error
    }

    /// 409: it cannot be done now, and why.
    pub fn not_now(why: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, ErrorCode::IllegalTransition, why)
    }

    /// 429.
    pub fn rate_limited(wait_s: u32) -> Self {
        let message = format!("Too many attempts. Wait {wait_s} seconds.");
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, message);
        error.retry_after_s = Some(wait_s);
        error
    }

    /// 429 for a person of the staff who asks faster than people do.
    pub fn too_fast(wait_s: u32) -> Self {
        let mut error = Self::rate_limited(wait_s);
        error.message = format!("You ask faster than is allowed to one person. Wait {wait_s} seconds.");
        error
    }

    /// 503: try again soon.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        let message =
            "The service cannot reach its database at the moment. Nothing is lost; try again in a few seconds.";
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message);
        error.retry_after_s = Some(RETRY_AFTER_S);
        error.detail = Some(detail.into());
        error
    }

    /// 500: `detail` is for the log alone.
    pub fn internal(detail: impl Into<String>) -> Self {
        let message = "Something went wrong on our side. Give the request id to whoever looks after it.";
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message);
        error.detail = Some(detail.into());
        error
    }

    /// Names the field at fault.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { what } => Self::not_found(what),
            StoreError::Illegal(illegal) => {
                Self::new(StatusCode::CONFLICT, ErrorCode::IllegalTransition, illegal.reason)
            }
            StoreError::VersionConflict { current } => {
                let message = format!("It has changed meanwhile and is at version {current} now.");
                Self::new(StatusCode::CONFLICT, ErrorCode::VersionConflict, message)
            }
            StoreError::CaseMoved => {
                let message = "The case has moved since you saw it. Nothing was changed. Look at it again.";
                Self::new(StatusCode::CONFLICT, ErrorCode::CaseMoved, message)
            }
            StoreError::KeyReused => {
                let message = "This Idempotency-Key was used for another request. Make a new key for a new command.";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::IdempotencyMismatch, message)
                    .at("Idempotency-Key")
            }
            StoreError::Unavailable(detail) => Self::unavailable(detail),
            other @ (StoreError::LeaseLost { .. } | StoreError::BadRow { .. } | StoreError::Database(_)) => {
                Self::internal(other.to_string())
            }
        }
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound { what } => Self::not_found(what),
            ReadError::Unavailable(detail) | ReadError::LoginRefused(detail) => Self::unavailable(detail),
            ReadError::Untrusted(cause) => Self::unavailable(cause.to_string()),
            other => Self::internal(format!("{other}: {other:?}")),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            code: self.code,
            message: self.message,
            field: self.field,
            request_id: border::request_id(),
            retry_after_s: self.retry_after_s,
            current: self.current,
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(wait_s) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(detail) = self.detail {
            response.extensions_mut().insert(LogDetail(detail));
        }
        response
    }
}
