//! To come.

use super::Context;
use crate::report::Finding;
use anyhow::Result;

/// The scenario.
pub async fn run(_context: &Context<'_>) -> Result<Vec<Finding>> {
    Ok(vec![])
}
