//! A workspace's folder: what is kept for the next time, and what runs now.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::postgres::{Cluster, Install};
use crate::process::Background;
use crate::{http, secret};

/// How long a worker may take to finish or hand back its jobs before it is ended.
pub const GRACE: Duration = Duration::from_secs(15);

/// The person who signs in to environment "Local".
pub const STAFF_EMAIL: &str = "dana@repruv.test";

/// What survives `down`, so that passwords still fit the database and ports stay where they were.
#[derive(Default, Serialize, Deserialize)]
pub struct Kept {
    /// Passwords by login.
    pub passwords: BTreeMap<String, String>,
    /// The last port by process name.
    pub ports: BTreeMap<String, u16>,
}

/// What runs now: the content of `stack.json`, which the window and the end-to-end tests read.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Stack {
    /// Connection strings; the passwords in them are why the file is its owner's alone.
    pub database_url_owner: String,
    /// For the API server.
    pub database_url_api: String,
    /// For the workers.
    pub database_url_worker: String,
    /// Base URL of the API server.
    pub api_url: String,
    /// Base URL of the demo service.
    pub simulator_url: String,
    /// Base URL of the first worker's health and metrics.
    pub worker_url: String,
    /// Process ids by name: postgres, simulator, server, worker, worker-2, …
    pub pids: BTreeMap<String, u32>,
    /// Who signs in.
    pub staff: Staff,
    /// What only these commands need.
    #[serde(default)]
    pub processes: BTreeMap<String, Process>,
}

/// The staff person of the local workspace.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Staff {
    /// For the sign-in form.
    pub email: String,
    /// For the sign-in form.
    pub password: String,
}

/// A process of the workspace.
#[derive(Clone, Serialize, Deserialize)]
pub struct Process {
    /// How to find it again.
    #[serde(flatten)]
    pub background: Background,
    /// Its base URL.
    pub url: String,
    /// What it was started with; a difference means that it has to be started anew.
    pub started_with: String,
}

impl Process {
    /// The demo service is a stranger's, and the customers do not listen; the others promise /readyz.
    pub fn promises_ready(&self, name: &str) -> bool {
        name != "simulator" && !self.url.is_empty()
    }
}

/// A folder with a workspace in it, or with none yet.
pub struct Workspace {
    dir: PathBuf,
}

impl Workspace {
    /// The workspace in `dir`.
    pub fn at(dir: PathBuf) -> Self {
        Self { dir: std::path::absolute(&dir).unwrap_or(dir) }
    }

    /// The file that tells how to reach everything.
    pub fn stack_file(&self) -> PathBuf {
        self.dir.join("stack.json")
    }

