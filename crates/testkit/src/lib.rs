//! What tests stand on: a real PostgreSQL database for each test, a fixed clock, rows by state, a
//! proxy that breaks connections on request, the plans of the statements that ran, and waiting for a
//! condition. Dev only: it panics where shipped code would return an error, because a failure here is
//! the test's failure.

mod database;
pub mod factories;
mod fault_proxy;
mod fixed_clock;
mod ids;
mod plans;
mod wait;

pub use database::{Role, TestDb};
pub use fault_proxy::{FaultProxy, Faults, Lane, Swallow, Then};
pub use fixed_clock::FixedClock;
pub use ids::new_id;
pub use plans::{Plan, Plans};
pub use wait::{wait_for, wait_until};
