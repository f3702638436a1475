//! PostgreSQL in a PID namespace of its own: killing the namespace's first process kills every backend at once, as a
//! power cut would, and not only the postmaster, whose children would go on for a while.

use super::program::{descendant, signal};
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use sqlx::{PgPool, postgres::PgPoolOptions};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::process::{Child, Command};

/// The superuser that owns the database.
pub const OWNER: &str = "repruv_owner";
/// The database.
pub const DATABASE: &str = "repruv";

/// One cluster.
pub struct Postgres {
    settings: Settings,
    data: PathBuf,
    port: u16,
    password: String,
    child: Option<Child>,
}

impl Postgres {
    /// A cluster in `data`, which may not exist yet.
    pub fn new(settings: &Settings, data: PathBuf, password: &str) -> Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self { settings: settings.clone(), data, port, password: password.to_owned(), child: None })
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        std::net::SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// A URL past the proxies.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{OWNER}:{}@{}/{database}?application_name=chaos", self.password, self.address())
    }

    /// Makes the cluster. Connections need a password, which is sent as it is over loopback: hashing it anew for every
    /// connection of every restarted process would cost more than the work.
    pub async fn init(&self) -> Result<()> {
        let parent = self.data.parent().context("the cluster's folder has no parent")?;
        let password_file = parent.join("owner.password");
        std::fs::write(&password_file, &self.password)?;
        make_folder(&self.data, self.settings.postgres_owner)?;
        let mut initdb = self.program("initdb");
        initdb.arg("--pgdata").arg(&self.data).arg("--pwfile").arg(&password_file);
        initdb.args(["--username", OWNER, "--auth=password", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        let done =
            initdb.current_dir(parent).stdin(Stdio::null()).output().await.context("initdb cannot be started")?;
        if !done.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&done.stderr).trim());
        }
        self.configure(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 200\n\
             shared_buffers = '128MB'\nfsync = on\nsynchronous_commit = on\nfull_page_writes = on\n\
             log_parameter_max_length = 0\nlog_parameter_max_length_on_error = 0\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n",
        )
    }

    /// Adds lines to its settings.
    pub fn configure(&self, lines: &str) -> Result<()> {
        use std::io::Write as _;
        let mut file = File::options().append(true).open(self.data.join("postgresql.conf"))?;
        Ok(file.write_all(format!("\n{lines}\n").as_bytes())?)
    }

    /// The folder of its data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A program of its installation, run as its account. It dies with this one.
    pub fn program(&self, name: &str) -> Command {
        let mut words = self.settings.postgres_as.clone();
        if words.is_empty() {
            words = vec!["setpriv".into(), "--".into()];
        }
        words.splice(1..1, ["--pdeathsig".to_owned(), "KILL".to_owned()]);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg(self.settings.postgres_bin.join(name));
        command
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) -> Result<()> {
        let begun = Instant::now();
        loop {
            self.spawn()?;
            match self.ready(Duration::from_secs(60)).await {
                Ok(()) => return Ok(()),
                // For a moment the shared memory of the killed one counts as in use.
                Err(_) if begun.elapsed() < Duration::from_secs(30) && !self.alive() => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn spawn(&mut self) -> Result<()> {
        let server = self.program("postgres");
        let server = server.as_std();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child"]);
        command.arg(server.get_program()).args(server.get_args());
        command.arg("-D").arg(&self.data).arg("-p").arg(self.port.to_string());
        let log = File::options().create(true).append(true).open(self.log())?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).process_group(0);
        self.child = Some(command.spawn().context("PostgreSQL cannot be started")?);
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    fn alive(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Waits until it answers; fails at once when it has ended.
    pub async fn ready(&mut self, limit: Duration) -> Result<()> {
        let begun = Instant::now();
        let mut why = String::new();
        while begun.elapsed() < limit {
            match connect(&self.url("postgres"), 1).await {
                Ok(pool) => {
                    pool.close().await;
                    return Ok(());
                }
                Err(error) => why = error.to_string(),
            }
            if !self.alive() {
                bail!("PostgreSQL has ended: {why}; see {}", self.log().display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("PostgreSQL was not ready within {limit:?}: {why}")
    }

    /// Kills all of it at once.
    pub async fn kill(&mut self) -> Result<()> {
        self.end(Signal::SIGKILL).await
    }

    /// Immediate shutdown: no checkpoint, every backend told to quit.
    pub async fn immediate(&mut self) -> Result<()> {
        self.end(Signal::SIGQUIT).await
    }

    /// Ends it in an orderly way.
    pub async fn stop(&mut self) -> Result<()> {
        self.end(Signal::SIGINT).await
    }

    async fn end(&mut self, how: Signal) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        if let Some(first) = child.id().and_then(descendant) {
            signal(first, how);
        }
        match tokio::time::timeout(Duration::from_secs(20), child.wait()).await {
            Ok(_) => {}
            Err(_) => child.kill().await?,
        }
        Ok(())
    }
}

/// A pool of the harness's own.
pub async fn connect(url: &str, connections: u32) -> Result<PgPool> {
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(true)
        .connect(url)
        .await?)
}

/// A folder that only PostgreSQL's account may enter.
pub fn make_folder(path: &Path, owner: Option<(u32, u32)>) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    if let Some((uid, gid)) = owner {
        std::os::unix::fs::chown(path, Some(uid), Some(gid))?;
    }
    Ok(())
}

/// Whether this machine lets us give PostgreSQL a PID namespace.
pub async fn namespaces() -> bool {
    let tried = Command::new("unshare").args(["--pid", "--fork", "--kill-child", "true"]).output().await;
    tried.is_ok_and(|done| done.status.success())
}