    /// Where PostgreSQL keeps its files.
    pub fn postgres_dir(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    /// Where a process's output of a kind goes: `log` or `out`.
    pub fn log_file(&self, name: &str, kind: &str) -> PathBuf {
        self.dir.join("logs").join(format!("{name}.{kind}"))
    }

    /// Keeps other commands out of this workspace for as long as the answer lives.
    pub fn lock(&self) -> Result<File> {
        std::fs::create_dir_all(self.dir.join("logs"))
            .with_context(|| format!("cannot make {}", self.dir.display()))?;
        let lock = File::create(self.dir.join("lock"))?;
        lock.lock().context("cannot lock the workspace's folder")?;
        Ok(lock)
    }

    /// What was kept from the last time.
    pub fn kept(&self) -> Result<Kept> {
        match std::fs::read_to_string(self.dir.join("kept.json")) {
            Ok(text) => serde_json::from_str(&text).with_context(|| format!("{}/kept.json", self.dir.display())),
            Err(_) => Ok(Kept::default()),
        }
    }

    /// Keeps it for the next time.
    pub fn keep(&self, kept: &Kept) -> Result<()> {
        secret::write(&self.dir.join("kept.json"), &serde_json::to_string_pretty(kept)?)
    }

    /// What `up` last wrote, if it is up.
    pub fn stack(&self) -> Option<Stack> {
        serde_json::from_str(&std::fs::read_to_string(self.stack_file()).ok()?).ok()
    }

    /// Writes `stack.json`.
    pub fn write_stack(&self, stack: &Stack) -> Result<()> {
        secret::write(&self.stack_file(), &serde_json::to_string_pretty(stack)?)
    }

    /// The workspace is down.
    pub fn forget_stack(&self) -> Result<()> {
        match std::fs::remove_file(self.stack_file()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Ends everything but the database: workers first, so that they can still hand back their jobs.
    pub fn stop_processes(&self) -> Result<()> {
        let processes = self.stack().map(|stack| stack.processes).unwrap_or_default();
        let order = |name: &str| ["worker", "server", "simulator"].iter().position(|kind| name.starts_with(kind));
        let mut processes: Vec<_> = processes.into_iter().collect();
        processes.sort_by_key(|(name, _)| order(name));
        for (name, process) in processes {
            process.background.stop(GRACE).with_context(|| name)?;
        }
        Ok(())
    }

    /// Ends the database if it is the workspace's own.
    pub fn stop_postgres(&self) -> Result<()> {
        if !self.postgres_dir().exists() {
            return Ok(());
        }
        Cluster::durable(Install::find()?, &self.postgres_dir()).down()
    }

    /// Whether it was ever up.
    pub fn exists(&self) -> bool {
        self.dir.exists()
    }

    /// Removes the folder of a workspace that is down.
    pub fn purge(&self) -> Result<()> {
        if !self.exists() {
            return Ok(());
        }
        if self.stack_file().exists() {
            bail!("{} is still up", self.dir.display());
        }
        std::fs::remove_dir_all(&self.dir).with_context(|| format!("cannot remove {}", self.dir.display()))
    }

    /// Each process, and how it is: None when it answers, else what is wrong.
    fn health(&self) -> Vec<(String, String, Option<String>)> {
        let Some(stack) = self.stack() else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        if stack.pids.contains_key("postgres") {
            let running = Install::find().ok().and_then(|it| Cluster::durable(it, &self.postgres_dir()).running());
            let address = stack.database_url_owner.rsplit_once('@').map(|(_, address)| address).unwrap_or_default();
            rows.push(("postgres".into(), address.to_owned(), running.is_none().then(|| "not running".into())));
        }
        for (name, process) in stack.processes {
            let trouble = if process.background.alive() {
                process.promises_ready(&name).then(|| http::ok(&format!("{}/readyz", process.url)).err()).flatten()
            } else {
                Some("not running".into())
            };
            rows.push((name, process.url, trouble));
        }
        rows
    }

    /// What should run and does not, in words.
    pub fn missing(&self) -> Option<String> {
        if self.stack().is_none() {
            return Some(format!("the workspace in {} is down", self.dir.display()));
        }
        let lacking = self.health().into_iter().filter_map(|(name, _, trouble)| Some(format!("{name}: {}", trouble?)));
        let lacking: Vec<String> = lacking.collect();
        (!lacking.is_empty()).then(|| lacking.join("; "))
    }

    /// `stack.json` and the health of each process.
    pub fn status(&self) -> Value {
        let mut status = self.stack().and_then(|stack| serde_json::to_value(stack).ok()).unwrap_or_else(|| json!({}));
        let health = self.health().into_iter().map(|(name, _, trouble)| (name, trouble.unwrap_or_else(|| "ok".into())));
        status["up"] = json!(self.missing().is_none());
        status["health"] = json!(health.collect::<BTreeMap<_, _>>());
        status["data"] = json!(self.dir);
        status
    }

    /// The same for people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .health()
            .into_iter()
            .map(|(name, url, trouble)| format!("{name:<10} {url:<42} {}", trouble.as_deref().unwrap_or("ok")))
            .collect();
        if let Some(stack) = self.stack() {
            lines.push(format!("sign in as {} with {}", stack.staff.email, stack.staff.password));
            lines.push(format!("details    {}", self.stack_file().display()));
        }
        lines
    }
}
