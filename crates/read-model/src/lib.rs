#![doc = include_str!("../README.md")]

mod audit;
mod bulk;
mod device;
mod error;
mod feed;
#[doc(hidden)]
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod history;
mod jobs;
mod learning;
mod now;
mod page;
mod queues;
mod row;
mod section;
mod sessions;
mod text;
mod timeline;
mod triage;
mod users;
mod workers;

pub use bulk::{Chosen, ChosenItem};
pub use device::device;
pub use error::ReadError;
pub use feed::{Feed, FeedBatch, FeedSettings, FeedSource};
pub use page::LIMIT_MAX;
pub use triage::Standing;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use std::sync::Arc;

/// All that staff may see. Cheap to clone; clones share the pool and what is known of recent history.
#[derive(Clone, Debug)]
pub struct ReadModel {
    pool: PgPool,
    history: Arc<history::History>,
}

impl ReadModel {
    /// Reads through `pool`: a staff member's own login, or the API's role. Nothing is read yet.
    pub fn new(pool: PgPool) -> Self {
        Self { pool, history: Arc::default() }
    }

    /// The pool that it reads through.
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The database's time, which every age on a screen is measured against.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] when the database cannot be reached.
    pub async fn database_time(&self) -> Result<DateTime<Utc>, ReadError> {
        self.section(|connection| Box::pin(section::database_time(connection))).await
    }
}
