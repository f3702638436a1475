//! Passwords: argon2id, a few at a time, and a check that takes as long for nobody as for somebody.

use crate::http::error::ApiError;
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version, password_hash::SaltString,
};
use rand::RngCore;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Semaphore, oneshot};

/// OWASP's first choice: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// A sign-in that has waited this long for its turn is turned away.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Hashes and checks passwords, one fewer at a time than there are cores: each takes 19 MiB and a core, and
/// other requests go on before it.
#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    nobody: Arc<str>,
}

/// What a check found.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// It is the password.
    pub right: bool,
    /// A stronger hash of it, to be stored instead of the old one.
    pub upgrade: Option<String>,
}

impl Passwords {
    /// Ready to check.
    ///
    /// # Errors
    /// Never with these parameters.
    pub fn new() -> anyhow::Result<Self> {
        let turns = std::thread::available_parallelism().map_or(1, |cores| usize::from(cores).saturating_sub(1).max(1));
        let nobody = hash("nobody has this password").map_err(anyhow::Error::msg)?;
        Ok(Self { turns: Arc::new(Semaphore::new(turns)), nobody: nobody.into() })
    }

    /// Checks `password` against `stored`. Without one, as for an unknown e-mail, a hash is computed all the same.
    ///
    /// # Errors
    /// 503 when too many sign-ins wait.
    pub async fn check(&self, password: String, stored: Option<String>) -> Result<Verdict, ApiError> {
        let stored_or_nobody = stored.clone().unwrap_or_else(|| self.nobody.to_string());
        let found = self.run(move || check(&password, &stored_or_nobody)).await?;
        Ok(if stored.is_some() { found } else { Verdict { right: false, upgrade: None } })
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, ApiError> {
        self.run(move || hash(&password)).await?.map_err(ApiError::internal)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let turn = tokio::time::timeout(WAIT_MAX, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(ApiError::unavailable("too many sign-ins wait for their turn")) };
        let (tell, told) = oneshot::channel();
        // A thread of its own, which ends with the hash: one of the pool would stay behind the others for whatever comes next.
        let thread = std::thread::Builder::new().name("password".into()).spawn(move || {
            let _turn = turn;
            behind_the_others();
            let _ = tell.send(work()); // whoever asked may have gone
        });
        thread.map_err(|error| ApiError::internal(format!("no thread to hash on: {error}")))?;
        told.await.map_err(|_| ApiError::internal("hashing broke"))
    }
}

/// Puts this thread behind those that answer requests: a crowd that signs in takes what they leave of the processors.
fn behind_the_others() {
    // On Linux niceness belongs to the thread, elsewhere to the process, and there the others would be put behind as well.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "Hashing goes on beside the others");
    }
}

/// argon2id as a PHC string.
///
/// # Errors
/// In words, when the parameters are not accepted.
pub fn hash(password: &str) -> Result<String, String> {
    let mut salt = [0_u8; 16];
    rand::rng().fill_bytes(&mut salt);
    let salt = SaltString::encode_b64(&salt).map_err(|error| error.to_string())?;
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| error.to_string())?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

fn check(password: &str, stored: &str) -> Verdict {
    if stored.starts_with("$2") {
        // bcrypt, of the former backend. It reads 72 bytes at most, and so did the former backend.
        let right = bcrypt::verify(password, stored).unwrap_or(false);
        let upgrade = right.then(|| hash(password).ok()).flatten();
        return Verdict { right, upgrade };
    }
    let right = PasswordHash::new(stored)
        .is_ok_and(|stored| Argon2::default().verify_password(password.as_bytes(), &stored).is_ok());
    Verdict { right, upgrade: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_only() {
        let stored = hash("correct horse").expect("hash");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(check("correct horse", &stored).right);
        assert!(!check("wrong horse", &stored).right);
        assert!(!check("anything", "not a hash").right);
    }

    #[test]
    fn a_hash_of_the_former_backend_is_replaced() {
        let stored = bcrypt::hash("correct horse", 4).expect("hash");
        let verdict = check("correct horse", &stored);
        assert!(verdict.right);
        assert!(check("correct horse", &verdict.upgrade.expect("an upgrade")).right);
        assert_eq!(check("wrong horse", &stored), Verdict { right: false, upgrade: None });
    }
}
