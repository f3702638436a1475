//! What was acknowledged, as the client knows it: a file of its own, on disk before the client acts on an answer.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use uuid::Uuid;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ack {
    /// A staff command was answered with 2xx.
    Staff {
        /// Whose keys these are.
        staff: Uuid,
        /// `Idempotency-Key`
        key: String,
        /// The last part of its path: `enable`, `retry`, …
        action: String,
        /// The user or job it was about.
        target: Uuid,
    },
    /// A staff command was refused with 4xx.
    StaffRefused {
        /// Whose keys these are.
        staff: Uuid,
        /// `Idempotency-Key`
        key: String,
        /// The answer's status.
        status: u16,
    },
    /// A customer's wish was answered with 202.
    Customer {
        /// Who.
        user: Uuid,
        /// `enable`, `disable` or `dismiss`
        action: String,
        /// The job that carries it out.
        job: Option<Uuid>,
    },
    /// A customer begins to wish for this state and sends it until it is there.
    Wish {
        /// Who.
        user: Uuid,
        /// On, or off.
        on: bool,
    },
    /// A batch of system jobs was committed.
    Jobs {
        /// Their ids.
        ids: Vec<Uuid>,
    },
}

/// The file.
#[derive(Clone)]
pub struct AckLog {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

impl AckLog {
    /// An empty one.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file: Arc::new(Mutex::new(file)) })
    }

    /// Writes a line and waits until the disk has it.
    pub async fn write(&self, ack: &Ack) -> Result<()> {
        let line = format!("{}\n", serde_json::to_string(ack)?);
        let file = self.file.clone();
        // Not `block_in_place`: it lets the runtime's threads end, and a child whose parent thread ends is killed with it.
        let written = tokio::task::spawn_blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(line.as_bytes())?;
            file.sync_data()
        });
        written.await?.context("the acknowledgement was not written")
    }

    /// Reads all of it back.
    pub fn read(&self) -> Result<Vec<Ack>> {
        let text = std::fs::read_to_string(&self.path)?;
        text.lines().map(|line| serde_json::from_str(line).context("a line of the ack log")).collect()
    }
}
