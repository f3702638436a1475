//! The worker: claims jobs, runs them under a lease, finishes them. Any number of these processes share one database.
//!
//! `claims` fills the free slots, `front` finds what claims begin beyond, `running` carries one job from claim to finish, `heartbeat` renews the leases from a
//! thread of its own, `upkeep` rescues, rolls up and schedules retention, `wakeups` listens for hints, `watchdog` ends what
//! is forgotten in the database, `service_health` tells how the demo service answers, `measures` counts all of it.

mod claims;
mod completions;
mod demo_service;
mod front;
mod handler;
mod health;
mod heartbeat;
mod jobs;
mod measures;
mod outcomes;
mod running;
mod service_health;
mod settings;
mod upkeep;
mod wakeups;
mod watchdog;

pub use demo_service::{DemoService, DemoServiceError, ProfileState, Removal};
pub use handler::{Handlers, JobContext, JobError, JobHandler, JobResult};
pub use jobs::{Bulk, DemoDisable, DemoEnable, JobRetention, Noop};
pub use outcomes::HOLD;
pub use service_health::Seen;
pub use settings::{EngineSettings, WorkerSettings, duration};

use anyhow::Context;
use std::sync::Arc;
use store::{
    PoolSettings, Store,
    engine::{Front, WorkerSession},
};
use tokio_util::sync::CancellationToken;

/// Everything that the parts of one worker share.
pub(crate) struct Shared {
    pub store: Store,
    pub session: WorkerSession,
    pub handlers: Handlers,
    /// Where claims begin.
    pub front: Front,
    pub engine: EngineSettings,
    pub leases: heartbeat::Leases,
    pub completions: completions::Completions,
    /// Do not claim any more.
    pub draining: CancellationToken,
    /// Give back what is in hand.
    pub hand_back: CancellationToken,
}

/// `repruv-server work`: runs until SIGTERM or SIGINT, then drains within its grace; a second one cuts that short.
///
/// # Errors
/// When the settings make no sense or the port cannot be had. A missing database is waited for.
pub async fn run(settings: WorkerSettings) -> anyhow::Result<()> {
    let mut requests = crate::shutdown::Requests::listen();
    let service = DemoService::new(&settings.demo_service_url).context("DEMO_SERVICE_URL is not usable")?;
    let handlers = Handlers::default()
        .reporting(service.seen())
        .with(DemoEnable::new(service.clone(), settings.demo_poll))
        .with(DemoDisable::new(service.clone(), settings.demo_poll))
        .with(Bulk::asking(service))
        .with(JobRetention::new(settings.keep_finished))
        .with(Noop);
    let worker = Worker::start(&settings.database_url, handlers, settings.engine.clone())?;
    let health = health::serve(settings.listen, worker.shared.clone()).await?;
    requests.next().await;
    tracing::info!("Stopping: no further claims, {:?} for the jobs in hand", settings.engine.grace);
    worker.stop(requests.next()).await;
    health.abort();
    Ok(())
}

/// A running worker within this process.
pub struct Worker {
    shared: Arc<Shared>,
    claims: tokio::task::JoinHandle<()>,
    front: tokio::task::JoinHandle<()>,
    upkeep: tokio::task::JoinHandle<()>,
    wakeups: tokio::task::JoinHandle<()>,
    watchdog: tokio::task::JoinHandle<()>,
    service_health: tokio::task::JoinHandle<()>,
    outcomes: tokio::task::JoinHandle<()>,
    heartbeat: heartbeat::Thread,
}

impl Worker {
    /// Starts to claim what `handlers` can run. The database may come later.
    ///
    /// # Errors
    /// For a malformed database URL.
    pub fn start(database_url: &str, handlers: Handlers, engine: EngineSettings) -> anyhow::Result<Self> {
        let pool = PoolSettings { max: engine.connections, notify: engine.push, ..PoolSettings::default() };
        let store = Store::connect_lazy(database_url, pool)?;
        let host = hostname();
        let session = WorkerSession::new(&host, std::process::id(), crate::build::NAME).doing(
            &engine.queue,
            &handlers.types(),
            engine.concurrency,
        );
        measures::register(&handlers.types(), engine.push);
        let (completions, queue) = completions::channel(engine.concurrency);
        let shared = Arc::new(Shared {
            store,
            session,
            front: Front::new(&engine.queue, &handlers.types()),
            handlers,
            leases: heartbeat::Leases::default(),
            completions,
            draining: CancellationToken::new(),
            hand_back: CancellationToken::new(),
            engine,
        });
        let hints = Arc::new(tokio::sync::Notify::new());
        let heartbeat = heartbeat::Thread::start(database_url, &shared)?;
        tokio::spawn(completions::complete(shared.clone(), queue));
        Ok(Self {
            claims: tokio::spawn(claims::run(shared.clone(), hints.clone())),
            front: tokio::spawn(front::run(shared.clone(), hints.clone())),
            upkeep: tokio::spawn(upkeep::run(shared.clone())),
            wakeups: tokio::spawn(wakeups::run(database_url.to_owned(), shared.clone(), hints)),
            watchdog: tokio::spawn(watchdog::run(shared.clone())),
            service_health: tokio::spawn(service_health::write(shared.clone())),
            outcomes: tokio::spawn(outcomes::follow(shared.clone())),
            heartbeat,
            shared,
        })
    }

    /// The worker's own way into the database.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Claims nothing more, lets the jobs in hand finish within the grace, hands the others back, and ends.
    /// `at_once` cuts the grace short.
    pub async fn stop(self, at_once: impl Future<Output = ()>) {
        self.shared.front.close();
        self.shared.draining.cancel();
        self.front.abort();
        self.upkeep.abort();
        self.wakeups.abort();
        self.watchdog.abort();
        self.service_health.abort();
        self.outcomes.abort();
        let mut claims = self.claims;
        tokio::select! {
            _ = &mut claims => {}
            () = at_once => {}
            () = tokio::time::sleep(self.shared.engine.grace) => {}
        }
        self.shared.hand_back.cancel();
        if !claims.is_finished() && tokio::time::timeout(std::time::Duration::from_secs(5), claims).await.is_err() {
            tracing::warn!("Some jobs could not be handed back; they are rescued when their leases end");
        }
        completions_written(&self.shared.leases).await;
        self.heartbeat.stop();
        if let Err(error) = self.shared.store.worker_stopped(&self.shared.session).await {
            tracing::warn!(%error, "Could not say goodbye");
        }
    }
}

/// The last completions leave in a batch after their jobs have ended; without them these jobs would run again.
async fn completions_written(leases: &heartbeat::Leases) {
    let written = async {
        while !leases.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(std::time::Duration::from_secs(2), written).await.is_err() {
        tracing::warn!("Some completions were not written; their jobs are rescued when their leases end");
    }
}

/// This machine, as a person would call it.
pub(crate) fn hostname() -> String {
    let named = std::env::var("HOSTNAME").ok().filter(|name| !name.is_empty());
    let read = || std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned());
    named.or_else(read).filter(|name| !name.is_empty()).unwrap_or_else(|| "localhost".into())
}
