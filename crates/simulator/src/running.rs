//! A simulator that runs: in a test, or as the program.

use crate::{
    api,
    cut::{Cut, CutListener},
    dials::{Dials, DialsError},
    faults::Fate,
    ledger::Effect,
    service::{Limits, Service},
};
use rand::{SeedableRng, rngs::StdRng};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// What every request shares.
#[derive(Clone)]
pub(crate) struct App {
    service: Arc<Mutex<Service>>,
    chance: Arc<Mutex<StdRng>>,
    pub(crate) stopping: CancellationToken,
}

impl App {
    /// Never held over an await.
    pub(crate) fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn draw_fate(&self) -> Fate {
        let dials = self.service().dials.clone();
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        Fate::draw(&dials, &mut chance)
    }
}

/// A running simulator. Dropping it stops it.
pub struct Simulator {
    app: App,
    address: SocketAddr,
    seed: u64,
    server: JoinHandle<io::Result<()>>,
}

impl Simulator {
    /// Listens on `listen` (port 0 picks a free one) and serves, with a random seed.
    ///
    /// # Errors
    /// When the address cannot be bound, or a dial is out of range (`InvalidInput`).
    pub async fn start(listen: SocketAddr, dials: Dials) -> io::Result<Self> {
        Self::start_seeded(listen, dials, rand::random()).await
    }

    /// As [`Simulator::start`]. The same seed gives the same profile for the same key, and the
    /// same faults for the same order of requests.
    ///
    /// # Errors
    /// As [`Simulator::start`].
    pub async fn start_seeded(listen: SocketAddr, dials: Dials, seed: u64) -> io::Result<Self> {
        let dials = dials.checked().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let service = Service::new(dials, seed, Limits::default(), Instant::now());
        let app = App {
            service: Arc::new(Mutex::new(service)),
            chance: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))),
            stopping: CancellationToken::new(),
        };
        let routes = api::router(app.clone()).into_make_service_with_connect_info::<Cut>();
        let stopping = app.stopping.clone();
        let server = tokio::spawn(async move {
            axum::serve(CutListener(listener), routes).with_graceful_shutdown(stopping.cancelled_owned()).await
        });
        Ok(Self { app, address, seed, server })
    }

    /// The bound address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// For `DEMO_SERVICE_URL`: `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The seed that replays this run.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What was done so far, oldest first.
    pub fn ledger(&self) -> Vec<Effect> {
        self.app.service().ledger.view().effects
    }

    /// The dials as they are.
    pub fn dials(&self) -> Dials {
        self.app.service().dials.clone()
    }

    /// Turns the dials, for requests that come from now on; a new pace holds for running work too.
    ///
    /// # Errors
    /// When a dial is out of range; nothing changes then.
    pub fn set_dials(&self, dials: Dials) -> Result<(), DialsError> {
        let dials = dials.checked()?;
        self.app.service().set_dials(dials, Instant::now());
        Ok(())
    }

    /// Stops listening, cuts requests that wait, and returns when every connection is closed.
    ///
    /// # Errors
    /// When serving had failed.
    pub async fn shutdown(mut self) -> io::Result<()> {
        self.app.stopping.cancel();
        match (&mut self.server).await {
            Ok(served) => served,
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.app.stopping.cancel();
    }
}
