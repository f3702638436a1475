//! What is wrong with a job and its user, told from facts: one cause, its evidence, and at most one safe fix.
//!
//! A **case** is a job and/or its user looked at together. [`diagnose`] answers every case with a [`Verdict`]; a verdict offers
//! at most one [`Fix`], and only one whose [`FixPlan`] the machines of this crate allow in that state. The same function runs
//! in the window, to show, and in the server, before anything is written.
//!
//! Ages and distances are whole seconds by the database's clock, because this crate has no clock.

mod cause;
mod decide;
mod evidence;
mod facts;
mod fix;
mod gather;
mod offer;
mod reply;
mod service;
mod verdict;
mod words;

pub use cause::{Cause, Certainty, Gravity};
pub use decide::diagnose;
pub use evidence::{Evidence, EvidenceSource};
pub use facts::{CaseFacts, CaseJob, HolderFacts, PlainWords, QueueFacts, ServiceFacts, UserFacts, Usual, WorkerFacts};
pub use fix::{Fix, FixOffer, FixPlan, FixPreview};
pub use verdict::Verdict;
