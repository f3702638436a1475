//! What came back, or did not.

use super::{their_clock::TheirClock, trust};
use crate::failure::{internal, unauthorized};
use contract::{API_VERSION, API_VERSION_HEADER, ErrorBody, ErrorCode, ipc::IpcError};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use tracing::{debug, warn};
use uuid::Uuid;

/// Larger answers are not ours.
const BODY_MAX: usize = 4 << 20;

/// Why there is no answer to use.
#[derive(Debug)]
pub enum ApiFailure {
    /// No connection was made, or it was not even tried: nothing happened. The text is a sentence for people.
    NotSent(String),
    /// Whoever answers cannot prove to be it, or speaks without TLS: nothing was sent. The text is a sentence for people.
    Untrusted(String),
    /// It was sent, and the outcome is not known. The text is a sentence for people.
    Lost(String),
    /// Something that is not our API answered.
    NotOurs,
    /// Our API answered, in a version that this window does not speak.
    OtherVersion(u32),
    /// The API refused: nothing happened.
    Refused(Box<ErrorBody>),
}

/// Sends a request and reads its answer.
pub async fn read<T: DeserializeOwned>(request: RequestBuilder, clock: &TheirClock) -> Result<T, ApiFailure> {
    let response = ours(request, clock).await?;
    let status = response.status();
    let body = body(response).await?;
    if status.is_success() {
        let bytes: &[u8] = if body.is_empty() { b"null" } else { &body };
        return serde_json::from_slice(bytes).map_err(|error| unreadable(&error.to_string()));
    }
    let error: ErrorBody = serde_json::from_slice(&body).map_err(|error| unreadable(&error.to_string()))?;
    // A fault on the way may have come after the change was made.
    let fault = status.is_server_error() && matches!(error.code, ErrorCode::Unavailable | ErrorCode::Internal);
    if fault {
        warn!(code = ?error.code, request = error.request_id, "The API failed: {}", error.message);
        return Err(ApiFailure::Lost(match error.code {
            ErrorCode::Unavailable => "The API cannot reach its database at the moment.".into(),
            _ => format!("The API failed. Its log has the cause under request {}.", error.request_id),
        }));
    }
    Err(ApiFailure::Refused(Box::new(error)))
}

/// Sends a request whose good answer is plain text.
pub async fn text(request: RequestBuilder, clock: &TheirClock) -> Result<String, ApiFailure> {
    let response = ours(request, clock).await?;
    let good = response.status().is_success();
    let text = String::from_utf8(body(response).await?).unwrap_or_default();
    if good { Ok(text) } else { Err(ApiFailure::Lost("The API answers, but it is not well.".into())) }
}

