//! The check that both sign-ins share: the same time and the same words for every refusal.

use super::App;
use crate::{
    auth::{attempts::Attempts, customer::Client, tokens::Kind},
    http::error::ApiError,
};
use contract::auth::{LoginRequest, Tokens};
use std::{net::IpAddr, time::Duration};
use store::TokenTimes;
use tokio::time::Instant;

/// Every refusal is answered this long after it was asked, or later. Hashes of the former backend take longer to check
/// than ours: without a common floor the time would tell which accounts exist.
const REFUSAL_AFTER: Duration = Duration::from_millis(400);
const EMAIL_MAX: usize = 255;
const PASSWORD_MAX: usize = 1_024;

/// Who a password was checked for, when it was right.
pub struct Checked<T> {
    /// The account.
    pub account: T,
    /// A stronger hash to be stored.
    pub upgrade: Option<String>,
    /// Counts as failed until [`Attempt::succeeded`] is called.
    pub attempt: Attempt,
}

/// A sign-in whose password was right. It may still fail by its code, and counts as failed until then: codes cannot be
/// guessed faster than passwords.
#[must_use]
pub struct Attempt {
    attempts: Attempts,
    realm: &'static str,
    email: String,
    address: IpAddr,
}

impl Attempt {
    /// It was a good one.
    pub fn succeeded(self) {
        self.attempts.succeeded(self.realm, &self.email, self.address);
    }
}

/// Checks a password. `find` answers the account that may sign in, if there is one, with its hash.
///
/// # Errors
/// 401 for every wrong combination, 422 for overlong input, 429 after too many failures, 503.
pub async fn check<T>(
    app: &App,
    kind: Kind,
    client: &Client,
    login: LoginRequest,
    find: impl AsyncFnOnce(&str) -> Result<Option<(T, Option<String>)>, ApiError>,
) -> Result<Checked<T>, ApiError> {
    let begun = Instant::now();
    let LoginRequest { email, password } = login;
    let email = email.trim();
    if email.chars().count() > EMAIL_MAX {
        return Err(ApiError::invalid("email", format!("An e-mail has {EMAIL_MAX} characters at most.")));
    }
    if password.chars().count() > PASSWORD_MAX {
        return Err(ApiError::invalid("password", format!("A password has {PASSWORD_MAX} characters at most.")));
    }
    let realm = kind.access_prefix();
    app.attempts.begin(realm, email, client.address, begun.into_std()).map_err(ApiError::rate_limited)?;
    // PostgreSQL has no such character in its text, so no account has it either.
    let found = if email.contains('\0') { None } else { find(email).await? };
    let (account, stored) = match found {
        Some((account, stored)) => (Some(account), stored),
        None => (None, None),
    };
    let verdict = app.passwords.check(password, stored).await?;
    match account {
        Some(account) if verdict.right => {
            let (attempts, email) = (app.attempts.clone(), email.to_owned());
            let attempt = Attempt { attempts, realm, email, address: client.address };
            Ok(Checked { account, upgrade: verdict.upgrade, attempt })
        }
        _ => {
            tokio::time::sleep_until(begun + REFUSAL_AFTER).await;
            Err(ApiError::invalid_credentials())
        }
    }
}

/// The pair as the border says it.
pub fn tokens(pair: crate::auth::tokens::Pair, times: TokenTimes) -> Tokens {
    Tokens {
        access_token: pair.access,
        access_expires_at: times.access_expires_at,
        refresh_token: pair.refresh,
        refresh_expires_at: times.refresh_expires_at,
    }
}
