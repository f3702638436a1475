//! What can go wrong with a read.

use std::io::ErrorKind;

/// Why a read failed. A read changes nothing, so trying again is always safe.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No such thing, or no longer.
    #[error("no such {what}")]
    NotFound {
        /// "job", "user", "session".
        what: &'static str,
    },
    /// The database cannot be reached, is starting or stopping, or took too long.
    #[error("the database cannot be read now: {0}")]
    Unavailable(String),
    /// What answers cannot prove to be the database, or does not speak TLS: nothing was said to it.
    #[error("what answers is not trusted to be the database")]
    Untrusted(#[source] sqlx::Error),
    /// The database refuses this login: it has ended, and a new one must be minted.
    #[error("the database refuses the login: {0}")]
    LoginRefused(String),
    /// The cursor is not one that this list gave out.
    #[error("the cursor is not one of this list's")]
    BadCursor,
    /// A value of the filter is not acceptable.
    #[error("filter `{field}`: {message}")]
    BadFilter {
        /// Which.
        field: &'static str,
        /// For people.
        message: String,
    },
    /// A stored value is not what this build knows: a newer writer, or a damaged row.
    #[error("{table} {id}: column {column}: {problem}")]
    BadRow {
        /// The view.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        id: String,
        /// What was met.
        problem: String,
    },
    /// Anything else that the database answered; a fault of ours.
    #[error("the database refused a read")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Tls(_) => Self::Untrusted(error),
            // A handshake that failed comes as this kind, with what TLS found inside.
            sqlx::Error::Io(cause) if cause.kind() == ErrorKind::InvalidData => Self::Untrusted(error),
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Unavailable(error.to_string()),
            sqlx::Error::Database(refused) => match refused.code().as_deref().unwrap_or_default() {
                // Connection trouble; too many connections; cancelled by timeout; shutting down, crashed, starting.
                code if code.starts_with("08") || code.starts_with("53") || code.starts_with("57") => {
                    Self::Unavailable(refused.message().to_owned())
                }
                code if code.starts_with("28") => Self::LoginRefused(refused.message().to_owned()),
                // The lock was not given in time: somebody alters the table.
                "55P03" => Self::Unavailable(refused.message().to_owned()),
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}
