//! `repruv-server serve`: the API. Any number of these processes share one database.

use crate::{
    api::{self, App, ReaderAddress, SharedReader, StaffLives, StaffTerms},
    auth::{pace::Pace, sealing::SealingKeys, tokens::Kind},
    http::accept,
    shutdown, telemetry,
    worker::DemoService,
};
use anyhow::Context;
use axum::http::HeaderValue;
use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, str::FromStr, time::Duration};
use store::{BulkGuards, PoolSettings, Store, TokenLife};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// How often logins of ended staff sessions are looked for; an ended session must not read for longer than 10 s.
const CLEAN_UP_EVERY: Duration = Duration::from_secs(5);

/// The start waits this long for the database to say which keys are needed; the server looks after that later too.
const KEYS_ASKED_MAX: Duration = Duration::from_secs(1);

/// From so many changes on, nobody begins a bulk plan without having read how many they are.
const BULK_TYPED_OVER: u32 = 5;
/// What a plan shows is too old after this.
const BULK_LIFE: Duration = Duration::from_secs(30 * 60);

/// How the API is served.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeSettings {
    /// PostgreSQL, as a login of role `repruv_api`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// How staff reach the database when it is not the way of DATABASE_URL: host, host:port or postgres://host:port/database.
    #[arg(long = "reader-url", env = "READER_DATABASE_HOST")]
    pub reader: Option<String>,
    /// A browser origin that may call with its cookies, such as https://app.example.com; may be repeated.
    #[arg(long = "allowed-origin", env = "ALLOWED_ORIGINS", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,
    /// Connections of clients at most.
    #[arg(long, default_value_t = 2_000)]
    pub connections_max: usize,
    /// Connections to the database at most.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=200))]
    pub database_connections: u32,
    /// A request that has waited this long for one is answered with 503: sooner that than a client that waits.
    #[arg(long, default_value = "2s", value_parser = crate::worker::duration)]
    pub database_wait: Duration,
    /// How long an access token of staff lives; after that the window exchanges its refresh token for a new pair.
    #[arg(long, env = "STAFF_ACCESS_LIFE", default_value = "15m", value_parser = crate::worker::duration)]
    pub staff_access_life: Duration,
    /// How long a database login of staff opens new connections; after that the window asks for a new one.
    #[arg(long, env = "DATABASE_LOGIN_LIFE", default_value = "8h", value_parser = crate::worker::duration)]
    pub database_login_life: Duration,
    /// Where no login can be minted, because this PostgreSQL gives nobody CREATEROLE: one login for all staff, a member of
    /// ops_reader, as postgres://user:password@host/database. It does not end with anybody's session.
    #[arg(long, env = "SHARED_READER_URL", hide_env_values = true)]
    pub shared_reader: Option<String>,
    /// Base URL of the demo service: asked, and never told to make anything, where a fix needs to know whether a profile is
    /// there. Without it that one fix is refused.
    #[arg(long, env = "DEMO_SERVICE_URL")]
    pub demo_service_url: Option<String>,
    /// Refuse everything to staff who have no second factor, until they enrol one. Meant for where real customers are.
    #[arg(long, env = "REQUIRE_SECOND_FACTOR")]
    pub require_second_factor: bool,
    /// A file of keys: secrets of second factors are stored under the first of them, and the others open what was stored
    /// before. One a line: a name, a space, 64 hex digits. Without it nobody can enrol a second factor.
    #[arg(long, env = "SECOND_FACTOR_KEYS")]
    pub second_factor_keys: Option<PathBuf>,
    /// A bulk plan that changes more than this many items needs a second person, who is never the one who planned or confirmed it.
    /// Ending all sessions needs one for a single user too, and goes by a plan only. `off` asks nobody: where one works alone.
    #[arg(long, env = "SECOND_PERSON_OVER", default_value = "20", value_name = "NUMBER|off")]
    pub second_person_over: SecondPersonOver,
    /// Items of a bulk plan that are executed a second at most.
    #[arg(long, env = "BULK_ITEMS_PER_SECOND", default_value = "25", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub bulk_items_per_second: u32,
    /// Requests a minute of one person of the staff, at each of these processes; above that, 429.
    #[arg(long, default_value = "600")]
    pub staff_requests_per_minute: NonZeroU32,
    /// Failed sign-ins of one address before the next one from there has to wait; people of one office share an address.
    #[arg(long, default_value = "50")]
    pub failures_per_address: u32,
}

/// Above how many changes a second person is asked for; `None`: never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondPersonOver(pub Option<u32>);

impl FromStr for SecondPersonOver {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self(None)),
            number => number.parse().map(Some).map(Self).map_err(|_| "give a number of items, or “off”"),
        }
    }
}

