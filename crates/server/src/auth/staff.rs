//! The person of the staff behind a request, and the command that they send.

use super::{
    customer::Client,
    tokens::{Kind, bearer},
};
use crate::{
    api::App,
    http::{border, error::ApiError},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use contract::auth::{StaffInfo, StaffRole};
use sha2::{Digest, Sha256};
use store::{Actor, Command, CommandKey, StaffMember, StaffSession};
use uuid::Uuid;

/// Header that makes a repeat harmless.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A signed-in person of the staff, of any role.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The session.
    pub session_id: Uuid,
    /// Who.
    pub info: StaffInfo,
    address: String,
}

impl Staff {
    /// Refuses a role that may not.
    ///
    /// # Errors
    /// 403.
    pub fn require(&self, role: StaffRole) -> Result<(), ApiError> {
        if self.info.role >= role {
            return Ok(());
        }
        let (has, needs) = (self.info.role.as_str(), role.as_str());
        Err(ApiError::forbidden(format!("This needs the role {needs}; you have {has}. Ask an admin.")))
    }

    /// A command without key, version or reason.
    pub fn command(&self) -> Command {
        Command {
            request_id: Some(border::request_id()),
            address: Some(self.address.clone()),
            ..Command::by(Actor::Staff { id: self.info.id, email: self.info.email.clone() })
        }
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let hash = bearer(&parts.headers).and_then(|token| Kind::Staff.access_hash(token));
        let hash = hash.ok_or_else(ApiError::unauthorized)?;
        let found = app.store.staff_session(hash).await?;
        let StaffSession { session_id, staff } = found.ok_or_else(ApiError::unauthorized)?;
        let client = Client::from_request_parts(parts, app).await?;
        Ok(Self { session_id, info: info(staff)?, address: client.address.to_string() })
    }
}

/// The person as the border says it.
///
/// # Errors
/// 500 for a role that this build does not know.
pub fn info(staff: StaffMember) -> Result<StaffInfo, ApiError> {
    let role = staff.role.parse().map_err(ApiError::internal)?;
    Ok(StaffInfo { id: staff.id, email: staff.email, name: staff.name, role })
}

/// A write of staff: role, key and version are checked before anything else is looked at.
#[derive(Debug)]
pub struct StaffWrite {
    staff: Staff,
    key: String,
    version: Option<u32>,
    target: String,
}

impl StaffWrite {
    /// The command, complete with the reason and the fingerprint of the body.
    ///
    /// # Errors
    /// 422 when the reason is too short or too long, 428 without a version.
    pub fn command(self, raw: &[u8], reason: &str) -> Result<Command, ApiError> {
        if self.version.is_none() {
            return Err(ApiError::version_missing());
        }
        self.unversioned(raw, reason)
    }

    /// As [`StaffWrite::command`], for a write that is not bound to one version.
    ///
    /// # Errors
    /// 422 when the reason is too short or too long.
    pub fn unversioned(self, raw: &[u8], reason: &str) -> Result<Command, ApiError> {
        let mut hash = Sha256::new();
        hash.update(self.target.as_bytes());
        hash.update(format!("\n{:?}\n", self.version).as_bytes());
        hash.update(raw);
        Ok(Command {
            key: Some(CommandKey { key: self.key, request_hash: hash.finalize().into() }),
            version: self.version,
            reason: Some(checked_reason(reason)?),
            ..self.staff.command()
        })
    }
}

impl FromRequestParts<App> for StaffWrite {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let staff = Staff::from_request_parts(parts, app).await?;
        staff.require(StaffRole::Support)?;
        let key = key(&parts.headers)?;
        let version = version(&parts.headers)?;
        Ok(Self { staff, key, version, target: format!("{} {}", parts.method, parts.uri.path()) })
    }
}

fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let wrong = || {
        let message = "Send an Idempotency-Key of 8 to 100 characters; repeat it only for the same command.";
        ApiError::malformed(message).at("Idempotency-Key")
    };
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok()).ok_or_else(wrong)?;
    if (8..=100).contains(&key.len()) { Ok(key.to_owned()) } else { Err(wrong()) }
}

fn version(headers: &HeaderMap) -> Result<Option<u32>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let number = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let wrong = || ApiError::malformed("If-Match is the version that was seen, in quotes: \"7\".").at("If-Match");
    number.parse().map(Some).map_err(|_| wrong())
}

fn checked_reason(reason: &str) -> Result<String, ApiError> {
    let reason = reason.trim();
    let fits = (3..=500).contains(&reason.chars().count()) && !reason.contains('\0');
    if fits { Ok(reason.to_owned()) } else { Err(ApiError::invalid("reason", "Say why, in 3 to 500 characters.")) }
}
