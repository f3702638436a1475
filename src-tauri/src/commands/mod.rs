//! What the page may ask for. Each command is thin: parse, call, map the error.

pub mod access;
pub mod audit;
pub mod bootstrap;
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
    failure::{Answer, internal, validation},
    ops::Ops,
    outcomes::Draft,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The window's state, as commands get it.
pub type State<'a> = tauri::State<'a, Arc<Ops>>;

/// No page is longer.
const PAGE_MAX: u32 = 500;
const CURSOR_MAX: usize = 500;

/// Checks what every list takes.
fn page(cursor: Option<&str>, limit: u32) -> Answer<()> {
    if limit == 0 || limit > PAGE_MAX {
        return Err(validation("limit", format!("Ask for 1 to {PAGE_MAX} rows.")));
    }
    if cursor.is_some_and(|cursor| cursor.len() > CURSOR_MAX) {
        return Err(validation("cursor", "This is not a cursor."));
    }
    Ok(())
}

/// Sends a command and reads the view that the API answers.
async fn send<T: DeserializeOwned>(ops: &Ops, draft: Draft) -> Answer<T> {
    let answer = ops.send(draft).await?;
    serde_json::from_value(answer).map_err(|error| internal("Reading the API's answer", error))
}
