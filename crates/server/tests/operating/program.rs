//! `repruv-server` as a process.

use serde_json::Value;
use std::{
    process::Stdio,
    sync::{Arc, Mutex},
};
use testkit::{Role, TestDb};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// How it ended and what it said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.err.contains("panicked"), "{self:#?}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

pub fn command(db: &TestDb, role: Role, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repruv-server"));
    command.args(arguments).env("DATABASE_URL", db.url(role)).env("RUST_LOG", "warn");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Runs it to its end.
pub async fn run(db: &TestDb, role: Role, arguments: &[&str]) -> Ran {
    let done = command(db, role, arguments).output().await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ran { code: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
}

/// A program that serves until it is dropped.
pub struct Serving {
    pub base: String,
    log: Arc<Mutex<String>>,
    child: Child,
}

impl Serving {
    pub async fn api(db: &TestDb) -> Self {
        Self::start(command(db, Role::Api, &["serve"])).await
    }

    /// A worker in a hurry; `more` are further arguments.
    pub async fn worker(db: &TestDb, demo_service_url: &str, more: &[&str]) -> Self {
        let hurry =
            ["work", "--lease=2s", "--poll=100ms", "--rescue-every=200ms", "--demo-poll=50ms", "--connections=6"];
        let mut worker = command(db, Role::Worker, &[hurry.as_slice(), more].concat());
        worker.env("DEMO_SERVICE_URL", demo_service_url);
        Self::start(worker).await
    }

    async fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("it starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (mut lines, keep) = (BufReader::new(child.stderr.take().expect("a log")).lines(), log.clone());
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut log = keep.lock().expect("the log");
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut said = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let first = said.next_line().await.expect("readable").expect("a line that says where it listens");
        let first: Value = serde_json::from_str(&first).expect("JSON");
        let base = format!("http://{}", first["listening"].as_str().expect("an address"));
        Self { base, log, child }
    }

    /// Sends it a signal, by its name.
    pub async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().await.expect("kill");
        assert!(sent.success(), "{name} to {pid}");
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) -> Option<i32> {
        let ended = tokio::time::timeout(std::time::Duration::from_secs(60), self.child.wait()).await;
        ended.unwrap_or_else(|_| panic!("it does not end:\n{}", self.log())).expect("its status").code()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }
}
