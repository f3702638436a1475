#![doc = include_str!("../README.md")]

pub mod audit;
pub mod audit_chain;
mod bulk;
mod command;
mod connections;
mod database_login;
mod demo_mode;
mod demo_rows;
pub mod engine;
mod error;
mod error_words;
mod events;
pub mod faults;
mod fix_outcomes;
mod fixes;
mod hints;
mod ids;
mod job_commands;
mod jobs;
mod members;
pub mod migrate;
mod pool;
mod queue_pause;
mod queue_state;
pub mod receipts;
mod rotation;
mod scram;
mod second_factor;
mod section;
mod seed;
mod session_commands;
mod sessions;
mod silence;
mod staff;
mod wake;
mod watchdog;

pub use bulk::{BulkGuards, BulkItem, BulkRun, ItemEnd, ItemFailure, NewBulkItem, NewBulkPlan};
pub use command::{Actor, Command, CommandKey, Done};
pub use database_login::{MintedLogin, set_backend_password};
pub use demo_mode::{DemoModeRequest, Profile};
pub use demo_rows::DemoModeRow;
pub use error::{StoreError, is_unavailable};
pub use error_words::Words;
pub use fixes::FixOrder;
pub use hints::{Hint, Hints};
pub use ids::new_id;
pub use jobs::JobRecord;
pub use members::{Member, MemberChange, NewStaff};
pub use pool::PoolSettings;
pub use queue_state::{QueueLine, QueueState};
pub use rotation::{Rotation, TokenHash, TokenHashes, TokenLife, TokenTimes};
pub use second_factor::{SecondFactor, StoredSecret};
pub use seed::{FIRST_CUSTOMER, SeedSettings, Seeded};
pub use session_commands::{OnDevice, Revoked, WhichSessions};
pub use sessions::{Credentials, NewSession, Probed, SessionUser};
pub use staff::{StaffMember, StaffSession};
pub use wake::{CANCEL_CHANNEL, FEED_CHANNEL, JOBS_CHANNEL};
pub use watchdog::{EndedSession, Overdue};

use sqlx::PgPool;

/// The backend's way into PostgreSQL. Cheap to clone; all clones share one pool.
#[derive(Clone, Debug)]
pub struct Store {
    pool: connections::Connections,
    wake: wake::Wake,
}

impl Store {
    /// Connects with `settings`. Fails at once when the database cannot be reached.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Database`] for a malformed URL or a refused login.
    pub async fn connect(url: &str, settings: PoolSettings) -> Result<Self, StoreError> {
        Ok(Self::on(pool::connect(url, settings).await?, settings.notify))
    }

    /// Connects when first used, so that a process can start before its database does.
    ///
    /// # Errors
    /// [`StoreError::Database`] for a malformed URL.
    pub fn connect_lazy(url: &str, settings: PoolSettings) -> Result<Self, StoreError> {
        Ok(Self::on(pool::connect_lazy(url, settings)?, settings.notify))
    }

    /// A store over a pool that the caller made; `notify`: send wake-ups.
    pub fn over(pool: PgPool, notify: bool) -> Self {
        Self::on(pool::over(pool), notify)
    }

    fn on(pool: connections::Connections, notify: bool) -> Self {
        Self { wake: wake::Wake::start(pool.clone(), notify), pool }
    }

    /// For gauges and readiness, and for reading through `read-model`.
    pub const fn pool(&self) -> &PgPool {
        &self.pool.pool
    }
}
