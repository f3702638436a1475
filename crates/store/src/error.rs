//! What can go wrong in the store, in terms that a border can translate.

use state_machine::IllegalTransition;

/// Why the store did not do what it was asked. Unless it says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row.
    #[error("no such {what}")]
    NotFound {
        /// `user`, `job`, `session`, …
        what: &'static str,
    },
    /// The row has changed since the caller saw it.
    #[error("changed meanwhile: it is at version {current} now")]
    VersionConflict {
        /// The version now.
        current: u32,
    },
    /// User, job or queue are no longer as the person saw them when the fix was decided on.
    #[error("the case has moved since it was seen")]
    CaseMoved,
    /// The rules do not allow it now.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// The idempotency key was used for another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The worker no longer holds the job: another has it, or it has ended.
    #[error("the lease on job {job_id} is lost")]
    LeaseLost {
        /// Which job.
        job_id: uuid::Uuid,
    },
    /// A row holds something that this build does not understand.
    #[error("row {id} of {table}: {problem}")]
    BadRow {
        /// Table.
        table: &'static str,
        /// Key of the row.
        id: String,
        /// Column and value.
        problem: String,
    },
    /// The database cannot be reached or has no connection to spare. Worth trying again.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The database refused; a fault of ours.
    #[error("database: {0}")]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_unavailable(&error) { Self::Unavailable(error.to_string()) } else { Self::Database(error) }
    }
}

/// Connection trouble, as opposed to a statement that the database refused.
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        // 08: connection · 53: out of connections, disk or memory · 57P: the server is going away or starting.
        sqlx::Error::Database(e) => e.code().is_some_and(|c| {
            c.starts_with("08") || c.starts_with("53") || c.starts_with("57P") || c == "25P03" || c == "55P03"
        }),
        _ => false,
    }
}

/// The connection itself is gone or of no more use, as opposed to a statement that was refused on it.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(e) => {
            e.code().is_some_and(|c| c.starts_with("08") || c.starts_with("57P") || c == "25P03")
        }
        _ => false,
    }
}

/// A deadlock or serialisation failure: the whole transaction may be tried again.
pub(crate) fn is_transient(error: &StoreError) -> bool {
    match error {
        StoreError::Database(sqlx::Error::Database(e)) => e.code().is_some_and(|c| c == "40P01" || c == "40001"),
        _ => false,
    }
}
