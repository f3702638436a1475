//! A fresh database for each test.

mod cluster;
mod template;

use crate::new_id;
use cluster::Cluster;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{net::SocketAddr, sync::OnceLock, time::Duration};

/// The prefix of every test's database; the sweep looks for it.
const TEST_PREFIX: &str = "repruv_test_";
/// Small: many tests share one server with 100 connections.
const POOL_CONNECTIONS_MAX: u32 = 8;
/// Set to any value to keep a test's database for looking at it.
const KEEP_VARIABLE: &str = "TESTKIT_KEEP";

/// Who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The owner of the database, who migrates; a superuser in tests.
    Owner,
    /// A login that is a member of `repruv_api`.
    Api,
    /// A login that is a member of `repruv_worker`.
    Worker,
    /// A login that is a member of `ops_reader`.
    Reader,
}

/// A database of its own for one test, dropped with this value (the drop waits for the server).
#[derive(Debug)]
pub struct TestDb {
    cluster: Cluster,
    name: String,
    pools: [OnceLock<PgPool>; 4],
}

impl TestDb {
    /// A migrated database: a copy of the template that is built once for each content of
    /// `migrations/`.
    ///
    /// # Panics
    /// When `TEST_DATABASE_URL` is missing or its server does not answer, or a migration fails.
    pub async fn new() -> Self {
        let cluster = Cluster::from_env();
        let template = template::of_migrations(&cluster).await;
        let name = fresh_name();
        template.copy_to(&cluster, &name).await;
        Self::named(cluster, name)
    }

    /// A database with nothing in it, for tests of migrations.
    ///
    /// # Panics
    /// When `TEST_DATABASE_URL` is missing or its server does not answer.
    pub async fn empty() -> Self {
        let cluster = Cluster::from_env();
        let name = fresh_name();
        cluster.create(&name, "template0", &[]).await;
        Self::named(cluster, name)
    }

    fn named(cluster: Cluster, name: String) -> Self {
        Self { cluster, name, pools: [const { OnceLock::new() }; 4] }
    }

    /// Runs every migration on this database, as `repruv-server migrate run` does, and makes the
    /// test logins. Roles belong to the whole server, so migrating is serialised between tests.
    ///
    /// # Panics
    /// When a migration fails.
    pub async fn migrate(&self) {
        let migrated = async {
            let mut lock = self.cluster.lock().await;
            template::migrate(&self.cluster, &self.name).await?;
            lock.make_logins().await?;
            lock.release().await
        };
        let done = migrated.await;
        done.unwrap_or_else(|error: anyhow::Error| panic!("cannot migrate {}: {error:#}", self.name));
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// For programs that are started by a test.
    pub fn url(&self, role: Role) -> String {
        cluster::url_of(&self.options(role))
    }

    /// The password of every role's login.
    pub fn password(&self) -> &'static str {
        cluster::TEST_PASSWORD
    }

    /// As [`TestDb::url`], but through a proxy that listens on `proxy`.
    pub fn url_through(&self, role: Role, proxy: SocketAddr) -> String {
        cluster::url_of(&self.options_through(role, proxy))
    }

    /// For pools with settings of their own.
    pub fn options(&self, role: Role) -> PgConnectOptions {
        self.cluster.options(role).database(&self.name)
    }

    /// As [`TestDb::options`], but through a proxy that listens on `proxy`.
    pub fn options_through(&self, role: Role, proxy: SocketAddr) -> PgConnectOptions {
        self.options(role).host(&proxy.ip().to_string()).port(proxy.port())
    }

    /// The server's TCP address, for a [`crate::FaultProxy`] in front of it.
    ///
    /// # Panics
    /// When `TEST_DATABASE_URL` names a Unix socket or a host that does not resolve.
    pub async fn server_address(&self) -> SocketAddr {
        self.cluster.server_address().await
    }

    /// A pool of this role, opened on first use.
    pub fn pool(&self, role: Role) -> &PgPool {
        self.pools[role as usize].get_or_init(|| {
            PgPoolOptions::new()
                .max_connections(POOL_CONNECTIONS_MAX)
                .acquire_timeout(Duration::from_secs(10))
                .test_before_acquire(false)
                .connect_lazy_with(self.options(role))
        })
    }

    /// The owner's pool: may do everything.
    pub fn owner(&self) -> &PgPool {
        self.pool(Role::Owner)
    }

    /// The API's pool, with its rights only.
    pub fn api(&self) -> &PgPool {
        self.pool(Role::Api)
    }

    /// The worker's pool, with its rights only.
    pub fn worker(&self) -> &PgPool {
        self.pool(Role::Worker)
    }

    /// A staff member's pool: what the desktop may read.
    pub fn reader(&self) -> &PgPool {
        self.pool(Role::Reader)
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if std::env::var_os(KEEP_VARIABLE).is_some() {
            eprintln!("{KEEP_VARIABLE}: kept {}", self.url(Role::Owner));
            return;
        }
        self.cluster.drop_database_blocking(&self.name);
    }
}

fn fresh_name() -> String {
    format!("{TEST_PREFIX}{}", new_id().simple())
}
