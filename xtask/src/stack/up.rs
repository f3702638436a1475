//! Bringing a workspace up, step by step; each step leaves alone what is already as it should be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use super::Up;
use super::workspace::{GRACE, Kept, Process, STAFF_EMAIL, Stack, Staff, Workspace};
use crate::postgres::{Owner, Source};
use crate::process::{Background, await_address, tail};
use crate::programs::{self, Selection};
use crate::repo::Profile;
use crate::run::{keep_going, output, run_with_input, say, wait_for};
use crate::{http, repo, secret};

const READY_WITHIN: Duration = Duration::from_secs(30);

/// Brings the workspace up. Answers what is now in `stack.json`.
pub fn up(workspace: &Workspace, options: &Up) -> Result<Stack> {
    let source = Source::resolve()?;
    if !options.no_build {
        programs::build(Selection::Backend, Profile::of(options.release))?;
    }
    let _lock = workspace.lock()?;
    let mut kept = workspace.kept()?;
    for login in ["repruv_api", "repruv_worker", "staff"] {
        if !kept.passwords.contains_key(login) {
            kept.passwords.insert(login.into(), secret::random()?);
        }
    }
    workspace.keep(&kept)?;

    say("Starting PostgreSQL");
    let (owner, cluster) = source.durable(&workspace.postgres_dir())?;
    let mut stack = describe(workspace, &owner, &kept);
    if let Some(pid) = cluster.and_then(|cluster| cluster.running()) {
        stack.pids.insert("postgres".into(), pid);
    }
    workspace.write_stack(&stack)?;
    prepare_database(&stack, &kept, options)?;

    let mut starter = Starter { workspace, release: options.release, kept, stack };
    starter.start_all(options)?;
    let stack = starter.stack;
    await_ready(workspace, &stack)?;
    Ok(stack)
}

/// What is known before any process runs; processes of an earlier `up` are carried over.
fn describe(workspace: &Workspace, owner: &Owner, kept: &Kept) -> Stack {
    let password = |login: &str| kept.passwords.get(login).cloned().unwrap_or_default();
    let url_for = |login: &str| owner.url_for(login, &password(login));
    Stack {
        database_url_owner: owner.url(),
        database_url_api: url_for("repruv_api"),
        database_url_worker: url_for("repruv_worker"),
        staff: Staff { email: STAFF_EMAIL.into(), password: password("staff") },
        ..workspace.stack().unwrap_or_default()
    }
}

fn prepare_database(stack: &Stack, kept: &Kept, options: &Up) -> Result<()> {
    let server = repo::binary("repruv-server", Profile::of(options.release))?;
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&server);
        command.args(arguments).env("DATABASE_URL", &stack.database_url_owner);
        command
    };
    say("Migrating");
    output(&mut command(&["migrate", "run"]))
        .context("the database was not migrated (`cargo xtask stack down --purge` begins with an empty one)")?;
    for login in ["repruv_api", "repruv_worker"] {
        let password = kept.passwords.get(login).map(String::as_str).unwrap_or_default();
        run_with_input(&mut command(&["migrate", "login", login, "--password-stdin"]), password)?;
    }
    if !options.no_seed {
        say("Seeding");
        output(&mut command(&["migrate", "seed", "--demo-data"])).context("the database was not seeded")?;
    }
    let mut staff = command(&["staff", "add", "--email", STAFF_EMAIL, "--name", "Dana Support", "--role", "admin"]);
    run_with_input(staff.arg("--password-stdin"), &stack.staff.password)
}

/// How a program is told where to listen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listen {
    /// By this flag.
    Flag(&'static str),
    /// By the variable LISTEN.
    Variable,
    /// It does not listen.
    Not,
}

struct Starter<'a> {
    workspace: &'a Workspace,
    release: bool,
    kept: Kept,
    stack: Stack,
}

