//! What the page may ask for. Each command is thin: parse, call, map the error.

pub mod access;
pub mod audit;
pub mod bootstrap;
pub mod bounds;
pub mod bulk;
pub mod demo_mode;
pub mod diagnostics;
pub mod environments;
pub mod jobs;
pub mod learning;
pub mod live;
pub mod members;
pub mod notices;
pub mod now;
pub mod outcomes;
pub mod preferences;
pub mod queues;
pub mod sessions;
pub mod sign_in;
pub mod triage;
pub mod users;
pub mod workers;

use crate::{
    failure::{Answer, internal},
    ops::Ops,
    outcomes::Draft,
};
use bounds::page;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The window's state, as commands get it.
pub type State<'a> = tauri::State<'a, Arc<Ops>>;

/// Sends a command and reads the view that the API answers.
async fn send<T: DeserializeOwned>(ops: &Ops, draft: Draft) -> Answer<T> {
    bounds::body(&draft.body)?;
    let answer = ops.send(draft).await?;
    serde_json::from_value(answer).map_err(|error| internal("Reading the API's answer", error))
}
