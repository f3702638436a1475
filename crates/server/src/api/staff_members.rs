//! Who operates: an admin adds, disables and changes people.

use super::{
    App, answer,
    refusals::{KeyHeader, WriteHeaders, WriteRefusals},
};
use crate::{
    auth::{
        permit::StaffManage,
        staff::{May, info},
        staff_write::StaffWrite,
        tokens,
    },
    http::error::ApiError,
};
use axum::{Json, extract::State, response::Response};
use contract::{
    error::ErrorBody,
    members::{AddMember, ChangeRole, MemberChanged, RequireSecondFactor, StaffMember, StaffMembers},
    staff::WithReason,
};
use store::{Command, Member, MemberChange, NewStaff, StoreError};
use uuid::Uuid;

/// Everybody who operates.
#[utoipa::path(get, path = "/staff/members", tag = "staff", security(("staff" = [])), responses(
    (status = 200, body = StaffMembers), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn list(State(app): State<App>, May { staff, .. }: May<StaffManage>) -> Result<Json<StaffMembers>, ApiError> {
    let (members, as_of) = app.store.members().await?;
    let members = members.into_iter().map(|member| told(member, Some(staff.info.id))).collect::<Result<_, _>>()?;
    Ok(Json(StaffMembers { members, second_factor_required: app.second_factor_required, as_of }))
}

/// Adds a person with a temporary password, which is told once.
#[utoipa::path(post, path = "/staff/members", tag = "staff", security(("staff" = [])),
    params(KeyHeader), request_body = AddMember, responses(
    (status = 200, body = MemberChanged), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 409, body = ErrorBody), (status = 413, body = ErrorBody),
    (status = 415, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody),
    (status = 503, body = ErrorBody)))]
pub async fn add(State(app): State<App>, write: StaffWrite<AddMember, StaffManage>) -> Result<Response, ApiError> {
    let StaffWrite { id, body, command, .. } = write;
    let email = body.email.trim().to_owned();
    let fits = |text: &str| (1..=255).contains(&text.chars().count()) && !text.contains(char::is_control);
    let (name, host) = email.split_once('@').unwrap_or_default();
    if !fits(&email) || name.is_empty() || host.is_empty() || email.contains(char::is_whitespace) {
        return Err(ApiError::invalid("email", "This is not an e-mail."));
    }
    if !fits(body.name.trim()) {
        return Err(ApiError::invalid("name", "A name has 1 to 255 characters."));
    }
    let password = tokens::draw("");
    let new = NewStaff {
        email: email.clone(),
        name: body.name.trim().into(),
        role: body.role.as_str().into(),
        password_hash: app.passwords.hash(password.clone()).await?,
    };
    let done = app.store.add_member(id, new, &command).await?;
    let member = app.store.member_by_email(&email).await?;
    changed(member, &command, done.replayed, Some(password))
}

/// Ends a person's access at once: sign-in, sessions and database logins.
#[utoipa::path(post, path = "/staff/members/{id}/disable", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The person"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = MemberChanged), WriteRefusals))]
pub async fn disable(State(app): State<App>, write: StaffWrite<WithReason, StaffManage>) -> Result<Response, ApiError> {
    change(&app, write.id, MemberChange::Disable, &write.command, None).await
}

/// Lets a person sign in again.
#[utoipa::path(post, path = "/staff/members/{id}/enable", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The person"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = MemberChanged), WriteRefusals))]
pub async fn enable(State(app): State<App>, write: StaffWrite<WithReason, StaffManage>) -> Result<Response, ApiError> {
    change(&app, write.id, MemberChange::Enable, &write.command, None).await
}

/// Gives a person a temporary password, which is told once, and ends their sessions.
#[utoipa::path(post, path = "/staff/members/{id}/reset-password", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The person"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = MemberChanged), WriteRefusals))]
pub async fn reset_password(
    State(app): State<App>,
    write: StaffWrite<WithReason, StaffManage>,
) -> Result<Response, ApiError> {
    let password = tokens::draw("");
    let hash = app.passwords.hash(password.clone()).await?;
    change(&app, write.id, MemberChange::ResetPassword(hash), &write.command, Some(password)).await
}

/// Lets a person do more or less, from their next request on.
#[utoipa::path(post, path = "/staff/members/{id}/role", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The person"), WriteHeaders), request_body = ChangeRole,
    responses((status = 200, body = MemberChanged), WriteRefusals))]
pub async fn change_role(
    State(app): State<App>,
    write: StaffWrite<ChangeRole, StaffManage>,
) -> Result<Response, ApiError> {
    let role = MemberChange::ChangeRole(write.body.role.as_str().into());
    change(&app, write.id, role, &write.command, None).await
}

/// Forgets a person's second factor and ends their sessions: for a lost telephone.
#[utoipa::path(post, path = "/staff/members/{id}/reset-second-factor", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The person"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = MemberChanged), WriteRefusals))]
pub async fn reset_second_factor(
    State(app): State<App>,
    write: StaffWrite<WithReason, StaffManage>,
) -> Result<Response, ApiError> {
    change(&app, write.id, MemberChange::ResetSecondFactor, &write.command, None).await
}

/// Requires a second factor of a person, or no longer. What the server requires of everybody stays required.
#[utoipa::path(post, path = "/staff/members/{id}/second-factor", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The person"), WriteHeaders), request_body = RequireSecondFactor,
    responses((status = 200, body = MemberChanged), WriteRefusals))]
pub async fn require_second_factor(
    State(app): State<App>,
    write: StaffWrite<RequireSecondFactor, StaffManage>,
) -> Result<Response, ApiError> {
    let required = MemberChange::RequireSecondFactor(write.body.required);
    change(&app, write.id, required, &write.command, None).await
}

async fn change(
    app: &App,
    id: Uuid,
    change: MemberChange,
    command: &Command,
    password: Option<String>,
) -> Result<Response, ApiError> {
    match app.store.change_member(id, change, command).await {
        Ok(done) => changed(app.store.member(id).await?, command, done.replayed, password),
        Err(StoreError::VersionConflict { .. }) => {
            let member = told(app.store.member(id).await?, command.actor.staff_id())?;
            Err(ApiError::version_conflict(&MemberChanged { member, temporary_password: None }))
        }
        Err(error) => Err(error.into()),
    }
}

/// A repeat drew a password that nobody has: it is not told.
fn changed(member: Member, command: &Command, replayed: bool, password: Option<String>) -> Result<Response, ApiError> {
    let member = told(member, command.actor.staff_id())?;
    let temporary_password = password.filter(|_| !replayed);
    Ok(answer::marked(replayed, Json(MemberChanged { member, temporary_password })))
}

fn told(member: Member, asks: Option<Uuid>) -> Result<StaffMember, ApiError> {
    let offers = member.facts(asks).offers();
    let Member { staff, last_seen_at, sessions, .. } = member;
    Ok(StaffMember {
        created_at: staff.created_at,
        disabled_at: staff.disabled_at,
        last_seen_at,
        sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
        second_factor: staff.second_factor,
        second_factor_required: staff.second_factor_required,
        password_temporary: staff.password_expires_at.is_some(),
        version: staff.version.unsigned_abs(),
        offers,
        role: info(staff.clone())?.role,
        id: staff.id,
        email: staff.email,
        name: staff.name,
    })
}
