//! A change that somebody asks for: who, why, bound to what they saw, and under which key.

use uuid::Uuid;

/// Who acts. Taken from the token, never from a request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person of the staff.
    Staff {
        /// The person.
        id: Uuid,
        /// For the trail, as it is now.
        email: String,
    },
    /// The customer on their own account.
    Customer {
        /// The user.
        id: Uuid,
        /// For the trail, as it is now.
        email: String,
    },
    /// A worker process, as `host:pid`.
    Worker {
        /// `host:pid`
        name: String,
    },
    /// Somebody with the database's credentials at a command line, by the name they gave.
    Operator {
        /// As they call themselves.
        name: String,
    },
    /// Nobody in particular: rescue, retention, a schedule.
    System,
}

impl Actor {
    /// The actor in words, at most 300 characters.
    pub fn label(&self) -> String {
        match self {
            Self::Staff { email, .. } => email.chars().take(300).collect(),
            Self::Customer { .. } => "customer".into(),
            Self::Worker { name } => name.chars().take(300).collect(),
            Self::Operator { name } => format!("operator: {name}").chars().take(300).collect(),
            Self::System => "system".into(),
        }
    }

    /// The person of the staff, if it is one.
    pub const fn staff_id(&self) -> Option<Uuid> {
        match self {
            Self::Staff { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// Whose idempotency keys these are; `None` for those who send none.
    pub const fn key_owner(&self) -> Option<Uuid> {
        match self {
            Self::Staff { id, .. } | Self::Customer { id, .. } => Some(*id),
            _ => None,
        }
    }
}

/// An `Idempotency-Key` with the fingerprint of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandKey {
    /// 8 to 100 characters, chosen by the client.
    pub key: String,
    /// SHA-256 over method, path, version and body.
    pub request_hash: [u8; 32],
}

/// A change that somebody asks for.
#[derive(Clone, Debug)]
pub struct Command {
    /// Who.
    pub actor: Actor,
    /// Same key, same request: done once.
    pub key: Option<CommandKey>,
    /// The version that the person saw; refused when the row has moved on.
    pub version: Option<u32>,
    /// Why.
    pub reason: Option<String>,
    /// Finds the request in the log.
    pub request_id: Option<String>,
    /// Address of the client.
    pub address: Option<String>,
}

impl Command {
    /// A command without key, version or reason.
    pub const fn by(actor: Actor) -> Self {
        Self { actor, key: None, version: None, reason: None, request_id: None, address: None }
    }
}

/// A command that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The job that was made or changed.
    pub job_id: Option<Uuid>,
    /// The same command had already been done; this time nothing was changed.
    pub replayed: bool,
}
