//! Losing the reply to one request: the upstream has done it, the client never hears.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// What the client sees instead of the reply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Then {
    /// Its connection ends.
    #[default]
    Close,
    /// Nothing, ever: the connection stays open and silent.
    Silence,
}

/// Which reply to lose. The request that holds the pattern is forwarded whole; the first bytes
/// that the upstream answers on that connection afterwards show that it was done, and are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swallow {
    pattern: Vec<u8>,
    nth: u64,
    then: Then,
}

impl Swallow {
    /// The reply to the next request with these bytes in it, for example `b"COMMIT"` or
    /// `b"POST /profiles"`. The search spans chunks.
    ///
    /// # Panics
    /// When `pattern` is empty.
    pub fn reply_to(pattern: impl AsRef<[u8]>) -> Self {
        let pattern = pattern.as_ref().to_vec();
        assert!(!pattern.is_empty(), "an empty pattern is in every request");
        Self { pattern, nth: 1, then: Then::Close }
    }

    /// The reply to the `nth` such request from now on, counted from 1.
    #[must_use]
    pub fn nth(self, nth: u64) -> Self {
        Self { nth: nth.max(1), ..self }
    }

    /// What the client sees instead.
    #[must_use]
    pub fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

/// The plan that waits for its request, shared by all connections.
#[derive(Debug, Default)]
pub(super) struct Trap {
    plan: Mutex<Option<Swallow>>,
    swallowed: AtomicU64,
}

impl Trap {
    pub(super) fn arm(&self, plan: Swallow) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Some(plan);
    }

    pub(super) fn disarm(&self) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn swallowed(&self) -> u64 {
        self.swallowed.load(Ordering::Acquire)
    }

    pub(super) fn count(&self) {
        self.swallowed.fetch_add(1, Ordering::AcqRel);
    }

    /// Looks at a chunk on its way upstream. `tail` is what the connection remembers of earlier
    /// chunks. Answers once, when the trap closes, and is disarmed by it.
    pub(super) fn sees(&self, tail: &mut Vec<u8>, chunk: &[u8]) -> Option<Then> {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(waiting) = plan.as_mut() else {
            tail.clear();
            return None;
        };
        let width = waiting.pattern.len();
        // One byte less than a pattern: a match always has a new byte, so none counts twice.
        tail.drain(..tail.len().saturating_sub(width - 1));
        tail.extend_from_slice(chunk);
        let matches = tail.windows(width).filter(|window| *window == waiting.pattern).count() as u64;
        tail.drain(..tail.len().saturating_sub(width - 1));
        if matches < waiting.nth {
            waiting.nth -= matches;
            return None;
        }
        let then = waiting.then;
        *plan = None;
        Some(then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_found_across_chunks_and_counted_once() {
        let trap = Trap::default();
        let mut tail = Vec::new();
        trap.arm(Swallow::reply_to("COMMIT").nth(3).then(Then::Silence));
        assert_eq!(trap.sees(&mut tail, b"..COMMIT..COM"), None);
        assert_eq!(trap.sees(&mut tail, b"MIT"), None);
        assert_eq!(trap.sees(&mut tail, b"COMMI"), None);
        assert_eq!(trap.sees(&mut tail, b"T;"), Some(Then::Silence));
        assert_eq!(trap.sees(&mut tail, b"COMMIT"), None, "once only");
    }
}
