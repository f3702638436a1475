//! The person of the staff behind a request.

use super::{
    customer::Client,
    tokens::{Kind, bearer},
};
use crate::{
    api::App,
    http::{border, error::ApiError},
};
use axum::{extract::FromRequestParts, http::request::Parts};
use contract::auth::{StaffInfo, StaffRole};
use store::{Actor, Command, StaffMember, StaffSession};
use uuid::Uuid;

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
