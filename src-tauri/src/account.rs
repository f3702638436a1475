//! The person who is signed in: tokens in memory, refreshed by one request however many wait for it.

use crate::{
    api_client::{ApiClient, ApiFailure, in_words, not_sent, to_ipc},
    failure::{Answer, unauthorized},
    keychain::{self, Entry, Held, Keychain},
    pending::Command,
};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    ErrorCode,
    access::{BeginSecondFactor, SecondFactorSecret, SignInStep, StaffAccess},
    auth::{DatabaseLogin, StaffInfo, StaffSignedIn, Tokens},
    ipc::KeychainState,
    members::StaffMembers,
    sessions::SessionProbe,
    staff::CommandSettled,
};
use serde::Serialize;
use serde_json::Value;
use std::sync::{PoisonError, RwLock};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

/// Refresh this long before the access token ends.
const EARLY: TimeDelta = TimeDelta::seconds(30);

/// A database login with less than this left is not begun with.
pub const LOGIN_LEFT: TimeDelta = TimeDelta::minutes(2);

/// Where credentials are kept.
#[derive(Clone)]
pub struct Keep {
    /// Holds them in memory where they must not, or cannot, outlive the window.
    pub keychain: Keychain,
    /// Under which they are kept.
    pub environment_id: String,
    /// Gone with the window: asked for by the person, or a developer's stack.
    pub session_only: bool,
}

/// A signed-in person.
pub struct Account {
    client: ApiClient,
    staff: StaffInfo,
    keep: Keep,
    state: Mutex<State>,
    access: RwLock<Option<StaffAccess>>,
    /// Why the keychain does not have the newest credentials; `None`: it has, or was not to.
    unkept: watch::Sender<Option<KeychainState>>,
    ended: CancellationToken,
}

struct State {
    /// `None` until the API could be reached, when signed in from the keychain while it was down.
    access: Option<(String, DateTime<Utc>)>,
    refresh_token: String,
    database: Option<DatabaseLogin>,
}

impl Account {
    /// Right after a sign-in or refresh; `database` is a login kept from before.
    pub fn new(client: ApiClient, signed_in: StaffSignedIn, database: Option<DatabaseLogin>, keep: Keep) -> Self {
        let Tokens { access_token, access_expires_at, refresh_token, .. } = signed_in.tokens;
        let state = State { access: Some((access_token, access_expires_at)), refresh_token, database };
        Self::assemble(client, signed_in.staff, keep, state, Some(signed_in.access))
    }

    /// From the keychain, while the API cannot be reached: reading works, commands refresh first.
    pub fn offline(client: ApiClient, entry: Entry, keep: Keep) -> Self {
        let state = State { access: None, refresh_token: entry.refresh_token, database: entry.database };
        Self::assemble(client, entry.staff, keep, state, None)
    }

    fn assemble(client: ApiClient, staff: StaffInfo, keep: Keep, state: State, access: Option<StaffAccess>) -> Self {
        let (state, access) = (Mutex::new(state), RwLock::new(access));
        let (unkept, ended) = (watch::Sender::default(), CancellationToken::new());
        Self { client, staff, keep, state, access, unkept, ended }
    }

    /// Whose account this is.
    pub fn staff(&self) -> &StaffInfo {
        &self.staff
    }

