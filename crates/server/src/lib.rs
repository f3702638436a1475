//! The backend: API server and worker over one store.

pub mod api;
pub mod auth;
pub mod build;
pub mod cli;
mod clock;
mod fixing;
pub mod http;
pub mod life;
pub mod serve;
pub mod shutdown;
pub mod telemetry;
pub mod worker;