/// A running API within this process.
pub struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    served: JoinHandle<anyhow::Result<()>>,
    /// Until the database has said which keys are needed.
    opens: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Server {
    /// Listens and serves. The database may come later; until then requests are answered with 503.
    ///
    /// # Errors
    /// When a setting makes no sense, the address cannot be had, or a key is lacking for what is stored.
    pub async fn start(settings: ServeSettings) -> anyhow::Result<Self> {
        telemetry::metrics_handle();
        let origins: Vec<HeaderValue> =
            settings.allowed_origins.iter().map(|origin| read_origin(origin)).collect::<anyhow::Result<_>>()?;
        let reader = ReaderAddress::new(&settings.database_url, settings.reader.as_deref())?;
        let pool = PoolSettings {
            max: settings.database_connections,
            acquire_timeout: settings.database_wait,
            hand_on: false,
            ..PoolSettings::default()
        };
        let store = Store::connect_lazy(&settings.database_url, pool).map_err(|_| {
            anyhow::anyhow!("DATABASE_URL is not a PostgreSQL URL such as postgres://user:password@host/database")
        })?;
        let listener = TcpListener::bind(settings.listen)
            .await
            .with_context(|| format!("cannot listen on {}: choose another address with --listen", settings.listen))?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        tokio::spawn(clean_up(store.clone(), stop.clone()));
        let lives = StaffLives {
            tokens: TokenLife { access: settings.staff_access_life, ..Kind::Staff.life() },
            database_login: settings.database_login_life,
        };
        let keys = settings.second_factor_keys.as_deref().map(SealingKeys::read).transpose()?.unwrap_or_default();
        let mut opens = tokio::spawn(opens_everything(store.clone(), keys.clone(), stop.clone()));
        let opens = match tokio::time::timeout(KEYS_ASKED_MAX, &mut opens).await {
            Ok(answered) => {
                answered??;
                None
            }
            Err(_) => Some(opens),
        };
        let demo_service = settings.demo_service_url.as_deref().filter(|url| !url.is_empty());
        let shared_reader = settings.shared_reader.as_deref().filter(|url| !url.is_empty());
        let terms = StaffTerms {
            lives,
            shared_reader: shared_reader.map(SharedReader::of_url).transpose()?,
            pace: Pace::per_minute(settings.staff_requests_per_minute),
            failures_per_address: settings.failures_per_address,
            second_factor_required: settings.require_second_factor,
            sealing_keys: keys,
            bulk: BulkGuards {
                typed_over: BULK_TYPED_OVER,
                second_person_over: settings.second_person_over.0,
                rate_per_s: settings.bulk_items_per_second,
                life: BULK_LIFE,
            },
            demo_service: demo_service.map(DemoService::new).transpose().context("DEMO_SERVICE_URL is not usable")?,
        };
        let router = api::router(App::new(store, reader, terms)?, origins);
        let served = tokio::spawn(accept::serve(listener, router, settings.connections_max, stop.clone()));
        Ok(Self { address, stop, served, opens })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends when the database, which was away at the start, has come and a key is lacking for what is in it.
    async fn lacks_a_key(&mut self) -> anyhow::Error {
        if let Some(opens) = self.opens.take()
            && let Ok(Err(lacking)) = opens.await
        {
            return lacking;
        }
        std::future::pending().await
    }

    /// Stops listening and waits for the requests in hand.
    ///
    /// # Errors
    /// When serving had failed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.served.await?
    }
}

/// Serves until SIGTERM or SIGINT; prints where.
///
/// # Errors
/// As [`Server::start`].
pub async fn run(settings: ServeSettings) -> anyhow::Result<()> {
    let mut server = Server::start(settings).await?;
    crate::cli::say(&serde_json::json!({ "listening": server.address().to_string() }).to_string())?;
    tracing::info!(address = %server.address(), build = crate::build::NAME, "Listening");
    let mut requests = shutdown::Requests::listen();
    let lacking = tokio::select! {
        () = requests.next() => None,
        lacking = server.lacks_a_key() => Some(lacking),
    };
    tracing::info!("Stopping: no new requests, those in hand finish");
    server.stop().await?;
    lacking.map_or(Ok(()), Err)
}

/// Whether there is a key for each secret of a second factor, as soon as the database can be asked.
async fn opens_everything(store: Store, keys: SealingKeys, stop: CancellationToken) -> anyhow::Result<()> {
    while !stop.is_cancelled() {
        match store.second_factor_keys().await {
            Ok(in_use) => return keys.must_open(&in_use),
            Err(error) => tracing::debug!(%error, "Could not look which keys are needed"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(CLEAN_UP_EVERY) => {}
        }
    }
    Ok(())
}

fn read_origin(origin: &str) -> anyhow::Result<HeaderValue> {
    let host = ["https://", "http://"].iter().find_map(|scheme| origin.strip_prefix(scheme));
    if host.is_none_or(|host| host.is_empty() || host.contains(['/', '*'])) {
        anyhow::bail!("`{origin}` is not an origin: write it as https://app.example.com");
    }
    Ok(HeaderValue::from_str(origin)?)
}

/// Ends the database logins of sessions that ran out by time; the others end at once with their session. Ends
/// the connections of logins that ran out, too: their end only refuses new ones.
async fn clean_up(store: Store, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match store.end_stale_database_logins().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "Ended database logins of sessions that are over"),
            Err(error) => tracing::debug!(%error, "Could not look for database logins to end"),
        }
        match store.end_expired_readers().await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(count, "Ended connections of database logins that ran out"),
            Err(error) => tracing::debug!(%error, "Could not look for readers to end"),
        }
        // Workers do this each second; without any, what is due must be told all the same.
        if let Err(error) = store.follow_fixes(crate::worker::HOLD).await {
            tracing::debug!(%error, "Could not look what became of fixes");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(CLEAN_UP_EVERY) => {}
        }
    }
}
