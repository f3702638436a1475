//! A workspace for one command, gone when the command ends.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Up, Workspace, down, up};
use crate::repo;

/// A workspace of its own under the target directory, begun empty.
pub struct Running {
    workspace: Workspace,
}

impl Running {
    /// Brings up the workspace called `name`; what an earlier, killed command left of it is ended and removed first.
    pub fn apart(name: &str, options: impl FnOnce(PathBuf) -> Up) -> Result<Self> {
        let dir = repo::target()?.join("stacks").join(name);
        let running = Self { workspace: Workspace::at(dir.clone()) };
        running.end()?;
        up(&running.workspace, &options(dir))?;
        Ok(running)
    }

    /// Its `stack.json`.
    pub fn file(&self) -> PathBuf {
        self.workspace.stack_file()
    }

    /// Where its API is.
    pub fn api_url(&self) -> Result<String> {
        self.workspace.stack().map(|stack| stack.api_url).context("the workspace is down")
    }

    fn end(&self) -> Result<()> {
        down(&self.workspace)?;
        self.workspace.purge()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = down(&self.workspace) {
            eprintln!("warning: {error:#}");
        }
        // Its folder stays until the next time: the logs in it explain a failure.
    }
}
