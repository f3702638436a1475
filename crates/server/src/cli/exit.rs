//! How a command ends, for people and for scripts.

use read_model::ReadError;
use std::{fmt, io::Write, process::ExitCode};
use store::StoreError;

/// What a script can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Something else went wrong; the message says what.
    Failed = 1,
    /// The command line makes no sense, as clap itself ends.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// The rules, or this person's role, do not allow it now. Nothing was changed.
    Refused = 4,
    /// The database did not answer. It is not known whether a change was made.
    Unavailable = 5,
}

/// The end of a command that did not do what was asked: what happened and what to do.
#[derive(Debug)]
pub struct Ended {
    exit: Exit,
    message: String,
}

impl Ended {
    /// An end with its words.
    pub fn with(exit: Exit, message: impl Into<String>) -> anyhow::Error {
        Self { exit, message: message.into() }.into()
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Ended {}

/// Nobody reads our output any more (`… | head`): a reason to stop, not a failure.
#[derive(Debug)]
pub(super) struct NobodyReads;

impl fmt::Display for NobodyReads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads the output any more")
    }
}

impl std::error::Error for NobodyReads {}

/// Tells the person how it ended and answers the code for the shell.
pub fn report(outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    if error.is::<NobodyReads>() {
        return ExitCode::SUCCESS;
    }
    // With its causes and without the stack that RUST_BACKTRACE would add: it is for the person who typed the command.
    // stderr may be closed as well; there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "Error: {error:#}");
    let exit = error.downcast_ref::<Ended>().map_or(Exit::Failed, |ended| ended.exit);
    ExitCode::from(exit as u8)
}

const NO_RIGHT: &str = "Take another DATABASE_URL: the API's login lists, shows, cancels and retries, the worker's login prunes, \
    and the owner of the database does all of it.";

/// What the store refused, in words for somebody at a command line.
pub fn refused(error: StoreError) -> anyhow::Error {
    match error {
        StoreError::NotFound { what } => no_such(what),
        StoreError::Illegal(illegal) => Ended::with(Exit::Refused, illegal.reason),
        StoreError::VersionConflict { current } => Ended::with(
            Exit::Refused,
            format!(
                "It has changed since it was looked at and is at version {current} now. Look again with `jobs show`, then decide."
            ),
        ),
        StoreError::Unavailable(why) => Ended::with(
            Exit::Unavailable,
            format!(
                "The database did not answer ({why}). Look with `jobs show` what became of it before you repeat it."
            ),
        ),
        StoreError::Database(error) => denied(&error).unwrap_or_else(|| anyhow::Error::new(error)),
        other => anyhow::Error::new(other),
    }
}

/// What the read model refused, likewise.
pub fn unread(error: ReadError) -> anyhow::Error {
    match error {
        ReadError::NotFound { what } => no_such(what),
        ReadError::Unavailable(why) => {
            Ended::with(Exit::Unavailable, format!("The database did not answer ({why}). Try again."))
        }
        ReadError::Untrusted(cause) => Ended::with(
            Exit::Unavailable,
            format!(
                "What answers there is not trusted to be the database ({cause}). Check the address and its certificate."
            ),
        ),
        ReadError::BadCursor => Ended::with(
            Exit::Failed,
            "That cursor is not of this list. Repeat the list without --after and go on from there.",
        ),
        ReadError::Database(error) => denied(&error).unwrap_or_else(|| anyhow::Error::new(error)),
        other => anyhow::Error::new(other),
    }
}

fn no_such(what: &str) -> anyhow::Error {
    let message =
        format!("There is no such {what}, or it was removed after its time. `jobs list` shows those there are.");
    Ended::with(Exit::NotFound, message)
}

fn denied(error: &sqlx::Error) -> Option<anyhow::Error> {
    let refused = error.as_database_error()?;
    let denied = refused.code().as_deref() == Some("42501");
    denied.then(|| Ended::with(Exit::Failed, format!("This login may not do that: {}. {NO_RIGHT}", refused.message())))
}
