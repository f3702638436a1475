//! The state of the window: what the commands work on.

use crate::{
    account::{ended, is_refused},
    api_client::{ApiFailure, to_ipc},
    database,
    failure::{Answer, unauthorized},
    keychain::Keychain,
    live::Live,
    local_stack::LocalStack,
    pending::{Command, Pending},
    preferences::Chosen,
    session::Session,
};
use contract::{
    ipc::{IpcError, KeychainState},
    live::FreshnessState,
};
use read_model::{ReadError, ReadModel};
use serde_json::Value;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};
use tracing::{info, warn};
use uuid::Uuid;

/// Tiny events for the page. Everything else goes over a Channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppEvent {
    /// Open this path.
    Navigate(String),
    /// Somebody signed in or out behind the page's back: ask `bootstrap` again.
    SessionChanged,
}

/// Tells the page.
pub type Notify = Box<dyn Fn(AppEvent) + Send + Sync>;

/// The state of the window.
pub struct Ops {
    /// What the person chose.
    pub preferences: Chosen,
    /// Where credentials are kept.
    pub keychain: Keychain,
    /// Commands whose outcome is not known.
    pub pending: Pending,
    /// The stream to the page.
    pub live: Live,
    /// A developer's stack, if any.
    pub stack: Option<LocalStack>,
    /// Logs.
    pub log_folder: PathBuf,
    /// Sign-in, sign-out and switching follow one another.
    pub changing: tokio::sync::Mutex<()>,
    /// Turns true when the attempt at start is over.
    pub started: tokio::sync::watch::Sender<bool>,
    /// What the page is to open first: a deep link.
    pub first_path: Mutex<Option<String>>,
    notify: Notify,
    session: RwLock<Option<Arc<Session>>>,
    problem: Mutex<Problem>,
}

/// Why nobody is signed in.
#[derive(Clone, Default)]
pub struct Problem {
    /// For people.
    pub message: Option<String>,
    /// Of the keychain.
    pub keychain: Option<KeychainState>,
}

impl Ops {
    /// With everything that was read from disk.
    pub fn new(preferences: Chosen, keychain: Keychain, pending: Pending, log_folder: PathBuf, notify: Notify) -> Self {
        Self {
            preferences,
            keychain,
            pending,
            live: Live::new(),
            stack: LocalStack::find(),
            log_folder,
            changing: tokio::sync::Mutex::default(),
            started: tokio::sync::watch::Sender::new(false),
            first_path: Mutex::default(),
            notify,
            session: RwLock::default(),
            problem: Mutex::default(),
        }
    }

    /// Tells the page.
    pub fn notify(&self, event: AppEvent) {
        (self.notify)(event);
    }

