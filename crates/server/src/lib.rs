//! The backend: API server and worker over one store.

pub mod build;
pub mod shutdown;
pub mod telemetry;
pub mod worker;
