//! How every refusal looks.

use crate::wire::wire;
use serde::{Deserialize, Serialize};

/// What went wrong, for programs. Clients switch on this and never on the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub enum ErrorCode {
    /// 400, 415, 422: malformed, unknown field, or a value out of range; `field` says which.
    InvalidRequest,
    /// 401: "Invalid email or password", whatever the cause.
    InvalidCredentials,
    /// 401: the password is right, and a code of the second factor is missing, wrong or was used before.
    SecondFactorRequired,
    /// 401: no token, or one that is no longer accepted. Refresh or sign in again.
    Unauthorized,
    /// 403: signed in, but this role may not.
    Forbidden,
    /// 403: signed in, but the password must be changed or a second factor enrolled first.
    SignInIncomplete,
    /// 403: this needs a password (and code) that was given a few minutes ago: authenticate again, then repeat it.
    ReauthenticationRequired,
    /// 403: one person alone may not do this here: make a bulk plan of it, which begins when a second person approves.
    SecondPersonNeeded,
    /// 404: no such thing.
    NotFound,
    /// 409: the rules do not allow it now; the message says why.
    IllegalTransition,
    /// 409 (or 428 without `If-Match`): it has changed since it was seen; `current` is how it is now.
    VersionConflict,
    /// 409: user, job or verdict have changed since they were seen; nothing was written; `current` is the case as it is now.
    CaseMoved,
    /// 422: this `Idempotency-Key` was used with another body.
    IdempotencyMismatch,
    /// 413: the body is over the limit.
    PayloadTooLarge,
    /// 429: wait `retry_after_s`.
    RateLimited,
    /// 503: the database cannot be reached; wait `retry_after_s`.
    Unavailable,
    /// 500: a fault of ours; `request_id` finds it in the log.
    Internal,
}

wire! {
    /// The body of every answer with a status of 400 or more.
    pub struct ErrorBody {
        /// For programs.
        pub code: ErrorCode,
        /// For people: what happened and what to do.
        pub message: String,
        /// The field of the request that is at fault.
        pub field: Option<String>,
        /// Finds the request in the log.
        pub request_id: String,
        /// Seconds to wait before trying again.
        pub retry_after_s: Option<u32>,
        /// With `version_conflict` and `case_moved`: the thing as it is now, in the shape that the endpoint answers.
        pub current: Option<serde_json::Value>,
    }
}
