//! Reading: a small pool under this person's own short-lived login, renewed before it ends.

use crate::{
    account::Account,
    environments::is_loopback_host,
    failure::{Answer, internal, unauthorized, unavailable, validation},
};
use chrono::TimeDelta;
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

/// For the page; the feed has two of its own, and a login may hold six.
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
}

struct Current {
    model: ReadModel,
    /// For the feed, which makes connections of its own as this one would. It has none itself, so it is never closed.
    feed: PgPool,
    login: DatabaseLogin,
}

impl Database {
    /// Does not connect yet: the first read does.
    pub fn new(login: DatabaseLogin) -> Self {
        info!(host = %login.host, database = %login.database, "Reading from the database");
        let current = Current { model: ReadModel::new(pool(&login)), feed: pool(&login), login };
        Self { current: Arc::new(RwLock::new(current)), renewing: Arc::default() }
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
            pool.set_connect_options(options(&login));
        }
        current.login = login;
        Ok(())
    }

    /// Lets go of connections that may be dead; the next read makes new ones.
    pub fn reopen(&self) {
        let mut current = self.write();
        let model = ReadModel::new(pool(&current.login));
        let old = std::mem::replace(&mut current.model, model);
        tokio::spawn(async move { old.pool().close().await });
    }

    /// Closes the connections.
    pub async fn close(&self) {
        self.model().pool().close().await;
    }

    fn ends_in(&self) -> Duration {
        let left = self.read().login.valid_until - crate::clock::now() - RENEW_EARLY;
        // A wrong clock of this machine must not make it ask without pause.
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
            let pause = self.ends_in();
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return;
            }
            if let Err(error) = self.renew(&account, &self.password()).await {
                warn!("The database login could not be renewed: {}", crate::failure::message(&error));
            }
        }
    }
}

fn pool(login: &DatabaseLogin) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_PATIENCE)
        .idle_timeout(Duration::from_secs(600))
        // sqlx's own question has no limit: a connection that fell silent would keep its place in the pool for ever.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(answers(connection)))
        .after_release(|connection, _| Box::pin(answers(connection)))
        .connect_lazy_with(options(login))
}

/// Whether the other side is still there. Who does not answer is closed at once, without a goodbye that nobody hears.
async fn answers(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let silent = || sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the connection fell silent"));
    tokio::time::timeout(PING_MAX, connection.ping()).await.map_err(|_| silent())??;
    Ok(true)
}

/// TLS with a checked name everywhere but on this machine.
fn options(login: &DatabaseLogin) -> PgConnectOptions {
    let ssl = if is_loopback_host(&login.host) { PgSslMode::Disable } else { PgSslMode::VerifyFull };
    PgConnectOptions::new_without_pgpass()
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
        ])
}

/// The page's answer for a read.
pub fn answer<T>(read: Result<T, ReadError>) -> Answer<T> {
    read.map_err(|error| match error {
        ReadError::NotFound { what } => {
            IpcError::NotFound { message: format!("There is no such {what}, or no longer.") }
        }
        ReadError::Unavailable(cause) => unavailable("The database", cause),
        ReadError::LoginRefused(_) => {
            unauthorized("The database does not accept this login any more. Sign in again if it does not recover.")
        }
        ReadError::BadCursor => validation("cursor", "This list has changed. Start again from its top."),
        ReadError::BadFilter { field, message } => validation(field, message),
        error @ (ReadError::BadRow { .. } | ReadError::Database(_)) => internal("Reading", error),
    })
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
            assert!(matches!(options(&login(local)).get_ssl_mode(), PgSslMode::Disable), "{local}");
        }
        for remote in ["db.example.com", "10.0.0.1", "127.0.0.1.example.com", "localhost.example.com"] {
            assert!(matches!(options(&login(remote)).get_ssl_mode(), PgSslMode::VerifyFull), "{remote}");
        }
    }

    #[tokio::test]
    async fn a_login_that_has_ended_is_not_renewed_without_pause() {
        assert_eq!(Database::new(login("127.0.0.1")).ends_in(), RENEW_PAUSE);
    }
}
