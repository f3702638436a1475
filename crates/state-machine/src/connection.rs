//! Connections: a user's link to a platform such as YouTube, by the same pattern as demo mode.

use crate::{IllegalTransition, words::words};

words! {
    /// Where a platform connection stands (`platform_connections.connection_status`).
    pub enum ConnectionStatus {
        /// No link.
        Disconnected = "disconnected",
        /// The link is being made.
        Connecting = "connecting",
        /// The platform accepts our token.
        Connected = "connected",
        /// The link is being removed.
        Disconnecting = "disconnecting",
        /// The last operation failed for good; `connection_error` says why.
        Failed = "failed",
    }
}

words! {
    /// What can happen to a connection.
    pub enum ConnectionEvent {
        /// A person asks for the link.
        RequestConnect = "request_connect",
        /// The platform accepted.
        ConnectSucceeded = "connect_succeeded",
        /// The platform refused for good.
        ConnectFailed = "connect_failed",
        /// Stopped on request.
        ConnectCancelled = "connect_cancelled",
        /// A person asks to remove the link.
        RequestDisconnect = "request_disconnect",
        /// The link is gone.
        DisconnectSucceeded = "disconnect_succeeded",
        /// The removal failed for good.
        DisconnectFailed = "disconnect_failed",
        /// The removal was stopped on request.
        DisconnectCancelled = "disconnect_cancelled",
        /// A person has seen the failure.
        Dismiss = "dismiss",
    }
}

/// A change of a connection that the rules allow. Only [`ConnectionStatus::transition`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionTransition {
    from: ConnectionStatus,
    to: ConnectionStatus,
    event: ConnectionEvent,
}

impl ConnectionTransition {
    /// The status that must still hold when the change is written.
    pub const fn from(&self) -> ConnectionStatus {
        self.from
    }
    /// The status afterwards.
    pub const fn to(&self) -> ConnectionStatus {
        self.to
    }
    /// What happened.
    pub const fn event(&self) -> ConnectionEvent {
        self.event
    }
}

impl ConnectionStatus {
    /// The whole rule book. A new row here shows up in `tests/table.rs`.
    const fn next(self, event: ConnectionEvent) -> Option<Self> {
        use ConnectionEvent as E;
        match (self, event) {
            (Self::Disconnected | Self::Failed, E::RequestConnect) => Some(Self::Connecting),
            (Self::Connecting, E::ConnectSucceeded) => Some(Self::Connected),
            (Self::Connecting, E::ConnectFailed) => Some(Self::Failed),
            (Self::Connecting, E::ConnectCancelled) => Some(Self::Disconnected),
            (Self::Connected | Self::Failed, E::RequestDisconnect) => Some(Self::Disconnecting),
            (Self::Disconnecting, E::DisconnectSucceeded) => Some(Self::Disconnected),
            (Self::Disconnecting, E::DisconnectFailed) => Some(Self::Failed),
            (Self::Disconnecting, E::DisconnectCancelled) => Some(Self::Connected),
            (Self::Failed, E::Dismiss) => Some(Self::Disconnected),
            _ => None,
        }
    }

    /// Applies `event`, or says why it is not allowed.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the table has no such row; nothing is changed.
    pub fn transition(self, event: ConnectionEvent) -> Result<ConnectionTransition, IllegalTransition> {
        match self.next(event) {
            Some(to) => Ok(ConnectionTransition { from: self, to, event }),
            None => Err(IllegalTransition {
                from: self.as_str(),
                event: event.as_str(),
                reason: format!("The connection is {self}; {} does not apply.", event.as_str().replace('_', " ")),
            }),
        }
    }

    /// The edges between different statuses, sorted: what the database must allow, and nothing more.
    pub fn edges() -> Vec<(Self, Self)> {
        let mut edges: Vec<_> = Self::ALL
            .iter()
            .flat_map(|&from| {
                ConnectionEvent::ALL.iter().filter_map(move |&event| from.next(event).map(|to| (from, to)))
            })
            .filter(|(from, to)| from != to)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}
