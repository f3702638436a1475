//! The watchdog: ends what holds back the clean-up of dead rows for everybody.

use crate::{Store, StoreError};
use std::time::Duration;

/// What a session did for longer than five seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// A reader's statement ran.
    ReaderStatement,
    /// A reader left a transaction open.
    ReaderTransaction,
    /// The API or a worker left a transaction open.
    OwnTransaction,
}

impl Overdue {
    /// As the database and the metrics say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReaderStatement => "reader_statement",
            Self::ReaderTransaction => "reader_transaction",
            Self::OwnTransaction => "own_transaction",
        }
    }
}

/// A session that was ended.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedSession {
    /// The database login.
    pub login: String,
    /// For what.
    pub what: Overdue,
    /// For how long.
    pub lasted: Duration,
}

impl Store {
    /// Ends readers' statements and open transactions of readers and of ours over five seconds, but those of `spared`.
    /// For a worker's login. Whoever migrates, and superusers, are left alone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; [`StoreError::Database`] when the function lacks its rights or is not there yet.
    pub async fn end_overdue_sessions(&self, spared: &[String]) -> Result<Vec<EndedSession>, StoreError> {
        let spared = spared.to_vec();
        self.section(move |store| async move {
            let rows: Vec<(String, String, f64)> =
                sqlx::query_as("SELECT login, what, seconds FROM end_overdue_sessions($1)")
                    .bind(&spared)
                    .fetch_all(&store.pool)
                    .await?;
            let ended = |(login, what, seconds): (String, String, f64)| EndedSession {
                what: match what.as_str() {
                    "reader_statement" => Overdue::ReaderStatement,
                    "reader_transaction" => Overdue::ReaderTransaction,
                    _ => Overdue::OwnTransaction,
                },
                lasted: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
                login,
            };
            Ok(rows.into_iter().map(ended).collect())
        })
        .await
    }
}
