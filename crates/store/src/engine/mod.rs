//! The job engine: the queue and its promises, as statements.
//!
//! A worker claims, works with no transaction open, renews its lease, and finishes. Every one of its writes names the
//! `lease_epoch` of its claim; when another has claimed the job since, zero rows match and nothing is written.

mod batch;
mod claim;
mod enqueue;
mod finish;
mod front;
mod lease;
mod prune;
mod rescue;
mod retention;
mod service_health;
mod stats;
mod workers;

pub use claim::ClaimedJob;
pub(crate) use enqueue::enqueue_in;
pub use enqueue::{Enqueued, NewJob};
pub use finish::{Ending, Finished};
pub use front::Front;
pub use lease::{Lease, Renewal};
pub use prune::Prunable;
pub use service_health::ServiceHealth;
pub use workers::{WorkerSession, WorkerWork};
