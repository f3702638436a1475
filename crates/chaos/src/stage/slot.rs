//! A place for one of our programs: its processes come and go, its name and address stay.

use super::{
    LEASE, Options, POLL, RESCUE_EVERY,
    program::{Program, Recipe},
    program_file,
};
use crate::settings::Settings;
use anyhow::Result;
use nix::sys::signal::Signal;
use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::sync::{Mutex, MutexGuard};

/// What runs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `repruv-server serve`
    Api,
    /// `repruv-server work`
    Worker,
    /// The demo service's stand-in.
    Simulator,
}

/// The place.
pub struct Slot {
    name: String,
    recipe: Recipe,
    url: String,
    generation: AtomicU32,
    process: Mutex<Running>,
}

/// What is there now. Whoever holds the lock breaks or mends it.
#[derive(Default)]
pub struct Running {
    /// The process, unless it was killed.
    pub program: Option<Program>,
    /// It was started with failpoints.
    pub armed: bool,
    /// It was stopped and not yet told to go on.
    pub stopped: bool,
}

fn millis(duration: Duration) -> String {
    format!("{}ms", duration.as_millis())
}

impl Slot {
    fn new(settings: &Settings, folder: &Path, kind: Kind, number: usize) -> Self {
        let name = match kind {
            Kind::Api => format!("api-{number}"),
            Kind::Worker => format!("worker-{number}"),
            Kind::Simulator => "simulator".to_owned(),
        };
        let file = program_file(settings, if kind == Kind::Simulator { "simulator" } else { "repruv-server" });
        let log = folder.join(format!("{name}.log"));
        let recipe = Recipe { file, arguments: vec![], environment: vec![], log };
        Self { name, recipe, url: String::new(), generation: AtomicU32::new(0), process: Mutex::default() }
    }

    /// The demo service.
    pub fn simulator(settings: &Settings, folder: &Path, options: &Options) -> Self {
        let mut slot = Self::new(settings, folder, Kind::Simulator, 0);
        let (pace, seed) = (options.pace.to_string(), settings.seed.to_string());
        slot.recipe.arguments = ["--preset", "healthy", "--pace", &pace, "--seed", &seed].map(str::to_owned).into();
        slot
    }

    /// One API process, on a port that stays its own.
    pub fn api(settings: &Settings, folder: &Path, options: &Options, number: usize, database: &str) -> Result<Self> {
        let mut slot = Self::new(settings, folder, Kind::Api, number);
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        slot.recipe.arguments = [
            "serve",
            "--database-connections",
            "8",
            "--database-wait",
            "800ms",
            "--staff-requests-per-minute",
            "1000000",
            // All sessions of a user are ended by one request, and nobody is there to approve it.
            "--second-person-over",
            "off",
        ]
        .map(str::to_owned)
        .into();
        slot.recipe.environment = options.environment.clone();
        slot.recipe
            .environment
            .extend([("LISTEN".to_owned(), address.clone()), ("DATABASE_URL".to_owned(), database.to_owned())]);
        slot.url = format!("http://{address}");
        Ok(slot)
    }

    /// One worker.
    pub fn worker(
        settings: &Settings,
        folder: &Path,
        options: &Options,
        number: usize,
        database: &str,
        simulator: &str,
    ) -> Self {
        let mut slot = Self::new(settings, folder, Kind::Worker, number);
        let mut words: Vec<(&str, String)> = vec![
            ("--lease", millis(LEASE)),
            ("--poll", millis(POLL)),
            ("--rescue-every", millis(RESCUE_EVERY)),
            ("--retry-base", "200ms".into()),
            ("--grace", "5s".into()),
            ("--demo-poll", "200ms".into()),
            ("--deadline", "30s".into()),
            ("--concurrency", "16".into()),
            ("--connections", "5".into()),
        ];
        for (flag, value) in &options.worker_arguments {
            words.retain(|(known, _)| known != flag);
            words.push((flag, value.clone()));
        }
        slot.recipe.arguments = vec!["work".to_owned()];
        slot.recipe.arguments.extend(words.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]));
        slot.recipe.environment = options.environment.clone();
        if !options.worker_environments.is_empty() {
            let own = &options.worker_environments[number % options.worker_environments.len()];
            slot.recipe.environment.extend(own.iter().cloned());
        }
        slot.recipe.environment.extend([
            ("DATABASE_URL".to_owned(), database.to_owned()),
            ("DEMO_SERVICE_URL".to_owned(), simulator.to_owned()),
        ]);
        slot
    }

    /// Its name: `worker-3`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it serves, if it is an API.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The process, for whoever wants to break it; nobody, while another does.
    pub fn take(&self) -> Option<MutexGuard<'_, Running>> {
        self.process.try_lock().ok()
    }

    /// The process, once nobody else is breaking it.
    pub async fn wait(&self) -> MutexGuard<'_, Running> {
        self.process.lock().await
    }

    /// Starts a process, with more environment than usual, and waits until it listens. Answers where.
    pub async fn start(&self, environment: &[(String, String)]) -> Result<String> {
        let mut running = self.process.lock().await;
        self.start_in(&mut running, environment)?;
        match &mut running.program {
            Some(program) => program.listening().await,
            None => anyhow::bail!("{} is not running", self.name),
        }
    }

    /// Starts a process in a place whose lock is held, without waiting for it.
    pub fn start_in(&self, running: &mut Running, environment: &[(String, String)]) -> Result<()> {
        let app = format!("{}.{}", self.name, self.generation.fetch_add(1, Ordering::SeqCst));
        let mut recipe = self.recipe.clone();
        recipe.environment.extend(environment.iter().cloned());
        running.program = Some(Program::start(&recipe, app)?);
        running.armed = environment.iter().any(|(name, _)| name == "FAILPOINTS");
        running.stopped = false;
        Ok(())
    }

    /// Makes sure that a process runs here that nothing was done to.
    pub async fn ensure_healthy(&self) -> Result<()> {
        let mut running = self.process.lock().await;
        if running.stopped
            && let Some(program) = &running.program
        {
            program.signal(Signal::SIGCONT);
            running.stopped = false;
        }
        let ended = running.program.as_mut().is_none_or(Program::ended);
        if ended || running.armed {
            if let Some(program) = running.program.take() {
                program.kill().await;
            }
            self.start_in(&mut running, &[])?;
        }
        Ok(())
    }

    /// Ends the process here, if there is one.
    pub async fn kill(&self) {
        if let Some(program) = self.process.lock().await.program.take() {
            program.kill().await;
        }
    }
}
