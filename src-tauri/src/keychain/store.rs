//! Where secrets can be kept.

use std::{collections::HashMap, sync::Mutex};

/// Why a secret could not be kept or read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// No service on this machine.
    #[error("no keychain service")]
    Unavailable,
    /// There, but locked.
    #[error("locked")]
    Locked,
    /// The person dismissed the prompt.
    #[error("dismissed")]
    Denied,
    /// Something is kept that this build cannot read.
    #[error("unreadable")]
    Unreadable,
    /// Over the platform's limit.
    #[error("too long")]
    TooLong,
    /// Anything else; the text holds no secret.
    #[error("{0}")]
    Other(String),
}

/// A place for secrets. Calls may block for as long as a person takes.
pub trait SecretStore: Send + Sync {
    /// The secret under a key, if any.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, SecretError>;
    /// Keeps a secret, over any earlier one.
    fn set(&self, key: &str, secret: &[u8]) -> Result<(), SecretError>;
    /// Forgets a secret; none is fine.
    fn delete(&self, key: &str) -> Result<(), SecretError>;
}

/// Debug builds have a name of their own: an unsigned build would make macOS ask at every rebuild.
const SERVICE: &str = if cfg!(debug_assertions) { "repruv-ops.dev" } else { "repruv-ops" };

/// The keychain of the operating system.
pub struct Keyring;

impl SecretStore for Keyring {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, SecretError> {
        match system::ask(key, system::Entry::get_secret) {
            Ok(secret) => Ok(Some(secret)),
            Err(system::Error::NoEntry) => Ok(None),
            Err(error) => Err(judge(&error)),
        }
    }

    fn set(&self, key: &str, secret: &[u8]) -> Result<(), SecretError> {
        system::ask(key, |entry| entry.set_secret(secret)).map_err(|error| judge(&error))
    }

    fn delete(&self, key: &str) -> Result<(), SecretError> {
        match system::ask(key, system::Entry::delete_credential) {
            Ok(()) | Err(system::Error::NoEntry) => Ok(()),
            Err(error) => Err(judge(&error)),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub use keyring::{Entry, Error};

    pub fn ask<T>(key: &str, act: impl Fn(&Entry) -> keyring::Result<T>) -> keyring::Result<T> {
        Entry::new(super::SERVICE, key).and_then(|entry| act(&entry))
    }
}

#[cfg(target_os = "linux")]
mod system {
    pub use keyring_core::{Entry, Error};
    use zbus_secret_service_keyring_store::Store;

    /// Over one connection to the service for all calls. When the service was restarted the connection is dead, and when it
    /// was started after the window there is none: then a new one is made, once a call.
    pub fn ask<T>(key: &str, act: impl Fn(&Entry) -> keyring_core::Result<T>) -> keyring_core::Result<T> {
        let attempt = || Entry::new(super::SERVICE, key).and_then(|entry| act(&entry));
        match attempt() {
            Err(Error::NoDefaultStore | Error::PlatformFailure(_)) => {
                keyring_core::set_default_store(Store::new()?);
                attempt()
            }
            outcome => outcome,
        }
    }
}

fn judge(error: &system::Error) -> SecretError {
    match error {
        system::Error::NoDefaultStore => SecretError::Unavailable,
        system::Error::TooLong(..) => SecretError::TooLong,
        system::Error::NoStorageAccess(cause) if cause.to_string().contains("dismissed") => SecretError::Denied,
        system::Error::NoStorageAccess(_) => SecretError::Locked,
        // Variants that carry bytes may carry the secret: their text is not taken over.
        system::Error::PlatformFailure(cause) => platform(&cause.to_string()),
        other => SecretError::Other(kind(other).into()),
    }
}

fn platform(text: &str) -> SecretError {
    let text_lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text_lower.contains(word));
    if has(&[
        "serviceunknown",
        "not provided by any",
        "no secret service",
        "noreply",
        "disconnected",
        "no such file",
        "refused",
    ]) {
        SecretError::Unavailable
    } else if has(&["cancel", "dismiss", "denied"]) {
        SecretError::Denied
    } else if has(&["locked", "interaction"]) {
        SecretError::Locked
    } else {
        SecretError::Other(text.chars().take(200).collect())
    }
}

fn kind(error: &system::Error) -> &'static str {
    match error {
        system::Error::BadEncoding(_) => "the entry is not valid UTF-8",
        system::Error::BadDataFormat(..) => "the entry is malformed",
        system::Error::Ambiguous(_) => "there are several entries of the same name",
        _ => "the keychain failed",
    }
}

/// This process only: for tests, and on request when there is no keychain.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<String, Vec<u8>>>);

impl Memory {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl SecretStore for Memory {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, SecretError> {
        Ok(self.lock().get(key).cloned())
    }

    fn set(&self, key: &str, secret: &[u8]) -> Result<(), SecretError> {
        self.lock().insert(key.into(), secret.into());
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), SecretError> {
        self.lock().remove(key);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_failure_is_put_into_words_for_the_screen() {
        assert_eq!(
            platform(
                "zbus error: org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided by any .service files"
            ),
            SecretError::Unavailable
        );
        assert_eq!(platform("User canceled the operation."), SecretError::Denied);
        assert_eq!(platform("User interaction is not allowed."), SecretError::Locked);
        assert_eq!(platform("disk on fire"), SecretError::Other("disk on fire".into()));
        let bytes = system::Error::BadEncoding(b"secret".into());
        assert!(!judge(&bytes).to_string().contains("secret"));
    }
}
