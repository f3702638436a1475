//! What the service really did, in order: where a doubled effect would show.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Effects kept; older ones are dropped and counted.
const EFFECTS_MAX: usize = 100_000;

/// What an effect was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    /// A profile was made.
    Create,
    /// The removal of a profile began.
    Delete,
}

/// One effect. A repeated request makes none; two entries for one piece of work are a fault of
/// the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Position since the start, from 1, without gaps.
    pub seq: u64,
    /// What was done.
    pub kind: EffectKind,
    /// The `Idempotency-Key` that asked for it.
    pub key: String,
    /// The profile it was done to.
    pub profile_id: String,
    /// Milliseconds since the simulator started.
    pub at_ms: u64,
}

/// The answer of `GET /ledger`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerView {
    /// Oldest first.
    pub effects: Vec<Effect>,
    /// Older effects that are no longer kept.
    pub dropped: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    effects: VecDeque<Effect>,
    recorded: u64,
}

impl Ledger {
    pub(crate) fn record(&mut self, kind: EffectKind, key: &str, profile_id: &str, at_ms: u64) {
        self.recorded += 1;
        self.effects.push_back(Effect {
            seq: self.recorded,
            kind,
            key: key.to_owned(),
            profile_id: profile_id.to_owned(),
            at_ms,
        });
        if self.effects.len() > EFFECTS_MAX {
            self.effects.pop_front();
        }
    }

    pub(crate) fn view(&self) -> LedgerView {
        LedgerView {
            effects: self.effects.iter().cloned().collect(),
            dropped: self.recorded - self.effects.len() as u64,
        }
    }
}
