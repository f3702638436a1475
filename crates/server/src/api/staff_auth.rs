//! Staff sign in, refresh and sign out.

use super::{App, sign_in};
use crate::{
    auth::{
        customer::Client,
        staff::{Staff, info},
        tokens::{Kind, Pair},
    },
    http::{body, border, error::ApiError},
};
use axum::{Json, extract::State, http::StatusCode};
use contract::{
    auth::{LoginRequest, RefreshRequest, StaffInfo, StaffSignedIn},
    error::ErrorBody,
};
use store::{Actor, Command, NewSession, Rotation};

/// Signs in with e-mail and password.
#[utoipa::path(post, path = "/staff/auth/login", tag = "staff", request_body = LoginRequest, responses(
    (status = 200, body = StaffSignedIn), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn login(
    State(app): State<App>,
    client: Client,
    body: body::Strict<LoginRequest>,
) -> Result<Json<StaffSignedIn>, ApiError> {
    let found = sign_in::check(&app, Kind::Staff, &client, body.value, async |email: &str| {
        let found = app.store.staff_credentials(email).await?;
        Ok(found.filter(|(staff, _)| staff.disabled_at.is_none()).map(|(staff, hash)| (staff, Some(hash))))
    })
    .await?;
    let staff = info(found.account)?;
    let pair = Pair::draw(Kind::Staff);
    let address = client.address.to_string();
    let new = NewSession {
        id: store::new_id(),
        owner_id: staff.id,
        tokens: pair.hashes(),
        life: app.lives.tokens,
        by_cookie: false,
        user_agent: client.user_agent.clone(),
        address: Some(address.clone()),
    };
    let command = Command {
        request_id: Some(border::request_id()),
        address: Some(address),
        ..Command::by(Actor::Staff { id: staff.id, email: staff.email.clone() })
    };
    let times = app.store.open_staff_session(new, &command).await?.ok_or_else(ApiError::invalid_credentials)?;
    Ok(Json(StaffSignedIn { tokens: sign_in::tokens(pair, times), staff }))
}

/// Exchanges the newest refresh token for a new pair. When an answer got lost, the same token may be sent again.
#[utoipa::path(post, path = "/staff/auth/refresh", tag = "staff", request_body = RefreshRequest, responses(
    (status = 200, body = StaffSignedIn), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 503, body = ErrorBody)))]
pub async fn refresh(
    State(app): State<App>,
    body: body::Strict<RefreshRequest>,
) -> Result<Json<StaffSignedIn>, ApiError> {
    let token = body.value.refresh_token.as_deref();
    let hash = token.and_then(|token| Kind::Staff.refresh_hash(token)).ok_or_else(ApiError::unauthorized)?;
    let pair = Pair::draw(Kind::Staff);
    match app.store.refresh_staff_session(hash, pair.hashes(), app.lives.tokens).await? {
        Rotation::Renewed { session_id, times } => {
            let staff = info(app.store.staff_of_session(session_id).await?)?;
            Ok(Json(StaffSignedIn { tokens: sign_in::tokens(pair, times), staff }))
        }
        Rotation::Refused => Err(ApiError::unauthorized()),
        Rotation::Reused { session_id } => {
            tracing::warn!(%session_id, "A staff refresh token was used twice; the session has been ended");
            Err(ApiError::unauthorized())
        }
    }
}

/// Ends this session and its database login.
#[utoipa::path(post, path = "/staff/auth/logout", tag = "staff", security(("staff" = [])), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn logout(State(app): State<App>, staff: Staff) -> Result<StatusCode, ApiError> {
    app.store.sign_out_staff(staff.session_id, &staff.command()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in.
#[utoipa::path(get, path = "/staff/auth/session", tag = "staff", security(("staff" = [])), responses(
    (status = 200, body = StaffInfo), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn session(staff: Staff) -> Json<StaffInfo> {
    Json(staff.info)
}
