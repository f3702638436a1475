//! Makes the errors that the page sees. Detail goes to the log; the page gets words and an id.

use contract::ipc::IpcError;
use std::fmt::Display;
use tracing::{error, warn};

/// What a command of the window answers.
pub type Answer<T> = Result<T, IpcError>;

/// A fault of ours: written to the log under an id, which the page shows.
pub fn internal(doing: &str, cause: impl Display) -> IpcError {
    let id = crate::ids::new().to_string();
    error!(%id, "{doing}: {cause}");
    IpcError::Internal { message: format!("{doing} failed inside the window. The log has the detail."), id }
}

/// Something outside cannot be reached; nothing was changed.
pub fn unavailable(what: &str, cause: impl Display) -> IpcError {
    warn!("{what} cannot be reached: {cause}");
    IpcError::Unavailable {
        message: format!("{what} cannot be reached right now. Nothing was changed."),
        retry_after_s: 2,
    }
}

/// Nobody is signed in, or no longer.
pub fn unauthorized(message: impl Into<String>) -> IpcError {
    IpcError::Unauthorized { message: message.into() }
}

/// A value of the page is not acceptable.
pub fn validation(field: &str, message: impl Into<String>) -> IpcError {
    IpcError::Validation { field: field.into(), message: message.into() }
}

/// The text of an error, for people.
pub fn message(error: &IpcError) -> &str {
    match error {
        IpcError::NotFound { message }
        | IpcError::SecondFactor { message }
        | IpcError::Reauthenticate { message }
        | IpcError::SecondPerson { message }
        | IpcError::Unauthorized { message }
        | IpcError::Forbidden { message }
        | IpcError::Conflict { message, .. }
        | IpcError::Moved { message, .. }
        | IpcError::Unavailable { message, .. }
        | IpcError::Unknown { message, .. }
        | IpcError::Validation { message, .. }
        | IpcError::Stale { message }
        | IpcError::ReadOnly { message }
        | IpcError::Keychain { message, .. }
        | IpcError::Internal { message, .. } => message,
    }
}
