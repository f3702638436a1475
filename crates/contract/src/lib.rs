#![doc = include_str!("../README.md")]

mod wire;

pub mod access;
pub mod audit;
pub mod auth;
pub mod bulk;
pub mod customer;
pub mod environments;
pub mod error;
pub mod ipc;
pub mod jobs;
pub mod live;
pub mod members;
pub mod notices;
pub mod now;
pub mod queues;
pub mod sessions;
pub mod staff;
pub mod triage;
pub mod users;

pub use error::{ErrorBody, ErrorCode};

/// The header by which every answer of the API names its version, so that no other program is taken for it.
pub const API_VERSION_HEADER: &str = "repruv-api-version";
/// Changes when a window of before could misread an answer or be misread. What is only added does not change it.
pub const API_VERSION: u32 = 1;
/// The rules, for those who may depend on this crate only.
pub use state_machine;
pub use wire::Page;
