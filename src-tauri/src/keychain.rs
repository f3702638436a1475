//! The operating system's keychain: macOS Keychain, Windows Credential Manager, Linux Secret Service.
//!
//! One small entry an environment. Secrets never reach the page, the log or a file.

mod entry;
mod here;
mod store;

pub use entry::Entry;
pub use here::{Held, Here};
pub use store::{Keyring, Memory, SecretError, SecretStore};

use contract::ipc::{IpcError, KeychainState};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;
use tracing::warn;

/// A prompt to unlock waits for a person; at start the window does not wait for it.
const PROMPT_PATIENCE: Duration = Duration::from_secs(60);

/// Asks the keychain off the async threads, one call at a time, and not for ever.
#[derive(Clone)]
pub struct Keychain {
    store: Arc<dyn SecretStore>,
    turn: Arc<Mutex<()>>,
    patience: Duration,
    here: Arc<Here>,
}

impl Keychain {
    /// `REPRUV_OPS_SECRETS=memory` keeps secrets in this process only; otherwise the keychain of the system.
    pub fn from_environment() -> Self {
        match std::env::var("REPRUV_OPS_SECRETS").as_deref() {
            Ok("memory") => Self::new(Arc::new(Memory::default())),
            _ => Self::new(Arc::new(Keyring)),
        }
    }

    /// Over any store.
    pub fn new(store: Arc<dyn SecretStore>) -> Self {
        Self { store, turn: Arc::default(), patience: PROMPT_PATIENCE, here: Arc::default() }
    }

    /// What is not to go into the keychain, or did not: of this window only.
    pub fn here(&self) -> &Here {
        &self.here
    }

    /// What is kept for an environment, if anything is.
    pub async fn read(&self, environment_id: &str) -> Result<Option<Entry>, SecretError> {
        let key = environment_id.to_owned();
        let bytes = self.call(move |store| store.get(&key)).await?;
        bytes.map(|bytes| Entry::from_bytes(&bytes).ok_or(SecretError::Unreadable)).transpose()
    }

    /// Keeps an entry, over any earlier one.
    pub async fn write(&self, environment_id: &str, entry: &Entry) -> Result<(), SecretError> {
        let (key, bytes) = (environment_id.to_owned(), entry.to_bytes());
        self.call(move |store| store.set(&key, &bytes)).await
    }

    /// Forgets an entry, also what is only here; none is fine.
    pub async fn forget(&self, environment_id: &str) -> Result<(), SecretError> {
        self.here.forget(environment_id);
        let key = environment_id.to_owned();
        self.call(move |store| store.delete(&key)).await
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn SecretStore) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let (store, turn) = (Arc::clone(&self.store), Arc::clone(&self.turn));
        let call = async move {
            // The guard moves into the thread: a prompt that nobody answers holds back the next call, not the window.
            let guard = turn.lock_owned().await;
            tokio::task::spawn_blocking(move || {
                let _guard = guard;
                work(store.as_ref())
            })
            .await
            .map_err(|error| SecretError::Other(error.to_string()))?
        };
        tokio::time::timeout(self.patience, call).await.unwrap_or(Err(SecretError::Locked))
    }
}

/// The screen's word for a failure of the keychain.
pub fn state(error: &SecretError) -> KeychainState {
    match error {
        SecretError::Locked => KeychainState::Locked,
        SecretError::Denied => KeychainState::Denied,
        // It can be used: signing in replaces the entry.
        SecretError::Unreadable => KeychainState::Ready,
        SecretError::Unavailable => KeychainState::Absent,
        SecretError::TooLong | SecretError::Other(_) => KeychainState::Failing,
    }
}

