//! What came back, or did not.

use crate::failure::{internal, unauthorized};
use contract::{ErrorBody, ErrorCode, ipc::IpcError};
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use tracing::{debug, warn};
use uuid::Uuid;

/// Larger answers are not ours.
const BODY_MAX: usize = 4 << 20;

/// Why there is no answer to use.
#[derive(Debug)]
pub enum ApiFailure {
    /// No connection was made: nothing was sent, nothing happened.
    NotSent(String),
    /// It was sent, and the outcome is not known.
    Lost(String),
    /// The API refused: nothing happened.
    Refused(Box<ErrorBody>),
}

/// Sends a request and reads its answer.
pub async fn read<T: DeserializeOwned>(request: RequestBuilder, request_id: &str) -> Result<T, ApiFailure> {
    let response = request.send().await.map_err(|error| {
        // `without_url`: a URL may hold ids, and the log names the request already.
        let (not_sent, text) = (error.is_connect() || error.is_builder(), error.without_url().to_string());
        warn!("The API did not answer: {text}");
        if not_sent { ApiFailure::NotSent(text) } else { ApiFailure::Lost(text) }
    })?;
    let status = response.status();
    debug!(status = status.as_u16(), "The API answered");
    let body = body(response).await?;
    if status.is_success() {
        let bytes: &[u8] = if body.is_empty() { b"null" } else { &body };
        return serde_json::from_slice(bytes)
            .map_err(|error| ApiFailure::Lost(format!("the answer cannot be read: {error}")));
    }
    match serde_json::from_slice::<ErrorBody>(&body) {
        // A fault on the way may have come after the change was made.
        Ok(error) if status.is_server_error() => {
            warn!(code = ?error.code, "The API failed: {}", error.message);
            match error.code {
                ErrorCode::Unavailable | ErrorCode::Internal => Err(ApiFailure::Lost(error.message)),
                _ => Err(ApiFailure::Refused(Box::new(error))),
            }
        }
        Ok(error) => Err(ApiFailure::Refused(Box::new(error))),
        Err(_) if status.is_client_error() => Err(ApiFailure::Refused(Box::new(foreign(status.as_u16(), request_id)))),
        Err(_) => Err(ApiFailure::Lost(format!("status {status} from something that is not the API"))),
    }
}

/// Sends a request whose good answer is plain text.
pub async fn text(request: RequestBuilder) -> Result<String, ApiFailure> {
    let response = request.send().await.map_err(|error| ApiFailure::NotSent(error.without_url().to_string()))?;
    let good = response.status().is_success();
    let text = String::from_utf8(body(response).await?).unwrap_or_default();
    if good { Ok(text) } else { Err(ApiFailure::Lost("it does not feel well".into())) }
}

async fn body(mut response: Response) -> Result<Vec<u8>, ApiFailure> {
    let mut bytes = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|error| ApiFailure::Lost(error.without_url().to_string()))? {
        if bytes.len() + chunk.len() > BODY_MAX {
            return Err(ApiFailure::Lost("the answer is too large".into()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A refusal without our body comes from something in between.
fn foreign(status: u16, request_id: &str) -> ErrorBody {
    let code = match status {
        401 => ErrorCode::Unauthorized,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        _ => ErrorCode::InvalidRequest,
    };
    ErrorBody {
        code,
        message: format!("Something between this window and the API answered with status {status}."),
        field: None,
        request_id: request_id.into(),
        retry_after_s: None,
        current: None,
    }
}

/// The page's error for a failure; `command_id` when a command was sent.
pub fn to_ipc(failure: ApiFailure, command_id: Option<Uuid>) -> IpcError {
    match (failure, command_id) {
        (ApiFailure::Lost(_), Some(command_id)) => IpcError::Unknown {
            message: "The answer was lost, so it is not known whether this happened. Check the outcome to find out."
                .into(),
            command_id,
        },
        (ApiFailure::NotSent(_) | ApiFailure::Lost(_), _) => IpcError::Unavailable {
            message: "The API cannot be reached. Nothing was changed.".into(),
            retry_after_s: 2,
        },
        (ApiFailure::Refused(body), _) => refused(*body),
    }
}

fn refused(body: ErrorBody) -> IpcError {
    let ErrorBody { code, message, field, request_id, retry_after_s, .. } = body;
    match code {
        ErrorCode::InvalidRequest | ErrorCode::PayloadTooLarge => {
            IpcError::Validation { field: field.unwrap_or_default(), message }
        }
        ErrorCode::InvalidCredentials | ErrorCode::Unauthorized => unauthorized(message),
        ErrorCode::Forbidden => IpcError::Forbidden { message },
        ErrorCode::NotFound => IpcError::NotFound { message },
        ErrorCode::IllegalTransition | ErrorCode::VersionConflict | ErrorCode::IdempotencyMismatch => {
            IpcError::Conflict { message, request_id }
        }
        ErrorCode::RateLimited | ErrorCode::Unavailable => {
            IpcError::Unavailable { message, retry_after_s: retry_after_s.unwrap_or(2) }
        }
        ErrorCode::Internal => internal("The API", format!("{message} (request {request_id})")),
    }
}
