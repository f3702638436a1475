//! The stand-in for the external demo service: the same two calls over real HTTP, idempotent by
//! key, with dials for latency and failure.
//!
//! `POST /profiles` and `DELETE /profiles/{id}` are the service. `GET`/`PUT /dials`, `GET /ledger`
//! and `GET /healthz` are ours, and no dial touches them. Everything lives in memory and is bounded.

mod api;
mod catalog;
mod cut;
mod dials;
mod error;
mod faults;
mod ledger;
mod profile;
mod running;
mod service;
mod work_clock;

pub use catalog::Counts;
pub use dials::{Dials, DialsError, Preset};
pub use ledger::{Effect, EffectKind, LedgerView};
pub use profile::{DeletionView, ProfileRequest, ProfileView};
pub use running::Simulator;