/// The answer of our API in our version, and of nobody else.
async fn ours(request: RequestBuilder, clock: &TheirClock) -> Result<Response, ApiFailure> {
    let response = request.send().await.map_err(no_answer)?;
    let status = response.status();
    debug!(status = status.as_u16(), "An answer came");
    let version = response.headers().get(API_VERSION_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
    match version {
        Some(API_VERSION) => {
            clock.hear(&response);
            Ok(response)
        }
        Some(other) => {
            debug!("It speaks version {other}, this window version {API_VERSION}");
            Err(ApiFailure::OtherVersion(other))
        }
        None => {
            debug!("It is not our API");
            Err(stranger(status))
        }
    }
}

/// A proxy in front of an API that is down answers in its place.
fn stranger(status: StatusCode) -> ApiFailure {
    match status {
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => ApiFailure::Lost(
            format!("Something in front of the API says that it is down (status {}).", status.as_u16()),
        ),
        _ => ApiFailure::NotOurs,
    }
}

fn no_answer(error: reqwest::Error) -> ApiFailure {
    let (not_sent, late) = (error.is_connect() || error.is_builder(), error.is_timeout());
    let untrusted = trust::words(&error, "API");
    // `without_url`: a URL may hold ids, and the log names the request already.
    let detail = error.without_url().to_string();
    debug!("No answer came: {detail}");
    if let Some(words) = untrusted {
        return ApiFailure::Untrusted(words);
    }
    match (not_sent, late) {
        (true, _) => ApiFailure::NotSent("The API cannot be reached.".into()),
        (false, true) => {
            ApiFailure::Lost(format!("The API did not answer within {} s.", super::ANSWER_PATIENCE.as_secs()))
        }
        (false, false) => ApiFailure::Lost("The connection to the API broke off before its answer came.".into()),
    }
}

fn unreadable(detail: &str) -> ApiFailure {
    warn!("The API's answer cannot be read: {detail}");
    ApiFailure::Lost("The API’s answer cannot be read.".into())
}

async fn body(mut response: Response) -> Result<Vec<u8>, ApiFailure> {
    let mut bytes = vec![];
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        if bytes.len() + chunk.len() > BODY_MAX {
            return Err(unreadable("it is too large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The page's error for a failure; `command_id` when a command was sent.
pub fn to_ipc(failure: ApiFailure, command_id: Option<Uuid>) -> IpcError {
    let unavailable = |message: String| IpcError::Unavailable { message, retry_after_s: 2 };
    match (failure, command_id) {
        (ApiFailure::Refused(body), _) => refused(*body),
        (ApiFailure::NotSent(words) | ApiFailure::Untrusted(words), Some(_)) => {
            unavailable(format!("{words} Nothing was sent."))
        }
        (failure, Some(command_id)) => IpcError::Unknown { message: in_words(failure), command_id },
        (ApiFailure::NotSent(words) | ApiFailure::Lost(words), None) => {
            unavailable(format!("{words} Try again in a moment."))
        }
        (failure, None) => unavailable(in_words(failure)),
    }
}

/// A failure before the command itself could be sent, such as one to renew the token.
pub fn not_sent(failure: ApiFailure) -> ApiFailure {
    match failure {
        refused @ ApiFailure::Refused(_) => refused,
        other => ApiFailure::NotSent(in_words(other)),
    }
}

/// The failure as one sentence.
pub fn in_words(failure: ApiFailure) -> String {
    match failure {
        ApiFailure::NotSent(words) | ApiFailure::Untrusted(words) | ApiFailure::Lost(words) => words,
        ApiFailure::NotOurs => {
            "Something answers at this environment’s address, but it is not the Repruv API. Check the address, or ask an admin."
                .into()
        }
        ApiFailure::OtherVersion(theirs) if theirs > API_VERSION => {
            format!("The API speaks version {theirs}, this window only version {API_VERSION}. Install the newest Repruv Ops.")
        }
        ApiFailure::OtherVersion(theirs) => format!(
            "The API still speaks version {theirs}, this window version {API_VERSION}. Ask an admin to update it, or use the Repruv Ops that fits."
        ),
        ApiFailure::Refused(body) => body.message,
    }
}

fn refused(body: ErrorBody) -> IpcError {
    let ErrorBody { code, message, field, request_id, retry_after_s, current } = body;
    match code {
        ErrorCode::InvalidRequest | ErrorCode::PayloadTooLarge => {
            IpcError::Validation { field: field.unwrap_or_default(), message }
        }
        ErrorCode::InvalidCredentials | ErrorCode::Unauthorized => unauthorized(message),
        ErrorCode::SecondFactorRequired => IpcError::SecondFactor { message },
        ErrorCode::ReauthenticationRequired => IpcError::Reauthenticate { message },
        ErrorCode::SecondPersonNeeded => IpcError::SecondPerson { message },
        ErrorCode::Forbidden | ErrorCode::SignInIncomplete => IpcError::Forbidden { message },
        ErrorCode::NotFound => IpcError::NotFound { message },
        ErrorCode::IllegalTransition | ErrorCode::VersionConflict | ErrorCode::IdempotencyMismatch => {
            IpcError::Conflict { message, request_id }
        }
        // An API that is newer than this window may tell the case in words that it does not know.
        ErrorCode::CaseMoved => match current.and_then(|case| serde_json::from_value(case).ok()) {
            Some(current) => IpcError::Moved { message, current },
            None => IpcError::Conflict { message, request_id },
        },
        ErrorCode::RateLimited | ErrorCode::Unavailable => {
            IpcError::Unavailable { message, retry_after_s: retry_after_s.unwrap_or(2) }
        }
        ErrorCode::Internal => internal("The API", format!("{message} (request {request_id})")),
    }
}
