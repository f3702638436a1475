//! The answer of the rules to a case.

use super::{Cause, Certainty, Evidence, FixOffer, Gravity};
use serde::{Deserialize, Serialize};

/// Exactly one cause, what it rests on, and at most one safe fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// What is wrong, or that nothing is.
    pub cause: Cause,
    /// How sure that is.
    pub certainty: Certainty,
    /// How much it needs a person.
    pub gravity: Gravity,
    /// A few words without a full stop.
    pub title: String,
    /// What it means, in plain sentences.
    pub explanation: String,
    /// What the customer sees at this moment; `None` for a job without a customer.
    pub customer_sees: Option<String>,
    /// A reply for the customer's ticket; `None`: there is nothing to say, or nobody to say it to.
    pub reply: Option<String>,
    /// What it rests on, the weightiest first; never empty.
    pub evidence: Vec<Evidence>,
    /// The one thing to do; `None`: wait, or pass it on.
    pub fix: Option<FixOffer>,
    /// When it is expected to go on by itself, seconds from now; `None`: it does not, or nobody can tell.
    pub mends_itself_in_s: Option<i32>,
    /// For how long it has been so, seconds.
    pub since_s: Option<i32>,
}
