//! The state of the window: what the commands work on.

use crate::{
    account::{Account, ended},
    database,
    exports::Exports,
    failure::{Answer, unauthorized},
    keychain::Keychain,
    live::Live,
    local_stack::LocalStack,
    notices::Notifier,
    outcomes::Outcomes,
    pending::Pending,
    preferences::Chosen,
    production::Production,
    session::Session,
    sign_in::{Entered, Half},
};
use contract::ipc::{Environment, IpcError, KeychainState, SettledCommand};
use read_model::{ReadError, ReadModel};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};
use tracing::info;

/// Tiny events for the page. Everything else goes over a Channel.
#[derive(Clone, Debug, PartialEq)]
pub enum AppEvent {
    /// Open this path.
    Navigate(String),
    /// Somebody signed in or out behind the page's back: ask `bootstrap` again.
    SessionChanged,
    /// The window's title says something else now.
    Retitled,
    /// Something that was waited for has ended.
    WatchesChanged,
    /// It became known what happened to a command whose answer was lost.
    CommandSettled(SettledCommand),
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
    /// What became of them.
    pub outcomes: Outcomes,
    /// The stream to the page.
    pub live: Live,
    /// Whether production may be changed.
    pub production: Production,
    /// A developer's stack, if any.
    pub stack: Option<LocalStack>,
    /// Logs.
    pub log_folder: PathBuf,
    /// Files that the person asked for.
    pub exports: Exports,
    /// Sign-in, sign-out and switching follow one another.
    pub changing: tokio::sync::Mutex<()>,
    /// Turns true when the attempt at start is over.
    pub started: tokio::sync::watch::Sender<bool>,
    /// What the page is to open first: a deep link.
    pub first_path: Mutex<Option<String>>,
    /// Notifications of the desktop.
    pub notifier: Box<dyn Notifier>,
    notify: Notify,
    entered: tokio::sync::Notify,
    session: RwLock<Option<Arc<Session>>>,
    half: Mutex<Option<Arc<Half>>>,
    problem: Mutex<Problem>,
}

/// Where files go.
pub struct Folders {
    /// Preferences, commands of unknown outcome.
    pub data: PathBuf,
    /// Logs.
    pub logs: PathBuf,
    /// What the person asked for.
    pub downloads: PathBuf,
}

/// Why nobody is signed in.
#[derive(Clone, Default)]
pub struct Problem {
    /// For people.
    pub message: Option<String>,
    /// Of the keychain.
    pub keychain: Option<KeychainState>,
    /// Trying again with what is kept may help.
    pub may_try_again: bool,
}

impl Ops {
    /// With everything that was read from disk.
    pub fn new(
        preferences: Chosen,
        keychain: Keychain,
        pending: Pending,
        folders: Folders,
        notify: Notify,
        notifier: Box<dyn Notifier>,
    ) -> Self {
        Self {
            preferences,
            keychain,
            pending,
            outcomes: Outcomes::default(),
            live: Live::new(),
            production: Production::default(),
            stack: LocalStack::find(),
            log_folder: folders.logs,
            exports: Exports::new(folders.downloads),
            changing: tokio::sync::Mutex::default(),
            started: tokio::sync::watch::Sender::new(false),
            first_path: Mutex::default(),
            notifier,
            notify,
            entered: tokio::sync::Notify::new(),
            session: RwLock::default(),
            half: Mutex::default(),
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

    /// The environment of a session as it is called now.
    pub fn environment_of(&self, session: &Session) -> Environment {
        self.preferences.find(&session.environment.id).unwrap_or_else(|| session.environment.clone())
    }

    /// Takes over a session and follows its database.
    pub fn enter(&self, session: Arc<Session>) {
        info!(environment = %session.environment.name, staff = %session.account.staff().id, "Signed in");
        self.set_problem(Problem::default());
        *lock(&self.half) = None;
        self.live.follow(session.database.clone(), Arc::clone(&session.account));
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = Some(session);
        self.entered.notify_one();
        self.outcomes.wake();
    }

    /// Takes over whoever came in, as far as they came.
    pub fn let_in(&self, entered: Entered) {
        match entered {
            Entered::Whole(session) => self.enter(session),
            Entered::Half(half) => self.hold(half),
        }
    }

    /// Somebody is half-way through the door.
    pub fn hold(&self, half: Arc<Half>) {
        info!(staff = %half.account.staff().id, "Something is to be done before signing in is complete");
        self.set_problem(Problem::default());
        *lock(&self.half) = Some(half);
    }

    /// Who is half-way through the door.
    pub fn half(&self) -> Option<Arc<Half>> {
        lock(&self.half).clone()
    }

    /// Whoever is signed in, or about to be.
    pub fn account(&self) -> Answer<Arc<Account>> {
        let half = || self.half().map(|half| Arc::clone(&half.account));
        let account = self.session().map(|session| Arc::clone(&session.account)).or_else(half);
        account.ok_or_else(|| unauthorized("Sign in first."))
    }

    /// Lets go of the session and answers it.
    pub fn leave(&self, problem: Problem) -> Option<Arc<Session>> {
        self.live.stop();
        self.production.close();
        *lock(&self.half) = None;
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
        let password = session.database.password();
        let outcome = read(session.database.model()).await;
        if matches!(outcome, Err(ReadError::LoginRefused(_))) {
            session.database.renew(&session.account, &password).await?;
            info!("A read was refused under an old database login");
            return Err(IpcError::Unavailable { message: "The database login was renewed.".into(), retry_after_s: 1 });
        }
        database::answer(outcome)
    }

    /// The API no longer accepts this session: to the sign-in screen.
    async fn end(&self, session: &Arc<Session>) {
        let _turn = self.changing.lock().await;
        if !self.session().is_some_and(|current| Arc::ptr_eq(&current, session)) {
            return;
        }
        info!("The session has ended");
        let message = Some(crate::failure::message(&ended()).to_owned());
        self.leave(Problem { message, ..Problem::default() });
        session.account.forget().await;
        session.database.close().await;
        self.notify(AppEvent::SessionChanged);
    }
}

/// Leaves each session that the API no longer accepts, for as long as the window lives, and tells the page when the keychain
/// stops or begins to take what it is given.
pub async fn leave_ended(ops: Arc<Ops>) {
    loop {
        let Some(session) = ops.session() else {
            ops.entered.notified().await;
            continue;
        };
        let mut unkept = session.account.watch_unkept();
        tokio::select! {
            () = session.account.ended() => ops.end(&session).await,
            Ok(()) = unkept.changed() => ops.notify(AppEvent::SessionChanged),
            () = ops.entered.notified() => {}
        }
    }
}

/// A poisoned lock holds plain data here: go on.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
