//! What the rules answer when they refuse.

/// A move that the rules do not allow, with words that a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct IllegalTransition {
    /// The state that refused, as its word (`enabling`, `completed`, …).
    pub from: &'static str,
    /// The event that was refused, as its word.
    pub event: &'static str,
    /// One sentence for the screen: why not, and what can be done instead.
    pub reason: String,
}

/// A word that is not in the closed set: a newer writer, or a damaged row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a known {set}")]
pub struct UnknownWord {
    /// The set's name, such as `JobStatus`.
    pub set: &'static str,
    /// The word that was met, cut to 40 characters.
    pub word: String,
}
