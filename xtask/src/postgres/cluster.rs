//! One PostgreSQL cluster in a folder of its own: made once, started when needed, reused while it lives.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::account::Account;
use super::install::Install;
use super::owner::Owner;
use crate::run::{keep_going, output, say};
use crate::{http, process, secret};

/// The superuser that owns the databases and migrates them.
const OWNER: &str = "repruv_owner";
const DATABASE: &str = "repruv";
const SETTINGS: &str = "repruv.conf";

/// Whether an acknowledged commit survives a crash of the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// PostgreSQL's own defaults. Everything but the tests' throw-away databases.
    Durable,
    /// For figures: durable, with the memory that a server of its own is given. With the 128 to 256 MiB of a workstation
    /// a table of two million rows is read from the system's cache again and again, which costs every statement.
    Measured,
    /// For databases that live as long as one test: nobody reads them after a crash.
    Throwaway,
}

/// A cluster in a folder.
pub struct Cluster {
    install: Install,
    dir: PathBuf,
    durability: Durability,
}

impl Cluster {
    /// The cluster in `dir`, as durable as production.
    pub fn durable(install: Install, dir: &Path) -> Self {
        Self::new(install, dir, Durability::Durable)
    }

    /// The cluster in `dir`, which need not exist yet.
    pub fn new(install: Install, dir: &Path, durability: Durability) -> Self {
        Self { install, dir: dir.to_owned(), durability }
    }

    /// Makes it if it is not there, starts it if it does not run, and answers how to connect.
    pub fn up(&self) -> Result<Owner> {
        std::fs::create_dir_all(&self.dir).with_context(|| format!("cannot make {}", self.dir.display()))?;
        let _lock = self.lock()?;
        let account = Account::choose()?;
        if !self.data().join("PG_VERSION").exists() {
            self.init(&account)?;
        }
        let major = std::fs::read_to_string(self.data().join("PG_VERSION"))?;
        if major.trim() != self.install.major().to_string() {
            bail!(
                "{} holds a database of PostgreSQL {}, and the one found here is {} — install that version, or \
                 delete the folder to begin with an empty one",
                self.dir.display(),
                major.trim(),
                self.install.version
            );
        }
        if self.pid(&account).is_none() {
            self.start(&account)?;
        }
        self.owner()
    }

    /// The process id of the running server.
    pub fn running(&self) -> Option<u32> {
        self.pid(&Account::choose().ok()?)
    }

    /// Ends it: open connections are cut, everything committed is kept. Nothing happens when it does not run.
    pub fn down(&self) -> Result<()> {
        let account = Account::choose()?;
        if self.pid(&account).is_none() {
            return Ok(());
        }
        let _lock = self.lock()?;
        let mut stop = self.pg_ctl(&account);
        // `fast` is SIGINT to the postmaster.
        output(stop.args(["stop", "--mode=fast", "--wait", "--timeout=30"])).context("PostgreSQL does not stop")?;
        Ok(())
    }

    fn init(&self, account: &Account) -> Result<()> {
        say(format_args!("Making a PostgreSQL {} cluster in {}", self.install.version, self.dir.display()));
        // A folder without PG_VERSION is what an interrupted initdb leaves.
        if self.data().exists() {
            std::fs::remove_dir_all(self.data())?;
        }
        account.make_folder(&self.data())?;
        secret::write(&self.password_file(), &secret::random()?)?;
        let mut initdb = account.command(self.install.program("initdb"));
        initdb.arg("--pgdata").arg(self.data()).arg("--pwfile").arg(self.password_file());
        initdb.args(["--username", OWNER, "--auth=scram-sha-256", "--encoding=UTF8"]);
        // Only Debian's C library has it everywhere; it keeps case folding beyond ASCII.
        initdb.arg(if cfg!(target_os = "linux") { "--locale=C.UTF-8" } else { "--no-locale" });
        if self.durability == Durability::Throwaway {
            initdb.arg("--no-sync");
        }
        output(initdb.current_dir(&self.dir)).context("initdb failed")?;
        let mut text = std::fs::read_to_string(self.data().join("postgresql.conf"))?;
        text.push_str(&format!("\ninclude '{SETTINGS}'\n"));
        std::fs::write(self.data().join("postgresql.conf"), text)?;
        self.write_settings(None)?;
        self.create_database(account)
    }

    /// The npm package brings no client programs, so the server itself does it, before it is a server.
    fn create_database(&self, account: &Account) -> Result<()> {
        let sql = self.dir.join("create.sql");
        std::fs::write(&sql, format!("CREATE DATABASE {DATABASE};\n"))?;
        let mut single = account.command(self.install.program("postgres"));
        single.arg("--single").arg("-D").arg(self.data()).arg("postgres");
        let done = single.current_dir(&self.dir).stdin(Stdio::from(File::open(&sql)?)).output();
        std::fs::remove_file(&sql)?;
        let done = done.context("postgres cannot be started")?;
        let said = String::from_utf8_lossy(&done.stderr);
        if !done.status.success() || said.contains("ERROR:") {
            std::fs::remove_dir_all(self.data())?;
            bail!("the database {DATABASE} was not created: {}", said.trim());
        }
        Ok(())
    }

