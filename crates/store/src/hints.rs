//! Hearing the wake-ups that other processes send. See `wake.rs` for sending.

use crate::{CANCEL_CHANNEL, JOBS_CHANNEL, StoreError, silence::heard};
use sqlx::postgres::PgListener;
use std::time::Duration;

/// A handshake goes back and forth several times, each in milliseconds.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// What was announced. Carries no data: whoever hears it looks for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Due jobs may wait.
    JobsDue,
    /// A running job was asked to stop.
    CancelRequested,
    /// The connection is gone; hints were lost.
    Closed,
}

/// A listening connection of its own.
#[derive(Debug)]
pub struct Hints(PgListener);

impl Hints {
    /// Connects and listens.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be reached.
    pub async fn listen(url: &str) -> Result<Self, StoreError> {
        let listening = async {
            let mut listener = PgListener::connect(url).await?;
            listener.listen_all([JOBS_CHANNEL, CANCEL_CHANNEL]).await?;
            Ok(Self(listener))
        };
        heard(CONNECT_MAX, listening).await.unwrap_or_else(|silent| Err(sqlx::Error::from(silent).into()))
    }

    /// The next hint. May be dropped while it waits: nothing else uses the connection.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the connection broke.
    pub async fn next(&mut self) -> Result<Hint, StoreError> {
        Ok(match self.0.try_recv().await? {
            Some(hint) if hint.channel() == CANCEL_CHANNEL => Hint::CancelRequested,
            Some(_) => Hint::JobsDue,
            None => Hint::Closed,
        })
    }
}
