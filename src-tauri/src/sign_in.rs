//! From credentials to a session: typed, kept in the keychain, or of a developer's stack.

use crate::{
    account::{Account, Keep, ended, is_refused},
    api_client::{ApiClient, to_ipc},
    database::Database,
    failure::Answer,
    keychain::{self, Entry, Keychain, SecretError},
    session::Session,
};
use contract::{auth::StaffSignedIn, ipc::Environment};
use std::sync::Arc;
use tracing::info;

/// What came of an attempt to go on with kept credentials.
pub enum Restored {
    /// Signed in.
    Yes(Arc<Session>),
    /// Nothing is kept: ask for e-mail and password.
    Nothing,
    /// The keychain refused.
    Keychain(SecretError),
    /// Something is kept and cannot be used now; the text is for people.
    No(String),
}

/// Signs in by e-mail and password. The keychain is tried first, so that no session is made that cannot be kept as asked.
pub async fn by_password(
    environment: &Environment,
    keychain: &Keychain,
    (email, password): (&str, &str),
    session_only: bool,
) -> Answer<Arc<Session>> {
    let keep = if session_only {
        Keep::ThisSessionOnly
    } else {
        keychain.read(&environment.id).await.map_err(|error| keychain::refusal(&error))?;
        Keep::InKeychain(keychain.clone(), environment.id.clone())
    };
    let client = ApiClient::new(&environment.api_url)?;
    let signed_in = client.login(email, password).await.map_err(|failure| to_ipc(failure, None))?;
    let account = Account::new(client, signed_in, None, keep);
    if let Err(error) = account.store().await {
        account.sign_out().await;
        return Err(keychain::refusal(&error));
    }
    match account.mint_database_login().await {
        Ok(login) => Ok(Session::start(environment.clone(), account, Database::new(login))),
        Err(error) => {
            account.sign_out().await;
            Err(error)
        }
    }
}

/// Goes on with what the keychain has.
pub async fn from_keychain(environment: &Environment, keychain: &Keychain) -> Restored {
    let entry = match keychain.read(&environment.id).await {
        Ok(Some(entry)) => entry,
        Ok(None) => return Restored::Nothing,
        Err(error) => return Restored::Keychain(error),
    };
    let keep = Keep::InKeychain(keychain.clone(), environment.id.clone());
    let client = match ApiClient::new(&environment.api_url) {
        Ok(client) => client,
        Err(error) => return Restored::No(crate::failure::message(&error).into()),
    };
    match client.refresh(&entry.refresh_token).await {
        Ok(signed_in) => refreshed(environment, client, signed_in, entry, keep).await,
        Err(failure) if is_refused(&failure) => {
            info!("The kept refresh token is no longer accepted");
            let _ = keychain.forget(&environment.id).await;
            Restored::No(crate::failure::message(&ended()).into())
        }
        Err(_) => offline(environment, client, entry, keep).await,
    }
}

async fn refreshed(
    environment: &Environment,
    client: ApiClient,
    signed_in: StaffSignedIn,
    entry: Entry,
    keep: Keep,
) -> Restored {
    let account = Account::new(client, signed_in, entry.database, keep);
    if let Err(error) = account.store().await {
        return Restored::Keychain(error);
    }
    let login = match account.stored_database_login().await {
        Some(login) => Ok(login),
        None => account.mint_database_login().await,
    };
    match login {
        Ok(login) => Restored::Yes(Session::start(environment.clone(), account, Database::new(login))),
        Err(error) => Restored::No(crate::failure::message(&error).into()),
    }
}

/// The API is down: what is kept is enough for reading while the database login lasts.
async fn offline(environment: &Environment, client: ApiClient, entry: Entry, keep: Keep) -> Restored {
    let account = Account::offline(client, entry, keep);
    match account.stored_database_login().await {
        Some(login) => Restored::Yes(Session::start(environment.clone(), account, Database::new(login))),
        None => Restored::No(
            "The API cannot be reached, so you cannot be signed in right now. Your sign-in is kept: try again.".into(),
        ),
    }
}
