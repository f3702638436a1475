//! Sessions: a customer's signed-in client.

use crate::{IllegalTransition, words::words};

words! {
    /// Where a session stands. `expired` is a matter of time and is derived when it is read.
    pub enum SessionStatus {
        /// Its tokens are accepted.
        Active = "active",
        /// Ended by a person; its tokens are refused from the next request on.
        Revoked = "revoked",
        /// Ended by time.
        Expired = "expired",
    }
}

words! {
    /// What can happen to a session.
    pub enum SessionEvent {
        /// Signed out, or revoked by staff.
        Revoke = "revoke",
        /// Its idle or absolute limit has passed.
        Expire = "expire",
    }
}

/// A change of a session that the rules allow. Only [`SessionStatus::transition`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTransition {
    from: SessionStatus,
    to: SessionStatus,
    event: SessionEvent,
}

impl SessionTransition {
    /// The status that must still hold when the change is written.
    pub const fn from(&self) -> SessionStatus {
        self.from
    }
    /// The status afterwards.
    pub const fn to(&self) -> SessionStatus {
        self.to
    }
    /// What happened.
    pub const fn event(&self) -> SessionEvent {
        self.event
    }
}

impl SessionStatus {
    const fn next(self, event: SessionEvent) -> Option<Self> {
        match (self, event) {
            (Self::Active, SessionEvent::Revoke) => Some(Self::Revoked),
            (Self::Active, SessionEvent::Expire) => Some(Self::Expired),
            _ => None,
        }
    }

    /// Applies `event`, or says why it is not allowed.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the session has already ended; nothing is changed.
    pub fn transition(self, event: SessionEvent) -> Result<SessionTransition, IllegalTransition> {
        match self.next(event) {
            Some(to) => Ok(SessionTransition { from: self, to, event }),
            None => Err(IllegalTransition {
                from: self.as_str(),
                event: event.as_str(),
                reason: format!("The session has already ended: {self}."),
            }),
        }
    }

    /// The edges between different statuses, sorted.
    pub fn edges() -> Vec<(Self, Self)> {
        let mut edges: Vec<_> = Self::ALL
            .iter()
            .flat_map(|&from| SessionEvent::ALL.iter().filter_map(move |&event| from.next(event).map(|to| (from, to))))
            .collect();
        edges.sort_unstable();
        edges
    }
}