    fn start(&self, account: &Account) -> Result<()> {
        let log = self.dir.join("postgres.log");
        // Somebody may take the port between our look and the server's start.
        for attempt in 0..3 {
            keep_going()?;
            let port = http::free_port(self.port().filter(|_| attempt == 0))?;
            self.write_settings(Some(port))?;
            let mut start = self.pg_ctl(account);
            start.arg("--log").arg(&log).args(["start", "--wait", "--timeout=60"]);
            // pg_ctl leaves the server behind with our pipes: give it none, or reading them would never end.
            let status = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
            if status.context("pg_ctl cannot be started")?.success() {
                return Ok(());
            }
            if !process::tail(&log).contains("Address already in use") {
                break;
            }
        }
        bail!("PostgreSQL does not start. {}", process::tail(&log))
    }

    fn write_settings(&self, port: Option<u16>) -> Result<()> {
        let mut settings = String::from(
            "# Written by `cargo xtask` at each start.\n\
             listen_addresses = '127.0.0.1'\n\
             unix_socket_directories = ''\n\
             max_connections = 300\n\
             shared_buffers = '256MB'\n\
             password_encryption = 'scram-sha-256'\n\
             # Values that were bound may be secrets.\n\
             log_parameter_max_length = 0\n\
             log_parameter_max_length_on_error = 0\n\
             timezone = 'UTC'\n\
             log_timezone = 'UTC'\n",
        );
        if let Some(port) = port {
            settings.push_str(&format!("port = {port}\n"));
        }
        if self.durability == Durability::Measured {
            settings.push_str("shared_buffers = '2GB'\n");
        }
        if self.durability == Durability::Throwaway {
            settings.push_str(
                "# Databases of one test each: nobody reads them after a crash.\n\
                 fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n",
            );
        }
        std::fs::write(self.data().join(SETTINGS), settings).context("cannot write the server's settings")
    }

    fn port(&self) -> Option<u16> {
        let settings = std::fs::read_to_string(self.data().join(SETTINGS)).ok()?;
        settings.lines().find_map(|line| line.strip_prefix("port = ")?.parse().ok())
    }

    fn owner(&self) -> Result<Owner> {
        let password = std::fs::read_to_string(self.password_file()).context("the owner's password is gone")?;
        let port = self.port().context("the server's port is not in its settings")?;
        let credentials = format!("{OWNER}:{}", password.trim());
        Owner::parse(&format!("postgres://{credentials}@127.0.0.1:{port}/{DATABASE}"))
    }

    /// `pg_ctl status` knows a stale pid file from a living server.
    fn pid(&self, account: &Account) -> Option<u32> {
        output(self.pg_ctl(account).arg("status")).ok()?;
        std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
    }

    fn pg_ctl(&self, account: &Account) -> std::process::Command {
        let mut command = account.command(self.install.program("pg_ctl"));
        command.current_dir(&self.dir).arg("--pgdata").arg(self.data());
        command
    }

    fn lock(&self) -> Result<File> {
        let lock = File::create(self.dir.join("lock"))?;
        lock.lock().context("cannot lock the cluster's folder")?;
        Ok(lock)
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn password_file(&self) -> PathBuf {
        self.dir.join("owner.password")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::wait_for;

    /// A cluster that is ended and removed whatever the test finds.
    struct Guard(Cluster);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.down().unwrap();
            std::fs::remove_dir_all(&self.0.dir).unwrap();
        }
    }

    fn cluster() -> Guard {
        let dir = std::env::temp_dir().join(format!("xtask-cluster-{}", secret::random().unwrap()));
        Guard(Cluster::new(Install::find().unwrap(), &dir, Durability::Throwaway))
    }

    #[test]
    fn a_living_server_is_reused_and_a_killed_one_started_again() {
        let Guard(cluster) = &cluster();
        let owner = cluster.up().unwrap();
        let pid = cluster.running().unwrap();
        assert_eq!(cluster.up().unwrap().url(), owner.url());
        assert_eq!(cluster.running(), Some(pid), "the living server is reused");

        // A killed postmaster leaves its pid file behind.
        output(std::process::Command::new("kill").args(["-9", &pid.to_string()])).unwrap();
        assert!(wait_for(std::time::Duration::from_secs(10), || Ok(cluster.running().is_none())).unwrap());
        assert_eq!(cluster.up().unwrap().url(), owner.url(), "on the port it had");
        assert_ne!(cluster.running(), Some(pid));

        cluster.down().unwrap();
        assert_eq!(cluster.running(), None);
        cluster.down().unwrap();
    }

    #[test]
    fn only_its_owner_reads_the_password() {
        let Guard(cluster) = &cluster();
        cluster.up().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(cluster.password_file()), 0o600);
            assert_eq!(mode(cluster.data()), 0o700);
        }
        let rules = std::fs::read_to_string(cluster.data().join("pg_hba.conf")).unwrap();
        let rules = rules.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        assert!(rules.clone().count() > 0 && rules.clone().all(|rule| rule.ends_with("scram-sha-256")));
    }
}
