//! The cookies of a customer's browser. `SameSite=Lax` keeps other sites' forms from acting with them.

use crate::auth::{
    customer::{ACCESS_COOKIE, Client, REFRESH_COOKIE},
    tokens::Kind,
};
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use contract::auth::Tokens;

const REFRESH_PATH: &str = "/api/v1/auth";

/// Adds both cookies to an answer.
pub fn set(answer: impl IntoResponse, client: &Client, tokens: &Tokens) -> Response {
    let life = Kind::Customer.life();
    let access = line(client, ACCESS_COOKIE, &tokens.access_token, "/", life.access.as_secs());
    let refresh = line(client, REFRESH_COOKIE, &tokens.refresh_token, REFRESH_PATH, life.session.as_secs());
    with(answer, [access, refresh])
}

/// Removes both cookies with an answer.
pub fn clear(answer: impl IntoResponse, client: &Client) -> Response {
    with(answer, [line(client, ACCESS_COOKIE, "", "/", 0), line(client, REFRESH_COOKIE, "", REFRESH_PATH, 0)])
}

fn line(client: &Client, name: &str, value: &str, path: &str, max_age_s: u64) -> String {
    let secure = if client.is_loopback() { "" } else { "; Secure" };
    format!("{name}={value}; Path={path}; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}")
}

fn with(answer: impl IntoResponse, lines: [String; 2]) -> Response {
    let mut response = answer.into_response();
    for line in lines {
        if let Ok(value) = HeaderValue::from_str(&line) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}
