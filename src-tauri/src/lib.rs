//! The window of Repruv Ops: shows state and captures intent. It reads from PostgreSQL under a login of the person's own and
//! changes things through the API only.

mod account;
mod api_client;
mod app;
mod approvals;
mod audit_export;
mod authority;
// Here, because another crate compiles `authority` in without what its tests need.
#[cfg(test)]
#[path = "authority/tests/mod.rs"]
mod authority_tests;
pub mod bindings;
mod clipboard;
mod clock;
#[cfg(test)]
mod command_names;
mod commands;
mod connection_test;
mod database;
mod deep_link;
mod diagnostics;
mod environments;
mod exports;
mod failure;
mod ids;
mod keychain;
mod live;
mod local_stack;
mod logging;
mod menu;
mod notices;
mod ops;
mod outcomes;
mod pending;
mod platform;
mod preferences;
mod production;
mod redact;
mod session;
mod sign_in;
mod start;
mod ticket;
mod visible_text;
mod window;

pub use app::{report, run};