    /// What this person may do, as the API said last; `None` while it was never asked.
    pub fn access(&self) -> Option<StaffAccess> {
        self.access.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_access(&self, access: StaffAccess) {
        *self.access.write().unwrap_or_else(PoisonError::into_inner) = Some(access);
    }

    /// What is to be done before anything else is open.
    pub fn to_do(&self) -> Vec<SignInStep> {
        self.access().map(|access| access.to_do).unwrap_or_default()
    }

    /// Changes something of this person's own account that answers with what they may do from then on.
    pub async fn change_access(&self, path: &str, body: &impl Serialize) -> Result<(), ApiFailure> {
        let access = self.with_token(|token| async move { self.client.account(&token, path, body).await }).await?;
        self.set_access(access);
        Ok(())
    }

    /// What an authenticator needs for a second factor.
    pub async fn begin_second_factor(&self, password: &str) -> Result<SecondFactorSecret, ApiFailure> {
        let body = &BeginSecondFactor { password: password.into() };
        self.with_token(|token| async move { self.client.account(&token, "second-factor/begin", body).await }).await
    }

    /// Now, by the clock of the API, which says when what it gave out ends.
    pub fn now(&self) -> DateTime<Utc> {
        self.client.now()
    }

    /// Everybody who operates.
    pub async fn members(&self) -> Result<StaffMembers, ApiFailure> {
        self.with_token(|token| async move { self.client.members(&token).await }).await
    }

    /// What the API would do now with a customer's session.
    pub async fn probe_session(&self, id: Uuid) -> Result<SessionProbe, ApiFailure> {
        self.with_token(|token| async move { self.client.probe_session(&token, id).await }).await
    }

    /// Why the keychain does not have what it should; `None` where it has, and where nothing is to outlive the window.
    pub fn unkept(&self) -> Option<KeychainState> {
        *self.unkept.borrow()
    }

    /// Whether the credentials end with the window, wished for or not.
    pub fn session_only(&self) -> bool {
        self.keep.session_only || self.unkept().is_some()
    }

    /// Tells of each change of [`Self::unkept`] from now on.
    pub fn watch_unkept(&self) -> watch::Receiver<Option<KeychainState>> {
        self.unkept.subscribe()
    }

    /// Returns once the API has said that it no longer accepts these credentials, whoever asked it.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Sends a command.
    pub async fn command(&self, command: &Command) -> Result<Value, ApiFailure> {
        self.with_token(|token| async move { self.client.command(&token, command).await }).await
    }

    /// Whether the API can be used; if not, why, in one sentence.
    pub async fn reach_api(&self) -> Result<(), String> {
        self.client.check().await.map(drop).map_err(in_words)
    }

    /// Whether the API accepts this session: asks for a new access token in any case.
    pub async fn who(&self) -> Result<StaffInfo, ApiFailure> {
        let held = self.state.lock().await.access.as_ref().map(|(token, _)| token.clone());
        self.token(held.as_deref()).await.map(|_| self.staff.clone())
    }

    /// What became of a command whose answer was lost. Changes nothing but that it can no longer be done late.
    pub async fn settle(&self, command_id: Uuid) -> Result<CommandSettled, ApiFailure> {
        self.with_token(|token| async move { self.client.settle(&token, command_id).await }).await
    }

    /// Asks with a good token; one that ran out meanwhile is refreshed once. A 401 changed nothing, so asking again is safe.
    async fn with_token<T, F>(&self, ask: impl Fn(String) -> F) -> Result<T, ApiFailure>
    where
        F: Future<Output = Result<T, ApiFailure>>,
    {
        let token = self.token(None).await.map_err(not_sent)?;
        match ask(token.clone()).await {
            Err(ApiFailure::Refused(body)) if body.code == ErrorCode::Unauthorized => {
                let token = self.token(Some(&token)).await.map_err(not_sent)?;
                ask(token).await
            }
            other => other,
        }
    }

    /// A new database login, kept with the rest.
    pub async fn mint_database_login(&self) -> Answer<DatabaseLogin> {
        let asked = self.with_token(|token| async move { self.client.database_login(&token).await }).await;
        let login = asked.map_err(|failure| to_ipc(failure, None))?;
        let mut state = self.state.lock().await;
        state.database = Some(login.clone());
        self.save(&state).await;
        info!(until = %login.valid_until, "Got a database login");
        Ok(login)
    }

    /// The login that the keychain still had, if it has some time left.
    pub async fn stored_database_login(&self) -> Option<DatabaseLogin> {
        let state = self.state.lock().await;
        state.database.clone().filter(|login| login.valid_until > self.now() + LOGIN_LEFT)
    }

    /// Keeps the credentials as asked; where the keychain does not take them, in memory. [`Self::unkept`] says so.
    pub async fn store(&self) {
        self.save(&*self.state.lock().await).await;
    }

    /// Ends the session at the API and forgets the entry. The entry goes even when the API cannot be reached.
    pub async fn sign_out(&self) {
        let token = self.token(None).await;
        self.forget().await;
        let ended = match token {
            Ok(token) => self.client.logout(&token).await.map(drop),
            Err(failure) => Err(failure),
        };
        match ended {
            Ok(()) => info!("Signed out"),
            Err(failure) => warn!("Signed out here, but the API was not told: {failure:?}"),
        }
    }

    /// Removes what is kept. What the keychain has from before a sign-in for this session only is not this account's.
    pub async fn forget(&self) {
        let Keep { keychain, environment_id, session_only } = &self.keep;
        keychain.here().forget(environment_id);
        if !session_only && let Err(error) = keychain.forget(environment_id).await {
            warn!("The entry of the keychain could not be removed: {error}");
        }
    }

    /// An access token; refreshed when it is about to end or is the one that was `refused`. Callers wait for one refresh.
    async fn token(&self, refused: Option<&str>) -> Result<String, ApiFailure> {
        let mut state = self.state.lock().await;
        if let Some((token, until)) = &state.access
            && refused != Some(token)
            && *until > self.now() + EARLY
        {
            return Ok(token.clone());
        }
        let fresh = match self.client.refresh(&state.refresh_token).await {
            Ok(signed_in) => {
                self.set_access(signed_in.access);
                signed_in.tokens
            }
            Err(failure) => {
                if is_refused(&failure) {
                    self.ended.cancel();
                }
                return Err(failure);
            }
        };
        state.access = Some((fresh.access_token.clone(), fresh.access_expires_at));
        state.refresh_token = fresh.refresh_token;
        self.save(&state).await;
        Ok(fresh.access_token)
    }

    async fn save(&self, state: &State) {
        let Keep { keychain, environment_id, session_only } = &self.keep;
        let entry = Entry {
            refresh_token: state.refresh_token.clone(),
            database: state.database.clone(),
            staff: self.staff.clone(),
        };
        let refused = if *session_only { None } else { keychain.write(environment_id, &entry).await.err() };
        if *session_only || refused.is_some() {
            keychain.here().hold(environment_id, Held { entry, asked: *session_only });
        } else {
            keychain.here().forget(environment_id);
        }
        if let Some(error) = &refused {
            warn!("The keychain did not take the credentials, which stay in memory only: {error}");
        }
        let why = refused.as_ref().map(keychain::state);
        self.unkept.send_if_modified(|now| std::mem::replace(now, why) != why);
    }
}

/// Whether a failure means that the credentials are no longer good.
pub fn is_refused(failure: &ApiFailure) -> bool {
    matches!(failure, ApiFailure::Refused(body) if matches!(body.code, ErrorCode::Unauthorized | ErrorCode::InvalidCredentials))
}

/// What the sign-in screen says then.
pub fn ended() -> contract::ipc::IpcError {
    unauthorized(
        "Your session was ended: it ran out, or somebody revoked it. Sign in again; if that is refused too, ask an admin.",
    )
}

#[cfg(test)]
mod tests;
