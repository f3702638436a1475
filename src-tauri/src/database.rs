//! Reading: a small pool under this person's own short-lived login, renewed before it ends.

use crate::{
    account::Account,
    api_client::untrusted,
    environments::is_loopback_host,
    failure::{Answer, internal, unauthorized, unavailable, validation},
};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{auth::DatabaseLogin, ipc::IpcError};
use read_model::{ReadError, ReadModel};
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};
use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// For the page; the feed has two of its own. A minted login may hold twelve, so that those that died without a word, which the
/// server counts until it has noticed, leave room for the next.
const CONNECTIONS_MAX: u32 = 3;
const ACQUIRE_PATIENCE: Duration = Duration::from_secs(3);
/// An answer takes as long as the network does, there and back.
const PING_MAX: Duration = Duration::from_secs(2);
const RENEW_EARLY: TimeDelta = TimeDelta::minutes(2);
const RENEW_PAUSE: Duration = Duration::from_secs(20);

/// The database as this person may read it. Cheap to clone; all clones see a renewed login.
#[derive(Clone)]
pub struct Database {
    current: Arc<RwLock<Current>>,
    /// One request for a login however many were refused: each new one ends the one before.
    renewing: Arc<tokio::sync::Mutex<()>>,
    /// Whose certificates are trusted besides those that this machine trusts: PEM.
    authority: Option<Arc<str>>,
}

struct Current {
    model: ReadModel,
    /// For the feed, which makes connections of its own as this one would. It has none itself, so it is never closed.
    feed: PgPool,
    login: DatabaseLogin,
}

impl Database {
    /// Does not connect yet: the first read does.
    pub fn new(login: DatabaseLogin, authority: Option<String>) -> Self {
        info!(host = %login.host, database = %login.database, "Reading from the database");
        let options = options(&login, authority.as_deref());
        let current = Current { model: ReadModel::new(pool(options.clone())), feed: pool(options), login };
        Self { current: Arc::new(RwLock::new(current)), renewing: Arc::default(), authority: authority.map(Into::into) }
    }

    /// What the feed connects as, also after a renewal.
    pub fn feed(&self) -> PgPool {
        self.read().feed.clone()
    }

    /// Reads.
    pub fn model(&self) -> ReadModel {
        self.read().model.clone()
    }

    /// The login of the moment, to be named to [`Self::renew`] when it is refused.
    pub fn password(&self) -> String {
        self.read().login.password.clone()
    }

    /// Asks for a new login in the place of the one with this password, unless somebody did meanwhile. New connections are
    /// made under it; those there are go on.
    pub async fn renew(&self, account: &Account, refused: &str) -> Answer<()> {
        let _turn = self.renewing.lock().await;
        if self.password() != refused {
            return Ok(());
        }
        let login = account.mint_database_login().await?;
        let mut current = self.write();
        for pool in [current.model.pool(), &current.feed] {
            pool.set_connect_options(options(&login, self.authority.as_deref()));
        }
        current.login = login;
        Ok(())
    }

    /// Lets go of connections that may be dead; the next read makes new ones.
    pub fn reopen(&self) {
        let mut current = self.write();
        let model = ReadModel::new(pool(options(&current.login, self.authority.as_deref())));
        let old = std::mem::replace(&mut current.model, model);
        tokio::spawn(async move { old.pool().close().await });
    }

    /// Closes the connections. One whose other side has fallen silent is not waited for: it ends when its socket does.
    pub async fn close(&self) {
        let pool = self.model().pool().clone();
        let closing = tokio::spawn(async move { pool.close().await });
        let _ = tokio::time::timeout(PING_MAX, closing).await;
    }

    /// How long until the login is to be renewed. `now`: by the clock of whoever gave it out.
    pub(crate) fn ends_in(&self, now: DateTime<Utc>) -> Duration {
        let left = self.read().login.valid_until - now - RENEW_EARLY;
        // One that lives for a moment only must not be asked for without pause.
        left.to_std().unwrap_or_default().max(RENEW_PAUSE)
    }

    fn read(&self) -> RwLockReadGuard<'_, Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Current> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Renews the login before it ends, until cancelled.
    pub async fn keep_renewed(self, account: Arc<Account>, stop: CancellationToken) {
        loop {
            let pause = self.ends_in(account.now());
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return;
            }
            if let Err(error) = self.renew(&account, &self.password()).await {
                warn!("The database login could not be renewed: {}", crate::failure::message(&error));
            }
        }
    }
}

fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_PATIENCE)
        .idle_timeout(Duration::from_secs(600))
        // sqlx's own question has no limit: a connection that fell silent would keep its place in the pool for ever.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(answers(connection)))
        .after_release(|connection, _| Box::pin(answers(connection)))
        .connect_lazy_with(options)
}

/// Whether the other side is still there. Who does not answer is closed at once, without a goodbye that nobody hears.
async fn answers(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let silent = || sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the connection fell silent"));
    tokio::time::timeout(PING_MAX, connection.ping()).await.map_err(|_| silent())??;
    Ok(true)
}

/// TLS with a checked name everywhere but on this machine; here too where an authority is named.
fn options(login: &DatabaseLogin, authority: Option<&str>) -> PgConnectOptions {
    let plain = is_loopback_host(&login.host) && authority.is_none();
    let ssl = if plain { PgSslMode::Disable } else { PgSslMode::VerifyFull };
    let options = PgConnectOptions::new_without_pgpass()
        .host(&login.host)
        .port(login.port)
        .database(&login.database)
        .username(&login.user)
        .password(&login.password)
        .ssl_mode(ssl)
        .application_name("repruv-ops")
        .options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "5s"),
        ]);
    match authority {
        Some(pem) => options.ssl_root_cert_from_pem(pem.as_bytes().to_vec()),
        None => options,
    }
}

/// The server says that it speaks no TLS, or breaks the handshake off.
const NO_TLS: &str =
    "What answers in the place of the database makes no secure connection. Ask an admin to look at its TLS settings.";

/// Why whoever answers in the place of the database is not believed.
pub fn untrusted_in_words(cause: &sqlx::Error) -> String {
    format!("{} Nothing was sent to it.", untrusted(cause, "database").unwrap_or_else(|| NO_TLS.into()))
}

/// The page's answer for a read.
pub fn answer<T>(read: Result<T, ReadError>) -> Answer<T> {
    read.map_err(in_words)
}

/// Why a read failed, for the page.
pub fn in_words(error: ReadError) -> IpcError {
    match error {
        ReadError::NotFound { what } => {
            IpcError::NotFound { message: format!("There is no such {what}, or no longer.") }
        }
        ReadError::Unavailable(cause) => unavailable("The database", cause),
        ReadError::Untrusted(cause) => IpcError::Unavailable { message: untrusted_in_words(&cause), retry_after_s: 30 },
        ReadError::LoginRefused(_) => {
            unauthorized("The database does not accept this login any more. Sign in again if it does not recover.")
        }
        ReadError::BadCursor => validation("cursor", "This list has changed. Start again from its top."),
        ReadError::BadFilter { field, message } => validation(field, message),
        error @ (ReadError::BadRow { .. } | ReadError::Database(_)) => internal("Reading", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(host: &str) -> DatabaseLogin {
        DatabaseLogin {
            host: host.into(),
            port: 5432,
            database: "repruv".into(),
            user: "staff_a".into(),
            password: "secret".into(),
            valid_until: crate::clock::now(),
            shared: false,
        }
    }

    #[test]
    fn tls_with_a_checked_name_is_left_out_on_this_machine_only() {
        for local in ["127.0.0.1", "::1", "localhost"] {
            assert!(matches!(options(&login(local), None).get_ssl_mode(), PgSslMode::Disable), "{local}");
            let named = options(&login(local), Some("PEM")).get_ssl_mode();
            assert!(matches!(named, PgSslMode::VerifyFull), "{local}");
        }
        for remote in [
            "db.example.com",
            "10.0.0.1",
            "127.0.0.1.example.com",
            "localhost.example.com",
            "db.example.com?sslmode=disable",
        ] {
            assert!(matches!(options(&login(remote), None).get_ssl_mode(), PgSslMode::VerifyFull), "{remote}");
        }
    }

    #[tokio::test]
    async fn a_login_that_has_ended_is_not_renewed_without_pause() {
        assert_eq!(Database::new(login("127.0.0.1"), None).ends_in(crate::clock::now()), RENEW_PAUSE);
    }
}