    /// Who is signed in.
    pub fn session(&self) -> Option<Arc<Session>> {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over a session and follows its database.
    pub fn enter(&self, session: Arc<Session>) {
        info!(environment = %session.environment.name, staff = %session.account.staff().id, "Signed in");
        self.set_problem(Problem::default());
        self.live.follow(session.database.clone(), Arc::clone(&session.account));
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }

    /// Lets go of the session and answers it.
    pub fn leave(&self, problem: Problem) -> Option<Arc<Session>> {
        self.live.stop();
        self.set_problem(problem);
        self.session.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Why nobody is signed in.
    pub fn problem(&self) -> Problem {
        lock(&self.problem).clone()
    }

    /// Says why nobody is signed in.
    pub fn set_problem(&self, problem: Problem) {
        *lock(&self.problem) = problem;
    }

    /// Reads, as whoever is signed in.
    pub async fn read<T, F>(&self, read: impl FnOnce(ReadModel) -> F) -> Answer<T>
    where
        F: Future<Output = Result<T, ReadError>> + Send,
    {
        let session = self.session().ok_or_else(|| unauthorized("Sign in first."))?;
        database::answer(read(session.database.model()).await)
    }

    /// Sends a command: kept first, sent, and settled once its outcome is known. Refused while what is on the screen is stale.
    pub async fn send(&self, draft: Draft) -> Answer<Value> {
        let freshness = self.live.freshness();
        if freshness.state != FreshnessState::Live {
            let message = freshness.message.unwrap_or_else(|| "What is on the screen is too old to act on.".into());
            return Err(IpcError::Stale { message: format!("{message} Nothing was sent.") });
        }
        let session = self.session().ok_or_else(|| unauthorized("Sign in first."))?;
        let command = draft.at(&session.environment.id);
        let earlier = self.pending.find(command.id).is_some();
        self.pending.put(&command)?;
        self.deliver(&session, &command, earlier).await.map_err(|failure| to_ipc(failure, Some(command.id)))
    }

    /// Asks for the outcome of a command by sending it again under its key. True: it holds. False: it was refused, nothing happened.
    pub async fn resolve(&self, command_id: Uuid) -> Answer<bool> {
        let session = self.session().ok_or_else(|| unauthorized("Sign in first."))?;
        let Some(command) = self.pending.find(command_id).filter(|one| one.environment_id == session.environment.id)
        else {
            return Err(IpcError::NotFound { message: "The outcome of this command is known already.".into() });
        };
        match self.deliver(&session, &command, true).await {
            Ok(_) => Ok(true),
            Err(ApiFailure::Refused(body)) if !is_passing(&body) => Ok(false),
            Err(failure) => Err(to_ipc(failure, Some(command_id))),
        }
    }

    /// `earlier`: it may have been sent before, so that not reaching the API now says nothing about it.
    async fn deliver(&self, session: &Arc<Session>, command: &Command, earlier: bool) -> Result<Value, ApiFailure> {
        info!(command.id = %command.id, "Sending: {}", command.title);
        let outcome = session.account.command(command).await;
        let known = match &outcome {
            Ok(_) => true,
            Err(ApiFailure::Refused(body)) => !earlier || !is_passing(body),
            Err(ApiFailure::NotSent(_)) => !earlier,
            Err(ApiFailure::Lost(_)) => false,
        };
        if known {
            self.pending.settle(command.id);
        } else {
            warn!(command.id = %command.id, "The outcome is not known yet");
        }
        if outcome.as_ref().err().is_some_and(is_refused) {
            self.end(session).await;
        }
        match outcome {
            Err(ApiFailure::NotSent(text)) if earlier => Err(ApiFailure::Lost(text)),
            other => other,
        }
    }

    /// The API no longer accepts this session: to the sign-in screen.
    pub async fn end(&self, session: &Arc<Session>) {
        let _turn = self.changing.lock().await;
        if !self.session().is_some_and(|current| Arc::ptr_eq(&current, session)) {
            return;
        }
        info!("The session has ended");
        let message = Some(crate::failure::message(&ended()).to_owned());
        self.leave(Problem { message, keychain: None });
        session.account.forget().await;
        session.database.close().await;
        self.notify(AppEvent::SessionChanged);
    }
}

/// Says something about the sender or the moment, and nothing about a command that may have been applied before.
fn is_passing(body: &contract::ErrorBody) -> bool {
    use contract::ErrorCode::{RateLimited, Unauthorized, Unavailable};
    matches!(body.code, Unauthorized | RateLimited | Unavailable)
}

/// A command before it has a place.
pub struct Draft {
    /// Made by the page.
    pub command_id: Uuid,
    /// Path below `/api/v1/staff`.
    pub path: String,
    /// The body.
    pub body: Value,
    /// For `If-Match`.
    pub version: Option<u32>,
    /// For people.
    pub title: String,
    /// The user it concerns.
    pub user_id: Option<Uuid>,
    /// The job it concerns.
    pub job_id: Option<Uuid>,
}

impl Draft {
    fn at(self, environment_id: &str) -> Command {
        let Self { command_id: id, path, body, version, title, user_id, job_id } = self;
        Command { id, environment_id: environment_id.into(), path, body, version, title, user_id, job_id }
    }
}

/// A poisoned lock holds plain data here: go on.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
