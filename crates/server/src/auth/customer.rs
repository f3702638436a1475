//! The customer behind a request: by cookie, or by bearer header.

use super::tokens::{Kind, bearer, cookie};
use crate::{api::App, http::error::ApiError};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use store::{Actor, Command, SessionUser};

/// Cookie with the access token.
pub const ACCESS_COOKIE: &str = "session_token";
/// Cookie with the refresh token; sent to the sign-in addresses only.
pub const REFRESH_COOKIE: &str = "session_refresh";

/// A signed-in customer.
#[derive(Clone, Debug)]
pub struct Customer(pub SessionUser);

impl Customer {
    /// A command of this customer on their own account.
    pub fn command(&self, client: &Client) -> Command {
        let actor = Actor::Customer { id: self.0.user_id, email: self.0.email.clone() };
        Command {
            request_id: Some(crate::http::border::request_id()),
            address: Some(client.address.to_string()),
            ..Command::by(actor)
        }
    }
}

impl FromRequestParts<App> for Customer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).or_else(|| cookie(&parts.headers, ACCESS_COOKIE));
        let hash = token.and_then(|token| Kind::Customer.access_hash(token)).ok_or_else(ApiError::unauthorized)?;
        app.store.session_user(hash).await?.map(Self).ok_or_else(ApiError::unauthorized)
    }
}

/// The program that asks: where from, and what it calls itself.
#[derive(Clone, Debug)]
pub struct Client {
    /// The other end of the connection. Headers that claim another are not believed.
    pub address: IpAddr,
    /// As it was sent.
    pub user_agent: Option<String>,
    /// A browser, which keeps cookies.
    pub is_browser: bool,
    /// The address that the client used, for the cookie's `Secure`.
    pub host: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let text = |name: header::HeaderName| header_text(&parts.headers, &name);
        let is_browser = parts.headers.contains_key(header::ORIGIN) || parts.headers.contains_key("sec-fetch-site");
        Ok(Self {
            address,
            user_agent: text(header::USER_AGENT),
            is_browser,
            host: text(header::HOST).unwrap_or_default(),
        })
    }
}

impl Client {
    /// A browser on the same machine has no TLS to rely on.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let name = host.map_or(self.host.as_str(), |(name, _)| name);
        let name = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

fn header_text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
