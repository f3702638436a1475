//! What people of the staff do to their own sign-in.

use super::{App, second_factor, sign_in};
use crate::{
    auth::{
        staff::{SignedIn, told},
        tokens::Kind,
    },
    http::{body::Strict, error::ApiError},
};
use axum::{Json, extract::State};
use contract::{
    access::{ChangePassword, Reauthenticate, StaffAccess},
    auth::LoginRequest,
    error::ErrorBody,
};
use store::StaffMember;

const PASSWORD_MIN: usize = 12;
const PASSWORD_MAX: usize = 1_024;

/// Says who one is once more, for what needs a password that was given a moment ago.
#[utoipa::path(post, path = "/staff/auth/reauthenticate", tag = "staff", security(("staff" = [])),
    request_body = Reauthenticate, responses(
    (status = 200, body = StaffAccess), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn reauthenticate(
    State(app): State<App>,
    staff: SignedIn,
    body: Strict<Reauthenticate>,
) -> Result<Json<StaffAccess>, ApiError> {
    let Reauthenticate { password, code } = body.value;
    check(&app, &staff, password, Some(code.as_deref())).await?;
    let session = app.store.reauthenticated(staff.session_id, &staff.command()).await?;
    let (_, access) = told(session.ok_or_else(ApiError::unauthorized)?, &app)?;
    Ok(Json(access))
}

/// Changes one's own password and ends one's other sessions.
#[utoipa::path(post, path = "/staff/auth/password", tag = "staff", security(("staff" = [])),
    request_body = ChangePassword, responses(
    (status = 200, body = StaffAccess), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn change_password(
    State(app): State<App>,
    staff: SignedIn,
    body: Strict<ChangePassword>,
) -> Result<Json<StaffAccess>, ApiError> {
    let ChangePassword { current_password, new_password, code } = body.value;
    let characters = new_password.chars().count();
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&characters) || new_password.contains('\0') {
        let message = format!("A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters.");
        return Err(ApiError::invalid("new_password", message));
    }
    if new_password == current_password {
        return Err(ApiError::invalid("new_password", "This is the password that you have. Choose another."));
    }
    let old_hash = check(&app, &staff, current_password, Some(code.as_deref())).await?;
    let new_hash = app.passwords.hash(new_password).await?;
    if !app.store.change_password(staff.session_id, &old_hash, &new_hash, &staff.command()).await? {
        return Err(ApiError::invalid_credentials());
    }
    let session = app.store.staff_of_session(staff.session_id).await?;
    Ok(Json(told(session, &app)?.1))
}

/// Checks the password of the person who is signed in, as sign-in does, and their code unless `code` is `None`. Answers
/// the hash that the password fitted.
///
/// # Errors
/// 401, 429 after too many failures, 503.
pub async fn check(
    app: &App,
    staff: &SignedIn,
    password: String,
    code: Option<Option<&str>>,
) -> Result<String, ApiError> {
    let login = LoginRequest { email: staff.info.email.clone(), password };
    let found = sign_in::check(app, Kind::Staff, &staff.client, login, async |email: &str| {
        let found = app.store.staff_credentials(email).await?;
        let own = |found: &(StaffMember, String)| found.0.id == staff.info.id && found.0.disabled_at.is_none();
        Ok(found.filter(own).map(|(_, hash)| (hash.clone(), Some(hash))))
    })
    .await?;
    if let Some(code) = code {
        second_factor::check(app, staff.info.id, code).await?;
    }
    found.attempt.succeeded();
    Ok(found.account)
}
