//! Which build this is, for the screen and the log.

/// Version and, when the build knew it, commit.
pub const NAME: &str = match option_env!("REPRUV_COMMIT") {
    Some(commit) => commit,
    None => env!("CARGO_PKG_VERSION"),
};
