//! One of our programs as a process that may be killed, stopped and started anew.

use anyhow::{Context, Result, bail};
use nix::{sys::signal::Signal, unistd::Pid};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// A running one.
pub struct Program {
    /// As it calls itself in the database: `worker-3.17` is the seventeenth process of the third worker.
    pub app: String,
    child: Child,
    pid: u32,
}

/// How to start one.
#[derive(Clone)]
pub struct Recipe {
    /// The program's file.
    pub file: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its environment besides ours.
    pub environment: Vec<(String, String)>,
    /// Where what it logs is appended.
    pub log: PathBuf,
}

impl Program {
    /// Starts it; it dies with this process, however that ends.
    pub fn start(recipe: &Recipe, app: String) -> Result<Self> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(&recipe.file).args(&recipe.arguments);
        command.env("PGAPPNAME", &app).env("RUST_LOG", "warn").envs(recipe.environment.iter().cloned());
        let log = File::options().create(true).append(true).open(&recipe.log)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).process_group(0).kill_on_drop(true);
        let child = command.spawn().with_context(|| format!("{} cannot be started", recipe.file.display()))?;
        let pid = child.id().context("it has ended already")?;
        Ok(Self { app, child, pid })
    }

    /// Waits for the line that says where it listens.
    pub async fn listening(&mut self) -> Result<String> {
        let out = self.child.stdout.take().context("asked twice where it listens")?;
        let mut lines = BufReader::new(out).lines();
        let read = async {
            while let Some(line) = lines.next_line().await? {
                let said: Option<serde_json::Value> = serde_json::from_str(&line).ok();
                if let Some(address) = said.as_ref().and_then(|said| said["listening"].as_str()) {
                    return Ok(address.to_owned());
                }
            }
            bail!("{} ended before it listened", self.app)
        };
        tokio::time::timeout(Duration::from_secs(30), read).await.context("it did not listen within 30 s")?
    }

    /// Sends it a signal.
    pub fn signal(&self, what: Signal) {
        signal(self.pid, what);
    }

    /// kill -9, and waits until it is gone.
    pub async fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        let _ = self.child.wait().await;
    }

    /// Whether it has ended, by itself or by a fault.
    pub fn ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it has ended; false when it has not within `limit`.
    pub async fn wait(&mut self, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.child.wait()).await.is_ok()
    }
}

/// Sends a signal; a process that is gone already is fine.
pub fn signal(pid: u32, what: Signal) {
    if let Ok(pid) = i32::try_from(pid) {
        let _ = nix::sys::signal::kill(Pid::from_raw(pid), what);
    }
}

/// The only child of a process.
pub fn descendant(pid: u32) -> Option<u32> {
    let children = std::fs::read_to_string(Path::new("/proc").join(format!("{pid}/task/{pid}/children"))).ok()?;
    children.split_whitespace().next()?.parse().ok()
}
