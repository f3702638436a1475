#![doc = include_str!("../README.md")]

mod wire;

pub mod auth;
pub mod customer;
pub mod error;
pub mod ipc;
pub mod jobs;
pub mod live;
pub mod now;
pub mod sessions;
pub mod staff;
pub mod users;

pub use error::{ErrorBody, ErrorCode};
/// The rules, for those who may depend on this crate only.
pub use state_machine;
pub use wire::Page;
