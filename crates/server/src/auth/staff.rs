//! The person of the staff behind a request, and what they may do.

use super::{
    customer::Client,
    permit::Permit,
    tokens::{Kind, bearer},
};
use crate::{
    api::App,
    http::{border, error::ApiError},
};
use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    access::{Permission, SignInStep, StaffAccess},
    auth::StaffInfo,
};
use std::marker::PhantomData;
use store::{Actor, Command, StaffMember, StaffSession};
use uuid::Uuid;

/// How long a password (and code) counts as given a moment ago.
const FRESH: TimeDelta = TimeDelta::minutes(5);

/// A signed-in person, who may still have to finish signing in. Only sign-in's own routes take this.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session_id: Uuid,
    /// Who.
    pub info: StaffInfo,
    /// What the session may do now.
    pub access: StaffAccess,
    now: DateTime<Utc>,
    /// Where from.
    pub client: Client,
}

/// A signed-in person with nothing left to do first, of any role.
#[derive(Clone, Debug)]
pub struct Staff(pub SignedIn);

/// A signed-in person who has a permission, for routes that change nothing.
#[derive(Debug)]
pub struct May<P> {
    /// Who.
    pub staff: SignedIn,
    permit: PhantomData<P>,
}

impl SignedIn {
    /// Refuses whoever has not finished signing in.
    ///
    /// # Errors
    /// 403.
    pub fn complete(self) -> Result<Self, ApiError> {
        match self.access.to_do.first() {
            None => Ok(self),
            Some(&step) => Err(ApiError::sign_in_incomplete(step)),
        }
    }

    /// Refuses whoever lacks a permission.
    ///
    /// # Errors
    /// 403.
    pub fn require(&self, permission: Permission) -> Result<(), ApiError> {
        if self.access.permissions.contains(&permission) {
            return Ok(());
        }
        let (has, needs) = (self.info.role.as_str(), permission.least_role().as_str());
        let what = permission.as_str();
        Err(ApiError::forbidden(format!(
            "This needs the permission {what}, which the role {needs} has; you have the role {has}. Ask an admin."
        )))
    }

    /// Refuses a write under `permission` when the person's last password is too long ago for it.
    ///
    /// # Errors
    /// 403.
    pub fn require_fresh(&self, permission: Permission) -> Result<(), ApiError> {
        let stale = permission.needs_fresh_sign_in() && self.now >= self.access.fresh_until;
        if stale { Err(ApiError::reauthentication_required()) } else { Ok(()) }
    }

    /// Refuses a write under `permission` where one person alone may not make it.
    ///
    /// # Errors
    /// 403.
    pub fn require_not_alone(&self, permission: Permission) -> Result<(), ApiError> {
        let alone = self.access.needs_second_person.contains(&permission);
        if alone { Err(ApiError::second_person_needed()) } else { Ok(()) }
    }

    /// A command without key, version or reason.
    pub fn command(&self) -> Command {
        command(&self.info, &self.client)
    }
}

/// A command of a person without key, version or reason.
pub fn command(info: &StaffInfo, client: &Client) -> Command {
    Command {
        request_id: Some(border::request_id()),
        address: Some(client.address.to_string()),
        ..Command::by(Actor::Staff { id: info.id, email: info.email.clone() })
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let hash = bearer(&parts.headers).and_then(|token| Kind::Staff.access_hash(token));
        let hash = hash.ok_or_else(ApiError::unauthorized)?;
        let session = app.store.staff_session(hash).await?.ok_or_else(ApiError::unauthorized)?;
        app.pace.step(session.staff.id).map_err(ApiError::too_fast)?;
        let client = Client::from_request_parts(parts, app).await?;
        let (session_id, now) = (session.session_id, session.now);
        let (info, access) = told(session, app)?;
        Ok(Self { session_id, info, access, now, client })
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        SignedIn::from_request_parts(parts, app).await?.complete().map(Self)
    }
}

impl<P: Permit> FromRequestParts<App> for May<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Staff(staff) = Staff::from_request_parts(parts, app).await?;
        staff.require(P::PERMISSION)?;
        Ok(Self { staff, permit: PhantomData })
    }
}

/// A session as the border says it: the person, and what the session may do now.
///
/// # Errors
/// 500 for a role that this build does not know.
pub fn told(session: StaffSession, app: &App) -> Result<(StaffInfo, StaffAccess), ApiError> {
    let StaffSession { staff, authenticated_at, .. } = session;
    let mut to_do = vec![];
    if staff.password_expires_at.is_some() {
        to_do.push(SignInStep::ChangePassword);
    }
    if (app.second_factor_required || staff.second_factor_required) && !staff.second_factor {
        to_do.push(SignInStep::EnrolSecondFactor);
    }
    let second_factor = staff.second_factor;
    let info = info(staff)?;
    let permissions = if to_do.is_empty() { info.role.permissions() } else { vec![] };
    let those = |that: fn(Permission) -> bool| -> Vec<Permission> {
        permissions.iter().copied().filter(|&one| that(one)).collect()
    };
    let needs_fresh = those(Permission::needs_fresh_sign_in);
    let asks_a_second = app.bulk.second_person_over.is_some();
    let needs_second_person = if asks_a_second { those(Permission::is_never_alone) } else { vec![] };
    let fresh_until = authenticated_at + FRESH;
    Ok((info, StaffAccess { permissions, needs_fresh, needs_second_person, fresh_until, to_do, second_factor }))
}

/// The person as the border says it.
///
/// # Errors
/// 500 for a role that this build does not know.
pub fn info(staff: StaffMember) -> Result<StaffInfo, ApiError> {
    let role = staff.role.parse().map_err(ApiError::internal)?;
    Ok(StaffInfo { id: staff.id, email: staff.email, name: staff.name, role })
}
