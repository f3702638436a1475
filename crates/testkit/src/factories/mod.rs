//! Rows by state, inserted as the owner: `user().enabled().insert(&db).await`.
//!
//! Times are the database's. A row that the rules could not have made is not on offer; tests that
//! want one write their own SQL.

mod connection;
mod job;
mod session;
mod staff;
mod user;
mod worker;

pub use connection::{ConnectionFactory, TestConnection, connection};
pub use job::{JobFactory, TestJob, job};
pub use session::{SessionFactory, TestSession, session};
pub use staff::{StaffFactory, TestStaff, staff};
pub use user::{TestUser, UserFactory, user};
pub use worker::{TestWorker, WorkerFactory, worker};

use sha2::{Digest, Sha256};

/// The password of every user and staff member made here.
pub const PASSWORD: &str = "correct horse battery staple";

/// argon2id (m = 19 MiB, t = 2, p = 1) of [`PASSWORD`], made once: hashing for each row is slow.
pub const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$dGVzdGtpdC1maXhlZC1zYQ$y5tyrQbgOszJYpADq7FOy8nRW/bhMQocmeNj/hDJzpU";

/// What is stored of a token: SHA-256 over its text.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// The end of a UUIDv7 is its random part: short, and unlike its neighbours'.
fn short(id: uuid::Uuid) -> String {
    let mut hex = id.simple().to_string();
    hex.split_off(24)
}
