//! Staff sign in, refresh and sign out.

use super::{App, second_factor, sign_in};
use crate::{
    auth::{
        customer::Client,
        staff::{SignedIn, command, info, told},
        tokens::{Kind, Pair},
    },
    http::{body, error::ApiError},
};
use axum::{Json, extract::State, http::StatusCode};
use contract::{
    access::{StaffLogin, StaffSessionInfo},
    auth::{LoginRequest, RefreshRequest, StaffSignedIn},
    error::ErrorBody,
};
use store::{NewSession, Rotation};

/// Signs in with e-mail, password and, where one is enrolled, a code of the second factor.
#[utoipa::path(post, path = "/staff/auth/login", tag = "staff", request_body = StaffLogin, responses(
    (status = 200, body = StaffSignedIn), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn login(
    State(app): State<App>,
    client: Client,
    body: body::Strict<StaffLogin>,
) -> Result<Json<StaffSignedIn>, ApiError> {
    let StaffLogin { email, password, code } = body.value;
    let login = LoginRequest { email, password };
    let found = sign_in::check(&app, Kind::Staff, &client, login, async |email: &str| {
        let found = app.store.staff_credentials(email).await?;
        Ok(found.filter(|(staff, _)| staff.disabled_at.is_none()).map(|(staff, hash)| (staff, Some(hash))))
    })
    .await?;
    second_factor::check(&app, found.account.id, code.as_deref()).await?;
    found.attempt.succeeded();
    let staff = info(found.account)?;
    let pair = Pair::draw(Kind::Staff);
    let new = NewSession {
        id: store::new_id(),
        owner_id: staff.id,
        tokens: pair.hashes(),
        life: app.lives.tokens,
        by_cookie: false,
        user_agent: client.user_agent.clone(),
        address: Some(client.address.to_string()),
    };
    let session_id = new.id;
    let opened = app.store.open_staff_session(new, &command(&staff, &client)).await?;
    let times = opened.ok_or_else(ApiError::invalid_credentials)?;
    signed_in(&app, session_id, sign_in::tokens(pair, times)).await
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
        Rotation::Renewed { session_id, times } => signed_in(&app, session_id, sign_in::tokens(pair, times)).await,
        Rotation::Refused => Err(ApiError::unauthorized()),
        Rotation::Reused { session_id } => {
            tracing::warn!(%session_id, "A staff refresh token was used twice; the session has been ended");
            Err(ApiError::unauthorized())
        }
    }
}

async fn signed_in(
    app: &App,
    session_id: uuid::Uuid,
    tokens: contract::auth::Tokens,
) -> Result<Json<StaffSignedIn>, ApiError> {
    let session = app.store.staff_of_session(session_id).await?;
    let (staff, access) = told(session, app)?;
    Ok(Json(StaffSignedIn { tokens, staff, access }))
}

/// Ends this session and its database login.
#[utoipa::path(post, path = "/staff/auth/logout", tag = "staff", security(("staff" = [])), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn logout(State(app): State<App>, staff: SignedIn) -> Result<StatusCode, ApiError> {
    app.store.sign_out_staff(staff.session_id, &staff.command()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in, and what they may do.
#[utoipa::path(get, path = "/staff/auth/session", tag = "staff", security(("staff" = [])), responses(
    (status = 200, body = StaffSessionInfo), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody),
    (status = 503, body = ErrorBody)))]
pub async fn session(staff: SignedIn) -> Json<StaffSessionInfo> {
    Json(StaffSessionInfo { session_id: staff.session_id, staff: staff.info, access: staff.access })
}
