//! Planted bugs: one at a time, chosen when the process starts or by a test.

use super::PLANTED;
use sqlx::SqlSafeStr;
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{SystemTime, UNIX_EPOCH},
};

const NONE: usize = usize::MAX;
static CHOSEN: AtomicUsize = AtomicUsize::new(NONE);
static TURNED: Mutex<f64> = Mutex::new(0.0);

/// A bug in force until this is dropped.
#[derive(Debug)]
#[must_use = "the bug is gone when this is dropped"]
pub struct Sown(());

impl Drop for Sown {
    fn drop(&mut self) {
        CHOSEN.store(NONE, SeqCst);
    }
}

/// Plants a bug in this process.
///
/// # Panics
/// When it is not in [`PLANTED`].
pub fn plant(bug: &str) -> Sown {
    choose(bug).unwrap_or_else(|problem| panic!("{problem}"));
    Sown(())
}

pub(super) fn choose(bug: &str) -> Result<(), String> {
    let known = PLANTED.iter().position(|name| *name == bug);
    CHOSEN.store(known.ok_or_else(|| format!("PLANTED_BUG: no bug is named `{bug}`"))?, SeqCst);
    Ok(())
}

/// Whether this bug is planted.
///
/// # Panics
/// When it is not in [`PLANTED`].
pub fn planted(bug: &str) -> bool {
    assert!(PLANTED.contains(&bug), "{bug} is not in PLANTED");
    PLANTED.get(CHOSEN.load(SeqCst)) == Some(&bug)
}

/// The statement, with `wrong` in the place of `right` when the bug is planted.
///
/// # Panics
/// When the statement does not hold `right` exactly once: a bug that changes nothing would prove nothing.
pub fn swapped(planted: bool, sql: impl SqlSafeStr, right: &str, wrong: impl FnOnce() -> String) -> String {
    let sql = sql.into_sql_str();
    let sql = sql.as_str();
    assert_eq!(sql.matches(right).count(), 1, "`{right}` in: {sql}");
    if planted { sql.replace(right, &wrong()) } else { sql.to_owned() }
}

/// Seconds since 1970 by the clock of this machine, which only a planted bug asks.
pub fn worker_clock() -> f64 {
    let turned = *TURNED.lock().unwrap_or_else(PoisonError::into_inner);
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64()) + turned
}

/// Puts the worker's clock off by so many seconds.
pub fn turn_worker_clock(seconds: f64) {
    *TURNED.lock().unwrap_or_else(PoisonError::into_inner) = seconds;
}
