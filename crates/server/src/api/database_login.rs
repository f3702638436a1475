//! Database logins: a staff member's own, for reading, that end with their session.

use super::App;
use crate::{
    auth::{permit::RecordsRead, staff::May, tokens},
    http::error::ApiError,
};
use anyhow::Context;
use axum::{Json, extract::State};
use contract::{auth::DatabaseLogin, error::ErrorBody};
use sqlx::postgres::PgConnectOptions;
use std::str::FromStr;

/// Where staff reach the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderAddress {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
}

impl ReaderAddress {
    /// Where `database_url` points, unless `reader` says otherwise: `host`, `host:port`, or a whole `postgres://` URL.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn new(database_url: &str, reader: Option<&str>) -> anyhow::Result<Self> {
        let own = Self::of_url(database_url).context("DATABASE_URL is not a PostgreSQL URL")?;
        let Some(reader) = reader.filter(|reader| !reader.is_empty()) else { return Ok(own) };
        if reader.contains("://") {
            return Self::of_url(reader).context("the reader URL is not a PostgreSQL URL");
        }
        match reader.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                let port = port.parse().with_context(|| format!("`{port}` is not a port"))?;
                Ok(Self { host: host.into(), port, ..own })
            }
            _ => Ok(Self { host: reader.into(), ..own }),
        }
    }

    fn of_url(url: &str) -> anyhow::Result<Self> {
        // Not the parse error itself: it may hold the password.
        let options = PgConnectOptions::from_str(url).map_err(|_| anyhow::anyhow!("it cannot be read"))?;
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        Ok(Self { host: options.get_host().into(), port: options.get_port(), database: database.into() })
    }
}

/// The one login that all staff share where none can be minted. No `Debug`: it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedReader {
    user: String,
    password: String,
}

impl SharedReader {
    /// The user and password of a `postgres://` URL.
    ///
    /// # Errors
    /// When it has none.
    pub fn of_url(url: &str) -> anyhow::Result<Self> {
        // The driver reads the URL but gives no password back.
        let rest = ["postgres://", "postgresql://"].iter().find_map(|scheme| url.strip_prefix(scheme));
        let login = rest.and_then(|rest| rest.split(['/', '?']).next()?.rsplit_once('@')).map(|(login, _)| login);
        let Some((user, password)) = login.and_then(|login| login.split_once(':')) else {
            anyhow::bail!("the shared reader is not of the form postgres://user:password@host/database");
        };
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().map(|text| text.into_owned());
        Ok(Self { user: decoded(user)?, password: decoded(password)? })
    }
}

/// Mints this session's database login, or gives it a new password.
#[utoipa::path(post, path = "/staff/database-login", tag = "staff", security(("staff" = [])), responses(
    (status = 200, body = DatabaseLogin), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn mint(
    State(app): State<App>,
    May { staff, .. }: May<RecordsRead>,
) -> Result<Json<DatabaseLogin>, ApiError> {
    if let Some(shared) = &app.shared_reader {
        app.store.told_shared_login(&shared.user, &staff.command()).await?;
        return Ok(Json(DatabaseLogin {
            host: app.reader.host.clone(),
            port: app.reader.port,
            database: app.reader.database.clone(),
            user: shared.user.clone(),
            password: shared.password.clone(),
            valid_until: crate::clock::now() + app.lives.database_login,
            shared: true,
        }));
    }
    let password = tokens::draw("");
    let valid_for = app.lives.database_login;
    let minted = app.store.mint_database_login(staff.session_id, &password, valid_for, &staff.command()).await?;
    Ok(Json(DatabaseLogin {
        host: app.reader.host.clone(),
        port: app.reader.port,
        database: app.reader.database.clone(),
        user: minted.user,
        password,
        valid_until: minted.valid_until,
        shared: false,
    }))
}

#[cfg(test)]
mod tests {
    use super::ReaderAddress;

    #[test]
    fn staff_may_reach_the_database_by_another_way() {
        let own = "postgres://api:secret@10.0.0.5:5433/repruv";
        let at = |reader| ReaderAddress::new(own, reader).expect("an address");
        let address =
            |host: &str, port, database: &str| ReaderAddress { host: host.into(), port, database: database.into() };
        assert_eq!(at(None), address("10.0.0.5", 5433, "repruv"));
        assert_eq!(at(Some("db.example.test")), address("db.example.test", 5433, "repruv"));
        assert_eq!(at(Some("db.example.test:6000")), address("db.example.test", 6000, "repruv"));
        assert_eq!(at(Some("postgres://replica:5432/copy")), address("replica", 5432, "copy"));
        assert!(ReaderAddress::new(own, Some("host:x")).is_err());
    }
}