/// What happened and how to mend it.
pub fn advice(error: &SecretError) -> &'static str {
    match error {
        SecretError::Locked => "The keychain is locked. Unlock it and try again, or sign in for this session only.",
        SecretError::Denied => {
            "The keychain’s question was dismissed. Unlock the keychain and try again, or sign in for this session only."
        }
        SecretError::Unreadable => {
            "What the keychain kept for this environment cannot be read: another program may have changed it. Sign in, and it is replaced."
        }
        SecretError::Unavailable if cfg!(target_os = "linux") => {
            "No keychain service is running. Install and start GNOME Keyring, KWallet or KeePassXC, or sign in for this session only."
        }
        SecretError::Unavailable => "The keychain of this system cannot be reached. Sign in for this session only.",
        SecretError::TooLong | SecretError::Other(_) => {
            "The keychain fails: it or its disk may be full. The log has the detail. Mend it and try again, or sign in for this session only."
        }
    }
}

/// The same as an error of a command.
pub fn refusal(error: &SecretError) -> IpcError {
    warn!("The keychain refused: {error}");
    IpcError::Keychain { state: state(error), message: advice(error).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(fn() -> SecretError);
    impl SecretStore for Broken {
        fn get(&self, _: &str) -> Result<Option<Vec<u8>>, SecretError> {
            Err((self.0)())
        }
        fn set(&self, _: &str, _: &[u8]) -> Result<(), SecretError> {
            Err((self.0)())
        }
        fn delete(&self, _: &str) -> Result<(), SecretError> {
            Err((self.0)())
        }
    }

    struct Prompting;
    impl SecretStore for Prompting {
        fn get(&self, _: &str) -> Result<Option<Vec<u8>>, SecretError> {
            std::thread::sleep(Duration::from_millis(200));
            Ok(None)
        }
        fn set(&self, _: &str, _: &[u8]) -> Result<(), SecretError> {
            Ok(())
        }
        fn delete(&self, _: &str) -> Result<(), SecretError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn an_entry_comes_back_until_it_is_forgotten() {
        let keychain = Keychain::new(Arc::new(Memory::default()));
        assert_eq!(keychain.read("one").await, Ok(None));
        let entry = Entry::sample();
        keychain.write("one", &entry).await.expect("writes");
        assert_eq!(keychain.read("one").await, Ok(Some(entry)));
        assert_eq!(keychain.read("two").await, Ok(None));
        keychain.forget("one").await.expect("forgets");
        keychain.forget("one").await.expect("forgetting twice is harmless");
        assert_eq!(keychain.read("one").await, Ok(None));
    }

    #[tokio::test]
    async fn an_unreadable_entry_asks_for_sign_in() {
        let store = Arc::new(Memory::default());
        store.set("one", b"not ours").expect("writes");
        let keychain = Keychain::new(store);
        assert_eq!(keychain.read("one").await, Err(SecretError::Unreadable));
        assert_eq!(state(&SecretError::Unreadable), KeychainState::Ready);
        keychain.write("one", &Entry::sample()).await.expect("replaces it");
        assert_eq!(keychain.read("one").await, Ok(Some(Entry::sample())));
    }

    #[tokio::test]
    async fn every_failure_has_a_state_and_says_what_to_do() {
        for (make, expected) in [
            ((|| SecretError::Locked) as fn() -> SecretError, KeychainState::Locked),
            (|| SecretError::Denied, KeychainState::Denied),
            (|| SecretError::Unavailable, KeychainState::Absent),
            (|| SecretError::TooLong, KeychainState::Failing),
            (|| SecretError::Other("D-Bus says no".into()), KeychainState::Failing),
        ] {
            let error = Keychain::new(Arc::new(Broken(make))).read("one").await.expect_err("is broken");
            assert_eq!(state(&error), expected);
            let IpcError::Keychain { message, .. } = refusal(&error) else { panic!("not a keychain error") };
            assert!(message.contains("this session only") && !message.contains("D-Bus"), "{message}");
        }
    }

    #[tokio::test]
    async fn a_prompt_that_nobody_answers_counts_as_locked() {
        let patience = Duration::from_millis(20);
        let keychain = Keychain { patience, ..Keychain::new(Arc::new(Prompting)) };
        assert_eq!(keychain.read("one").await, Err(SecretError::Locked));
        assert_eq!(keychain.read("one").await, Err(SecretError::Locked), "the prompt is still open");
    }
}
