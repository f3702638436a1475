//! From credentials to a session: typed, kept in the keychain, or of a developer's stack.

use crate::{
    account::{Account, Keep, ended, is_refused},
    api_client::{ApiClient, in_words, to_ipc},
    database::Database,
    failure::Answer,
    keychain::{self, Entry, Keychain, SecretError},
    session::Session,
};
use contract::{auth::StaffSignedIn, ipc::Environment};
use std::{sync::Arc, time::Duration};
use tracing::info;

/// Where reading is possible without the API, the start does not wait for it any longer than this.
const API_PATIENCE: Duration = Duration::from_millis(700);

/// Somebody whose password was accepted and who has something to do before anything is open to them.
pub struct Half {
    /// Where.
    pub environment: Environment,
    /// Who.
    pub account: Arc<Account>,
}

/// How far in.
pub enum Entered {
    /// Signed in.
    Whole(Arc<Session>),
    /// Something is to be done first.
    Half(Arc<Half>),
}

/// What came of an attempt to go on with kept credentials.
pub enum Restored {
    /// Signed in.
    Yes(Arc<Session>),
    /// Something is to be done first.
    Half(Arc<Half>),
    /// Nothing is kept: ask for e-mail and password.
    Nothing,
    /// The keychain refused.
    Keychain(SecretError),
    /// Something is kept and cannot be used now; the text is for people.
    NotNow(String),
    /// What was kept is no longer accepted, and forgotten; the text is for people.
    Ended(String),
}

/// Signs in by e-mail and password. The keychain is read first: where that fails, the person chooses before the password is sent.
/// One that then does not take the credentials is told of by the account, which goes on for this session only.
pub async fn by_password(
    environment: &Environment,
    keychain: &Keychain,
    (email, password, code): (&str, &str, Option<&str>),
    session_only: bool,
) -> Answer<Entered> {
    if !session_only {
        match keychain.read(&environment.id).await {
            Ok(_) | Err(SecretError::Unreadable) => {}
            Err(error) => return Err(keychain::refusal(&error)),
        }
    }
    let keep = Keep { keychain: keychain.clone(), environment_id: environment.id.clone(), session_only };
    let client = ApiClient::new(&environment.api_url, environment.authority.as_deref())?;
    // A password is not given to whatever else may answer at this address.
    client.check().await.map_err(|failure| contract::ipc::IpcError::Unavailable {
        message: format!("{} Your password was not sent.", in_words(failure)),
        retry_after_s: 2,
    })?;
    let signed_in = client.login(email, password, code).await.map_err(|failure| to_ipc(failure, None))?;
    let account = Arc::new(Account::new(client, signed_in, None, keep));
    account.store().await;
    match enter(environment, Arc::clone(&account)).await {
        Ok(entered) => Ok(entered),
        Err(error) => {
            account.sign_out().await;
            Err(error)
        }
    }
}

/// All the way in, where nothing is left to do first.
pub async fn enter(environment: &Environment, account: Arc<Account>) -> Answer<Entered> {
    if !account.to_do().is_empty() {
        return Ok(Entered::Half(Arc::new(Half { environment: environment.clone(), account })));
    }
    let login = account.mint_database_login().await?;
    Ok(Entered::Whole(Session::start(
        environment.clone(),
        account,
        Database::new(login, environment.authority.clone()),
    )))
}

/// Goes on with what this window holds for an environment, else with what the keychain has.
pub async fn from_kept(environment: &Environment, keychain: &Keychain) -> Restored {
    let (entry, session_only) = match keychain.here().find(&environment.id) {
        Some(held) => (held.entry, held.asked),
        None => match keychain.read(&environment.id).await {
            Ok(Some(entry)) => (entry, false),
            Ok(None) => return Restored::Nothing,
            Err(error) => return Restored::Keychain(error),
        },
    };
    let keep = Keep { keychain: keychain.clone(), environment_id: environment.id.clone(), session_only };
    let client = match ApiClient::new(&environment.api_url, environment.authority.as_deref()) {
        Ok(client) => client,
        Err(error) => return Restored::NotNow(crate::failure::message(&error).into()),
    };
    let patience = if entry.is_readable(crate::clock::now()) { API_PATIENCE } else { Duration::MAX };
    match tokio::time::timeout(patience, client.refresh(&entry.refresh_token)).await {
        Ok(Ok(signed_in)) => refreshed(environment, client, signed_in, entry, keep).await,
        Ok(Err(failure)) if is_refused(&failure) => {
            info!("The kept refresh token is no longer accepted");
            Account::offline(client, entry, keep).forget().await;
            Restored::Ended(crate::failure::message(&ended()).into())
        }
        Ok(Err(failure)) => offline(environment, client, entry, keep, to_ipc(failure, None)).await,
        Err(_) => {
            info!("The API is slow to answer: reading begins without it");
            offline(environment, client, entry, keep, crate::failure::unavailable("The API", "slow")).await
        }
    }
}

async fn refreshed(
    environment: &Environment,
    client: ApiClient,
    signed_in: StaffSignedIn,
    entry: Entry,
    keep: Keep,
) -> Restored {
    let account = Arc::new(Account::new(client, signed_in, entry.database, keep));
    account.store().await;
    if let Some(login) = account.stored_database_login().await
        && account.to_do().is_empty()
    {
        return Restored::Yes(Session::start(
            environment.clone(),
            account,
            Database::new(login, environment.authority.clone()),
        ));
    }
    match enter(environment, account).await {
        Ok(Entered::Whole(session)) => Restored::Yes(session),
        Ok(Entered::Half(half)) => Restored::Half(half),
        Err(error) => Restored::NotNow(crate::failure::message(&error).into()),
    }
}

/// The API cannot be used now: what is kept is enough for reading while the database login lasts.
async fn offline(
    environment: &Environment,
    client: ApiClient,
    entry: Entry,
    keep: Keep,
    why: contract::ipc::IpcError,
) -> Restored {
    let held = keep.keychain.here().find(&environment.id).is_some();
    let account = Account::offline(client, entry, keep);
    if held {
        // The keychain may take it by now; if not, the account says so.
        account.store().await;
    }
    match account.stored_database_login().await {
        Some(login) => Restored::Yes(Session::start(
            environment.clone(),
            Arc::new(account),
            Database::new(login, environment.authority.clone()),
        )),
        None => Restored::NotNow(format!("{} Your sign-in is kept.", crate::failure::message(&why))),
    }
}