impl Starter<'_> {
    fn start_all(&mut self, options: &Up) -> Result<()> {
        let pace = options.pace.to_string();
        let arguments = ["--preset", &options.simulator_preset, "--pace", &pace];
        self.stack.simulator_url =
            self.ensure("simulator", "simulator", &arguments, BTreeMap::new(), Listen::Flag("--listen"))?;
        let demo_service = ("DEMO_SERVICE_URL", self.stack.simulator_url.clone());
        let api = BTreeMap::from([
            demo_service.clone(),
            ("DATABASE_URL", self.stack.database_url_api.clone()),
            ("SECOND_FACTOR_KEYS", second_factor_keys(self.workspace)?.display().to_string()),
        ]);
        // Somebody who tries things out alone has no second person to ask.
        let serve: Vec<&str> = ["serve", "--second-person-over", "off"]
            .into_iter()
            .chain(options.serve_with.iter().map(String::as_str))
            .collect();
        self.stack.api_url = self.ensure("server", "repruv-server", &serve, api, Listen::Variable)?;
        let worker = BTreeMap::from([demo_service, ("DATABASE_URL", self.stack.database_url_worker.clone())]);
        for number in 1..=options.workers {
            let name = if number == 1 { "worker".to_owned() } else { format!("worker-{number}") };
            let url = self.ensure(&name, "repruv-server", &["work"], worker.clone(), Listen::Variable)?;
            if number == 1 {
                self.stack.worker_url = url;
            }
        }
        self.end_surplus(options.workers)?;
        if !options.quiet && !options.no_seed {
            let customers = BTreeMap::from([("API_URL", self.stack.api_url.clone())]);
            self.ensure("life", "repruv-server", &["life"], customers, Listen::Not)?;
        }
        self.workspace.write_stack(&self.stack)
    }

    /// Ends workers beyond the number asked for.
    fn end_surplus(&mut self, workers: u8) -> Result<()> {
        let surplus = |name: &str| {
            let number = name.strip_prefix("worker-").and_then(|number| number.parse::<u8>().ok());
            number.is_some_and(|number| number > workers)
        };
        let names: Vec<String> = self.stack.processes.keys().filter(|name| surplus(name)).cloned().collect();
        for name in names {
            if let Some(process) = self.stack.processes.remove(&name) {
                process.background.stop(GRACE).with_context(|| name.clone())?;
            }
            self.stack.pids.remove(&name);
        }
        Ok(())
    }

    /// Answers the URL of the process `name`, started anew unless it runs with the same build, words and environment.
    fn ensure(
        &mut self,
        name: &str,
        program: &str,
        arguments: &[&str],
        environment: BTreeMap<&str, String>,
        listen: Listen,
    ) -> Result<String> {
        keep_going()?;
        let binary = repo::binary(program, Profile::of(self.release))?;
        // Never written down with passwords: they are the same for as long as the workspace lives.
        let hosts = environment.values().map(|value| value.rsplit_once('@').map_or(value.as_str(), |(_, host)| host));
        let started_with = format!("{} {arguments:?} {:?}", built(&binary)?, hosts.collect::<Vec<_>>());
        if let Some(process) = self.stack.processes.get(name) {
            if process.started_with == started_with && process.background.alive() {
                return Ok(process.url.clone());
            }
            process.background.stop(GRACE).with_context(|| name.to_owned())?;
        }
        say(format_args!("Starting {name}"));
        let port = http::free_port(self.kept.ports.get(name).copied())?;
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(&binary);
        command.args(arguments).envs(environment).current_dir(repo::root());
        match listen {
            Listen::Flag(flag) => command.args([flag, &address]),
            Listen::Variable => command.env("LISTEN", &address),
            Listen::Not => &mut command,
        };
        let (out, log) = (self.workspace.log_file(name, "out"), self.workspace.log_file(name, "log"));
        let background = Background::start(&mut command, &out, &log)?;
        self.stack.pids.insert(name.into(), background.pid);
        let url = if listen == Listen::Not { String::new() } else { format!("http://{address}") };
        let process = Process { background: background.clone(), url: url.clone(), started_with };
        self.stack.processes.insert(name.into(), process);
        // Before it is ready, so that `down` finds it whatever happens next.
        self.workspace.write_stack(&self.stack)?;
        if listen == Listen::Not {
            return Ok(url);
        }
        let address = await_address(&background, &out, &log).with_context(|| format!("{name} does not start"))?;
        self.kept.ports.insert(name.into(), port);
        self.workspace.keep(&self.kept)?;
        Ok(format!("http://{address}"))
    }
}

/// The file with the key that the API stores second factors under, made the first time.
fn second_factor_keys(workspace: &Workspace) -> Result<PathBuf> {
    let file = workspace.stack_file().with_file_name("second-factor-keys");
    if !file.exists() {
        // Named at random: a database that outlives this folder then says that its key is gone.
        let (name, key) = (secret::random()?, [secret::random()?, secret::random()?].concat());
        secret::write(&file, &format!("local-{} {key}\n", &name[..8]))?;
    }
    Ok(file)
}

fn await_ready(workspace: &Workspace, stack: &Stack) -> Result<()> {
    for (name, process) in stack.processes.iter().filter(|(name, process)| process.promises_ready(name)) {
        let mut why = String::new();
        let mut asked = Instant::now();
        let ready = wait_for(READY_WITHIN, || {
            // Each refusal is a line in the server's log.
            if !why.is_empty() && asked.elapsed() < Duration::from_millis(250) {
                return Ok(false);
            }
            asked = Instant::now();
            why = http::ok(&format!("{}/readyz", process.url)).err().unwrap_or_default();
            Ok(why.is_empty())
        })?;
        if !ready {
            bail!("{name} runs but is not ready: {why}\n{}", tail(&workspace.log_file(name, "log")));
        }
    }
    Ok(())
}

/// When a program was built, so that a newer build replaces the process of an older one.
fn built(binary: &Path) -> Result<String> {
    let modified = std::fs::metadata(binary).and_then(|file| file.modified());
    let modified = modified.with_context(|| format!("{} is missing", binary.display()))?;
    Ok(format!("{} {}", binary.display(), modified.duration_since(UNIX_EPOCH)?.as_millis()))
}
