//! Tokens: 32 random bytes behind a prefix that scanners of leaked secrets can find. Only their hash is stored.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::RngCore;
use sha2::{Digest, Sha256};
use std::time::Duration;
use store::{TokenHash, TokenHashes, TokenLife};

/// Whose tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `rps_` and `rpr_`
    Customer,
    /// `rpt_` and `rpf_`
    Staff,
}

impl Kind {
    /// How an access token begins.
    pub const fn access_prefix(self) -> &'static str {
        match self {
            Self::Customer => "rps_",
            Self::Staff => "rpt_",
        }
    }

    const fn refresh_prefix(self) -> &'static str {
        match self {
            Self::Customer => "rpr_",
            Self::Staff => "rpf_",
        }
    }

    /// How long tokens live.
    pub const fn life(self) -> TokenLife {
        let session_s = match self {
            Self::Customer => 30 * 24 * 3_600,
            Self::Staff => 12 * 3_600,
        };
        TokenLife { access: Duration::from_secs(15 * 60), session: Duration::from_secs(session_s) }
    }

    /// The hash of a token as it was sent; `None` when it cannot be one of this kind.
    pub fn access_hash(self, token: &str) -> Option<TokenHash> {
        has_shape(token, self.access_prefix()).then(|| hash(token))
    }

    /// As [`Kind::access_hash`], of a refresh token.
    pub fn refresh_hash(self, token: &str) -> Option<TokenHash> {
        has_shape(token, self.refresh_prefix()).then(|| hash(token))
    }
}

/// A new pair, in clear for the answer only. No `Debug`: it must not reach a log.
pub struct Pair {
    /// For `Authorization` or the cookie.
    pub access: String,
    /// For the next refresh.
    pub refresh: String,
}

impl Pair {
    /// Draws a pair.
    pub fn draw(kind: Kind) -> Self {
        Self { access: draw(kind.access_prefix()), refresh: draw(kind.refresh_prefix()) }
    }

    /// What is stored.
    pub fn hashes(&self) -> TokenHashes {
        TokenHashes { access: hash(&self.access), refresh: hash(&self.refresh) }
    }
}

/// 32 random bytes as base64url behind `prefix`.
pub fn draw(prefix: &str) -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The bearer token of a request.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A cookie of a request.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn has_shape(token: &str, prefix: &str) -> bool {
    token.len() < 100 && token.starts_with(prefix)
}

/// SHA-256 is enough: what is hashed is random, so there is nothing to guess. Looking it up by its hash in an index also
/// leaves no timing to learn from.
fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bearer_and_the_cookie_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, "bearer  rps_abc".parse().expect("value"));
        headers.insert(header::COOKIE, "theme=dark; session_token=rps_x; other=1".parse().expect("value"));
        assert_eq!(bearer(&headers), Some("rps_abc"));
        assert_eq!(cookie(&headers, "session_token"), Some("rps_x"));
        assert_eq!(cookie(&headers, "token"), None);
    }

    #[test]
    fn a_token_of_one_kind_is_none_of_the_other() {
        let pair = Pair::draw(Kind::Staff);
        assert!(Kind::Staff.access_hash(&pair.access).is_some());
        assert!(Kind::Customer.access_hash(&pair.access).is_none());
        assert!(Kind::Staff.access_hash(&pair.refresh).is_none());
        assert_eq!(pair.access.len(), 4 + 43);
    }
}
