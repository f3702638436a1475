//! The server that holds the tests' databases: connections, the lock, making and dropping.

use super::{Role, TEST_PREFIX};
use anyhow::Context;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use std::{net::SocketAddr, str::FromStr};

const URL_VARIABLE: &str = "TEST_DATABASE_URL";
/// One lock for everything that belongs to the whole server: roles, templates, the sweep.
const LOCK_KEY: i64 = 0x7e57_0b9a;
/// Only ever valid on a throw-away server.
pub(super) const TEST_PASSWORD: &str = "test-only";

/// Login, and the group role from the migrations whose rights it has.
pub(super) const LOGINS: [(&str, &str); 3] =
    [("test_api", "repruv_api"), ("test_worker", "repruv_worker"), ("test_reader", "ops_reader")];

#[derive(Debug, Clone)]
pub(super) struct Cluster {
    admin: PgConnectOptions,
}

/// The server-wide lock, given back when this is dropped (its connection closes).
pub(super) struct Lock {
    pub(super) admin: PgConnection,
}

impl Cluster {
    pub(super) fn from_env() -> Self {
        let url = std::env::var(URL_VARIABLE).unwrap_or_else(|_| {
            panic!(
                "{URL_VARIABLE} is not set: run `cargo xtask test`, which starts a PostgreSQL for \
                 the tests and sets it (or set it yourself to a superuser of a throw-away server)"
            )
        });
        let admin = PgConnectOptions::from_str(&url)
            .unwrap_or_else(|error| panic!("{URL_VARIABLE} is not a PostgreSQL URL: {error}"));
        Self { admin: admin.application_name("testkit") }
    }

    /// A superuser's connection to the database that `TEST_DATABASE_URL` names.
    pub(super) async fn admin(&self) -> PgConnection {
        PgConnection::connect_with(&self.admin).await.unwrap_or_else(|error| {
            panic!("the server of {URL_VARIABLE} does not answer ({error}): run `cargo xtask test`")
        })
    }

    pub(super) fn options(&self, role: Role) -> PgConnectOptions {
        let login = match role {
            Role::Owner => return self.admin.clone(),
            Role::Api => LOGINS[0].0,
            Role::Worker => LOGINS[1].0,
            Role::Reader => LOGINS[2].0,
        };
        self.admin.clone().username(login).password(TEST_PASSWORD)
    }

    /// Waits until no other test process changes the server as a whole.
    pub(super) async fn lock(&self) -> Lock {
        let mut admin = self.admin().await;
        let locked = sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK_KEY).execute(&mut admin);
        locked.await.expect("taking the advisory lock");
        Lock { admin }
    }

    /// Makes a database and then runs `extras` on the same connection: connecting is what costs.
    pub(super) async fn create(&self, name: &str, template: &str, extras: &[String]) {
        let mut admin = self.admin().await;
        let creating = format!("CREATE DATABASE {name} TEMPLATE {template}");
        for sql in std::iter::once(&creating).chain(extras) {
            let done = sqlx::query(AssertSqlSafe(sql.as_str())).execute(&mut admin).await;
            done.unwrap_or_else(|error| panic!("cannot make database {name}: {error} in: {sql}"));
        }
    }

    /// Drops from a thread of its own, because `Drop` cannot await. Best effort: what is left
    /// over is swept by a later run.
    pub(super) fn drop_database_blocking(&self, name: &str) {
        let admin = self.admin.clone();
        let dropping = drop_statement(name);
        let dropped = std::thread::spawn(move || -> anyhow::Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect_with(&admin).await?;
                sqlx::query(AssertSqlSafe(dropping)).execute(&mut admin).await?;
                admin.close().await?;
                Ok(())
            })
        });
        match dropped.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("testkit: left database {name} behind: {error:#}"),
            Err(_) => eprintln!("testkit: left database {name} behind: the dropping panicked"),
        }
    }

    pub(super) async fn server_address(&self) -> SocketAddr {
        assert!(self.admin.get_socket().is_none(), "{URL_VARIABLE} names a Unix socket; a proxy needs a TCP address");
        let host = (self.admin.get_host(), self.admin.get_port());
        let found = tokio::net::lookup_host(host).await.ok().and_then(|mut all| all.next());
        found.unwrap_or_else(|| panic!("the host {} of {URL_VARIABLE} does not resolve", host.0))
    }
}

impl Lock {
    /// Gives the lock back now. Dropping would close the connection some time later.
    pub(super) async fn release(self) -> anyhow::Result<()> {
        Ok(self.admin.close().await?)
    }

    /// Makes the test logins members of the roles that the migrations made.
    pub(super) async fn make_logins(&mut self) -> anyhow::Result<()> {
        for (login, group) in LOGINS {
            let sql = format!(
                "DO $$ BEGIN
                   IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{login}') THEN
                     CREATE ROLE {login} LOGIN INHERIT PASSWORD '{TEST_PASSWORD}';
                   END IF;
                   IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{group}')
                      AND NOT pg_has_role('{login}', '{group}', 'MEMBER') THEN
                     GRANT {group} TO {login};
                   END IF;
                 END $$"
            );
            let made = sqlx::query(AssertSqlSafe(sql)).execute(&mut self.admin).await;
            made.with_context(|| format!("making {login} a member of {group}"))?;
        }
        Ok(())
    }

    /// Drops what crashed runs left: tests' databases after an hour, other templates after a day.
    pub(super) async fn sweep(&mut self, keep_template: &str) -> anyhow::Result<()> {
        let old: Vec<String> = sqlx::query_scalar(
            "SELECT datname FROM pg_database,
                    pg_stat_file('base/' || oid || '/PG_VERSION', true) AS file
             WHERE (datname LIKE $1 || '%' AND file.modification < now() - interval '1 hour')
                OR (datname LIKE $2 || '%' AND file.modification < now() - interval '1 day'
                    AND datname <> $3)
             LIMIT 1000",
        )
        .bind(TEST_PREFIX)
        .bind(super::template::TEMPLATE_PREFIX)
        .bind(keep_template)
        .fetch_all(&mut self.admin)
        .await?;
        for name in old {
            self.drop_database(&name).await?;
        }
        Ok(())
    }

    pub(super) async fn drop_database(&mut self, name: &str) -> anyhow::Result<()> {
        sqlx::query("UPDATE pg_database SET datistemplate = false WHERE datname = $1 AND datistemplate")
            .bind(name)
            .execute(&mut self.admin)
            .await?;
        let dropping = AssertSqlSafe(drop_statement(name));
        sqlx::query(dropping).execute(&mut self.admin).await?;
        Ok(())
    }
}

fn drop_statement(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
}

/// Without the parameter that only sqlx knows, so that psql and pg_dump take it too.
pub(super) fn url_of(options: &PgConnectOptions) -> String {
    let url = options.to_url_lossy().to_string();
    match url.split_once("&statement-cache-capacity=") {
        Some((before, _)) => before.to_owned(),
        None => url,
    }
}
