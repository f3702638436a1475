//! Failpoints: what a place does when a test has armed it.

use super::POINTS;
use crate::StoreError;
use sqlx::error::{DatabaseError, ErrorKind};
use std::{
    borrow::Cow,
    error::Error,
    fmt,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
};

static ARMED: [AtomicBool; POINTS.len()] = [const { AtomicBool::new(false) }; POINTS.len()];
static HITS: [AtomicU64; POINTS.len()] = [const { AtomicU64::new(0) }; POINTS.len()];

/// Reads `FAILPOINTS` and `PLANTED_BUG`. Called once, when a program starts.
///
/// # Errors
/// A sentence that names what is not known or not understood.
pub fn start() -> Result<(), String> {
    let points = std::env::var("FAILPOINTS").unwrap_or_default();
    for setting in points.split(';').map(str::trim).filter(|setting| !setting.is_empty()) {
        let (name, actions) =
            setting.split_once('=').ok_or_else(|| format!("FAILPOINTS: `{setting}` is not name=action"))?;
        let known = position(name.trim()).ok_or_else(|| format!("FAILPOINTS: no point is named `{name}`"))?;
        set(known, actions.trim())?;
        tracing::warn!("Failpoint {name}: {actions}");
    }
    let bug = std::env::var("PLANTED_BUG").unwrap_or_default();
    if !bug.is_empty() {
        super::plant::choose(&bug)?;
        tracing::warn!("This process carries the planted bug {bug}");
    }
    Ok(())
}

/// A point in force until this is dropped.
#[derive(Debug)]
#[must_use = "the point is disarmed when this is dropped"]
pub struct Armed(usize);

impl Drop for Armed {
    fn drop(&mut self) {
        ARMED[self.0].store(false, SeqCst);
        fail::remove(POINTS[self.0]);
    }
}

/// Arms a point with actions in the words of the crate `fail`.
///
/// # Panics
/// When the point is not in [`POINTS`] or the actions make no sense.
pub fn arm(name: &str, actions: &str) -> Armed {
    let point = position(name).unwrap_or_else(|| panic!("{name} is not in POINTS"));
    set(point, actions).unwrap_or_else(|problem| panic!("{problem}"));
    Armed(point)
}

/// As [`arm`], with code instead of words; it may block its thread.
pub(super) fn arm_with(name: &str, stop: impl Fn() + Send + Sync + 'static) -> Armed {
    let point = position(name).unwrap_or_else(|| panic!("{name} is not in POINTS"));
    fail::cfg_callback(name, stop).unwrap_or_else(|problem| panic!("{problem}"));
    ARMED[point].store(true, SeqCst);
    Armed(point)
}

/// How often a point was passed since the process began.
pub fn hits(name: &str) -> u64 {
    position(name).map_or(0, |point| HITS[point].load(SeqCst))
}

/// Passes a point: does what it is armed with. What stands still stands in a thread of its own, so that the runtime does not.
///
/// # Errors
/// The database error that the point is armed with.
///
/// # Panics
/// When the point is not in [`POINTS`], or is armed with `panic`.
pub async fn point(name: &'static str) -> Result<(), StoreError> {
    let known = position(name).unwrap_or_else(|| panic!("{name} is not in POINTS"));
    HITS[known].fetch_add(1, SeqCst);
    if !ARMED[known].load(SeqCst) {
        return Ok(());
    }
    match tokio::task::spawn_blocking(move || fail::eval(name, |word| word.unwrap_or_default())).await {
        Ok(None) => Ok(()),
        Ok(Some(word)) if word == "abort" => {
            eprintln!("failpoint {name}: abort");
            std::process::abort()
        }
        Ok(Some(word)) => {
            let code = if word.is_empty() || word == "error" { "08006".to_owned() } else { word };
            Err(sqlx::Error::Database(Box::new(Injected { name, code })).into())
        }
        Err(broken) => match broken.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Unavailable("the process is shutting down".into())),
        },
    }
}

/// As [`point`], for a step that has several names.
///
/// # Errors
/// As [`point`].
///
/// # Panics
/// As [`point`].
pub async fn point_of(step: &str, moment: &str) -> Result<(), StoreError> {
    let known = POINTS.iter().find(|name| name.split_once('.') == Some((step, moment)));
    point(known.unwrap_or_else(|| panic!("{step}.{moment} is not in POINTS"))).await
}

fn position(name: &str) -> Option<usize> {
    POINTS.iter().position(|point| *point == name)
}

fn set(point: usize, actions: &str) -> Result<(), String> {
    fail::cfg(POINTS[point], actions).map_err(|problem| format!("failpoint {}: {problem}", POINTS[point]))?;
    ARMED[point].store(true, SeqCst);
    Ok(())
}

/// What PostgreSQL would have answered, or the loss of its connection.
#[derive(Debug)]
struct Injected {
    name: &'static str,
    code: String,
}

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failpoint {}: {}", self.name, self.code)
    }
}

impl Error for Injected {}

impl DatabaseError for Injected {
    fn message(&self) -> &str {
        "an error on purpose"
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.as_str().into())
    }
    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}
