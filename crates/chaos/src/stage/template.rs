//! The database that every scenario begins with, made once a run and copied.

use super::{
    Logins,
    postgres::{DATABASE, Postgres, connect, make_folder},
};
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::{io::AsyncWriteExt as _, process::Command};

const LEDGER: &str = include_str!("ledger.sql");
const PEOPLE: &str = include_str!("people.sql");

/// A stopped cluster with schema, logins, people and ledger.
pub struct Template {
    data: PathBuf,
    /// Passwords of its logins.
    pub logins: Logins,
}

impl Template {
    /// Makes it.
    pub async fn make(settings: &Settings) -> Result<Self> {
        let word = || testkit::new_id().simple().to_string();
        let logins = Logins { owner: word(), api: word(), worker: word() };
        let data = settings.work.join("template");
        let mut postgres = Postgres::new(settings, data.clone(), &logins.owner)?;
        postgres.init().await?;
        postgres.start().await?;
        let pool = connect(&postgres.url("postgres"), 1).await?;
        sqlx::raw_sql("CREATE DATABASE repruv").execute(&pool).await?;
        pool.close().await;
        let owner = postgres.url(DATABASE);
        server(settings, &owner, &["migrate", "run"], "").await?;
        for (login, password) in [("repruv_api", &logins.api), ("repruv_worker", &logins.worker)] {
            server(settings, &owner, &["migrate", "login", login, "--password-stdin"], password).await?;
        }
        let pool = connect(&owner, 1).await?;
        for sql in [LEDGER, PEOPLE] {
            sqlx::raw_sql(sql).execute(&pool).await.context("the ledger was not installed")?;
        }
        sqlx::raw_sql("ANALYZE").execute(&pool).await?;
        pool.close().await;
        postgres.stop().await?;
        Ok(Self { data, logins })
    }

    /// A cluster of its own in `data`, stopped.
    pub async fn copy(&self, settings: &Settings, data: PathBuf) -> Result<Postgres> {
        make_folder(&data, settings.postgres_owner)?;
        let from = format!("{}/.", self.data.display());
        let done = Command::new("cp").args(["-a", &from]).arg(&data).output().await?;
        if !done.status.success() {
            bail!("the cluster was not copied: {}", String::from_utf8_lossy(&done.stderr).trim());
        }
        Postgres::new(settings, data, &self.logins.owner)
    }
}

/// Runs the backend's program once.
async fn server(settings: &Settings, url: &str, arguments: &[&str], input: &str) -> Result<()> {
    let mut command = Command::new(program(settings, "repruv-server"));
    command.args(arguments).env("DATABASE_URL", url).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).await?;
    }
    let done = child.wait_with_output().await?;
    if !done.status.success() {
        bail!("repruv-server {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
}

/// One of our programs.
pub fn program(settings: &Settings, name: &str) -> PathBuf {
    Path::new(&settings.programs).join(name)
}
