//! Failed sign-ins slow down those that follow, per account and per address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Failures without a delay, per account.
const FREE_BY_ACCOUNT: u32 = 5;
/// The longest delay.
const DELAY_MAX: Duration = Duration::from_secs(60);
/// Failures are forgotten after this.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// Accounts and addresses remembered at most.
const ENTRIES_MAX: usize = 20_000;

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

#[derive(Clone, Copy)]
struct Record {
    count: u32,
    last: Instant,
}

/// What is remembered of failed sign-ins, in this process.
#[derive(Clone)]
pub struct Attempts {
    known: Arc<Mutex<HashMap<Key, Record>>>,
    free_by_address: u32,
}

impl Attempts {
    /// So many failures of one address go without a delay.
    pub fn new(free_by_address: u32) -> Self {
        Self { known: Arc::default(), free_by_address }
    }

    /// Counts an attempt, as failed until [`Attempts::succeeded`] says otherwise: parallel guesses count one by one.
    /// `realm` keeps customers and staff apart.
    ///
    /// # Errors
    /// Seconds to wait; nothing is counted then.
    pub fn begin(&self, realm: &str, email: &str, address: IpAddr, now: Instant) -> Result<(), u32> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = self.keys(realm, email, address);
        let wait = keys.iter().map(|(key, free)| wait(known.get(key), *free, now)).max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(u32::try_from(wait.as_secs()).unwrap_or(60) + 1);
        }
        if known.len() >= ENTRIES_MAX {
            known.retain(|_, record| now.duration_since(record.last) < MEMORY);
        }
        for (key, _) in keys {
            if known.len() >= ENTRIES_MAX && !known.contains_key(&key) {
                continue;
            }
            let record = known.entry(key).or_insert(Record { count: 0, last: now });
            let count = if now.duration_since(record.last) >= MEMORY { 0 } else { record.count };
            *record = Record { count: count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The attempt was a good one: the account starts afresh, the address gets it back.
    pub fn succeeded(&self, realm: &str, email: &str, address: IpAddr) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let [(account, _), (address, _)] = self.keys(realm, email, address);
        known.remove(&account);
        if let Some(record) = known.get_mut(&address) {
            record.count = record.count.saturating_sub(1);
        }
    }

    fn keys(&self, realm: &str, email: &str, address: IpAddr) -> [(Key, u32); 2] {
        let account = format!("{realm}:{}", email.to_lowercase());
        [(Key::Account(account), FREE_BY_ACCOUNT), (Key::Address(address), self.free_by_address)]
    }
}

fn wait(record: Option<&Record>, free: u32, now: Instant) -> Duration {
    let Some(record) = record.filter(|record| record.count >= free) else { return Duration::ZERO };
    let delay = Duration::from_secs(1 << (record.count - free).min(6)).min(DELAY_MAX);
    delay.saturating_sub(now.duration_since(record.last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn the_sixth_guess_has_to_wait_and_longer_each_time() {
        let (attempts, now) = (Attempts::new(50), Instant::now());
        for _ in 0..5 {
            assert_eq!(attempts.begin("user", "Ana@x.test", HERE, now), Ok(()));
        }
        assert!(attempts.begin("user", "ana@x.test", HERE, now).is_err());
        assert_eq!(attempts.begin("user", "ben@x.test", HERE, now), Ok(()), "another account");
        assert_eq!(attempts.begin("staff", "ana@x.test", HERE, now), Ok(()), "another realm");
        let later = now + Duration::from_secs(1);
        assert_eq!(attempts.begin("user", "ana@x.test", HERE, later), Ok(()));
        assert!(attempts.begin("user", "ana@x.test", HERE, later + Duration::from_secs(1)).is_err());
    }

    #[test]
    fn an_address_has_to_wait_after_as_many_failures_as_it_was_allowed() {
        let (attempts, now) = (Attempts::new(3), Instant::now());
        for guess in 0..3 {
            assert_eq!(attempts.begin("user", &format!("{guess}@x.test"), HERE, now), Ok(()));
        }
        assert!(attempts.begin("user", "another@x.test", HERE, now).is_err());
        let elsewhere = IpAddr::V4(std::net::Ipv4Addr::BROADCAST);
        assert_eq!(attempts.begin("user", "another@x.test", elsewhere, now), Ok(()));
    }

    #[test]
    fn a_good_sign_in_starts_afresh() {
        let (attempts, now) = (Attempts::new(50), Instant::now());
        for _ in 0..200 {
            assert_eq!(attempts.begin("user", "ana@x.test", HERE, now), Ok(()));
            attempts.succeeded("user", "ana@x.test", HERE);
        }
    }
}
