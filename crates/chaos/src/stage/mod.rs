//! What a scenario stands on: PostgreSQL, two API processes, six workers and the demo service, all real, with a fault
//! proxy before the database for each of the two kinds.

pub mod postgres;
pub mod program;
mod slot;
mod template;

pub use slot::Slot;
pub use template::{Template, program as program_file};

use crate::settings::Settings;
use anyhow::{Context, Result};
use postgres::{DATABASE, Postgres, connect};
use sqlx::PgPool;
use std::{path::PathBuf, sync::Arc, time::Duration};
use testkit::FaultProxy;
use tokio::sync::Mutex;

/// The lease of the tests; production's is longer.
pub const LEASE: Duration = Duration::from_secs(2);
/// How often a worker looks for due jobs.
pub const POLL: Duration = Duration::from_millis(100);
/// How often a worker looks for lost jobs.
pub const RESCUE_EVERY: Duration = Duration::from_millis(500);

/// Passwords of the database's logins.
#[derive(Clone)]
pub struct Logins {
    /// `repruv_owner`
    pub owner: String,
    /// `repruv_api`
    pub api: String,
    /// `repruv_worker`
    pub worker: String,
}

/// What a scenario may have differently.
#[derive(Clone)]
pub struct Options {
    /// Its word, which names its folder.
    pub name: String,
    /// How many workers.
    pub workers: usize,
    /// Arguments of the workers that replace or extend the usual ones.
    pub worker_arguments: Vec<(&'static str, String)>,
    /// Environment of all of our processes.
    pub environment: Vec<(String, String)>,
    /// Environment of the workers, chosen by their number in turn.
    pub worker_environments: Vec<Vec<(String, String)>>,
    /// Where the cluster lies, when not beside everything else.
    pub data: Option<PathBuf>,
    /// More settings for PostgreSQL.
    pub postgres: String,
    /// The demo service's pace: 1.0 takes a minute or two for a profile.
    pub pace: f64,
    /// Share of its replies that are lost.
    pub lost_replies: f64,
}

impl Options {
    /// The usual stage.
    pub fn new(name: &str, settings: &Settings) -> Self {
        let planted = settings.planted.iter().map(|bug| ("PLANTED_BUG".to_owned(), bug.clone()));
        Self {
            name: name.to_owned(),
            workers: 6,
            worker_arguments: vec![],
            environment: planted.collect(),
            worker_environments: vec![],
            data: None,
            postgres: String::new(),
            pace: 0.015,
            lost_replies: 0.2,
        }
    }
}

/// A running stage. Dropping it ends every process.
pub struct Stage {
    /// How the run was asked for.
    pub settings: Settings,
    /// The scenario's folder.
    pub folder: PathBuf,
    /// The cluster.
    pub postgres: Mutex<Postgres>,
    /// The harness's own way into the database, past the proxies, as its owner.
    pub owner: PgPool,
    /// The same for what must not wait for another: the checker.
    pub watcher: PgPool,
    /// Between the API and the database.
    pub api_lane: FaultProxy,
    /// Between the workers and the database.
    pub worker_lane: FaultProxy,
    /// The API processes.
    pub apis: Vec<Arc<Slot>>,
    /// The workers.
    pub workers: Vec<Arc<Slot>>,
    /// Base URL of the demo service.
    pub simulator: String,
    /// The workers' URL of the database, through their lane.
    pub worker_database: String,
    _simulator: Arc<Slot>,
}

impl Stage {
    /// Brings everything up and waits until it is ready.
    pub async fn up(settings: &Settings, template: &Template, options: &Options) -> Result<Arc<Self>> {
        let folder = settings.work.join(&options.name);
        std::fs::create_dir_all(&folder)?;
        let data = options.data.clone().unwrap_or_else(|| folder.join("data"));
        let mut postgres = template.copy(settings, data).await?;
        postgres.configure(&options.postgres)?;
        postgres.start().await?;
        Self::around(settings, template, options, postgres).await
    }

    /// Brings up everything else around a cluster that runs.
    pub async fn around(
        settings: &Settings,
        template: &Template,
        options: &Options,
        postgres: Postgres,
    ) -> Result<Arc<Self>> {
        let folder = settings.work.join(&options.name);
        let url = postgres.url(DATABASE);
        let (owner, watcher) = (connect(&url, 6).await?, connect(&url, 1).await?);
        let (api_lane, worker_lane) =
            (FaultProxy::start(postgres.address()).await?, FaultProxy::start(postgres.address()).await?);
        let simulator = Arc::new(Slot::simulator(settings, &folder, options));
        let address = simulator.start(&[]).await.context("the demo service does not start")?;
        let simulator_url = format!("http://{address}");
        turn_dials(
            &simulator_url,
            &serde_json::json!({ "lost_reply_rate": options.lost_replies, "latency_ms": [1, 10] }),
        )
        .await?;
        let database = |role: &str, password: &str, lane: &FaultProxy| {
            format!("postgres://{role}:{password}@{}/{DATABASE}", lane.address())
        };
        let logins = &template.logins;
        let api_url = database("repruv_api", &logins.api, &api_lane);
        let worker_url = database("repruv_worker", &logins.worker, &worker_lane);
        let apis = (0..2).map(|n| Slot::api(settings, &folder, options, n, &api_url).map(Arc::new));
        let apis = apis.collect::<Result<Vec<_>>>()?;
        let workers = (0..options.workers)
            .map(|n| Arc::new(Slot::worker(settings, &folder, options, n, &worker_url, &simulator_url)))
            .collect();
        let stage = Self {
            settings: settings.clone(),
            folder,
            postgres: Mutex::new(postgres),
            owner,
            watcher,
            api_lane,
            worker_lane,
            apis,
            workers,
            simulator: simulator_url,
            worker_database: worker_url,
            _simulator: simulator,
        };
        for slot in stage.apis.iter().chain(&stage.workers) {
            slot.start(&[]).await.with_context(|| format!("{} does not start", slot.name()))?;
        }
        Ok(Arc::new(stage))
    }

    /// Base URLs of the API processes, the same for their whole life.
    pub fn api_urls(&self) -> Vec<String> {
        self.apis.iter().map(|slot| slot.url()).collect()
    }

    /// No fault any more: the lanes forward, every process runs, without failpoints.
    pub async fn heal(&self) -> Result<()> {
        self.api_lane.heal();
        self.worker_lane.heal();
        self.postgres.lock().await.ready(Duration::from_secs(60)).await?;
        for slot in self.apis.iter().chain(&self.workers) {
            slot.ensure_healthy().await?;
        }
        Ok(())
    }

    /// Ends everything; the data stays for whoever wants to look.
    pub async fn down(&self) {
        for slot in self.apis.iter().chain(&self.workers) {
            slot.kill().await;
        }
        self.owner.close().await;
        self.watcher.close().await;
        if let Err(error) = self.postgres.lock().await.kill().await {
            eprintln!("  PostgreSQL was not ended: {error:#}");
        }
    }
}

/// Changes how the demo service behaves.
pub async fn turn_dials(simulator: &str, dials: &serde_json::Value) -> Result<()> {
    let http = reqwest::Client::new();
    http.put(format!("{simulator}/dials")).json(dials).send().await?.error_for_status()?;
    Ok(())
}
