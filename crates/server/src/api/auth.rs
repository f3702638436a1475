//! Customers sign in, refresh and sign out.

use super::{App, cookies, sign_in};
use crate::{
    auth::{
        customer::{Client, Customer, REFRESH_COOKIE},
        tokens::{Kind, Pair, cookie},
    },
    http::{body, error::ApiError},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use contract::{
    auth::{LoginRequest, RefreshRequest, SessionInfo, SignedIn},
    error::ErrorBody,
};
use store::{NewSession, Rotation, SessionUser, WhichSessions};

fn info(user: SessionUser) -> SessionInfo {
    SessionInfo { session_id: user.session_id, user_id: user.user_id, email: user.email, full_name: user.full_name }
}

/// Signs in with e-mail and password. The tokens come as cookies and in the body.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = LoginRequest, responses(
    (status = 200, body = SignedIn), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn login(
    State(app): State<App>,
    client: Client,
    body: body::Strict<LoginRequest>,
) -> Result<Response, ApiError> {
    let found = sign_in::check(&app, Kind::Customer, &client, body.value, async |email: &str| {
        let found = app.store.user_credentials(email).await?;
        Ok(found.filter(|user| user.is_active).map(|user| {
            let hash = user.password_hash.clone();
            (user, hash)
        }))
    })
    .await?;
    found.attempt.succeeded();
    let user = found.account;
    if let (Some(new), Some(old)) = (&found.upgrade, &user.password_hash) {
        app.store.upgrade_password_hash(user.id, old, new).await?;
    }
    let pair = Pair::draw(Kind::Customer);
    let session_id = store::new_id();
    let new = NewSession {
        id: session_id,
        owner_id: user.id,
        tokens: pair.hashes(),
        life: Kind::Customer.life(),
        by_cookie: client.is_browser,
        user_agent: client.user_agent.clone(),
        address: Some(client.address.to_string()),
    };
    let times = app.store.open_session(new).await?.ok_or_else(ApiError::invalid_credentials)?;
    let tokens = sign_in::tokens(pair, times);
    let user = SessionUser { session_id, user_id: user.id, email: user.email, full_name: user.full_name };
    Ok(cookies::set(Json(SignedIn { tokens: tokens.clone(), session: info(user) }), &client, &tokens))
}

/// Exchanges the newest refresh token for a new pair. When an answer got lost, the same token may be sent again.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = RefreshRequest, responses(
    (status = 200, body = SignedIn), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 503, body = ErrorBody)))]
pub async fn refresh(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    body: body::Strict<RefreshRequest>,
) -> Result<Response, ApiError> {
    let token = body.value.refresh_token.as_deref().or_else(|| cookie(&headers, REFRESH_COOKIE));
    let hash = token.and_then(|token| Kind::Customer.refresh_hash(token)).ok_or_else(ApiError::unauthorized)?;
    let pair = Pair::draw(Kind::Customer);
    match app.store.refresh_session(hash, pair.hashes(), Kind::Customer.life()).await? {
        Rotation::Renewed { session_id, times } => {
            let tokens = sign_in::tokens(pair, times);
            let user = app.store.session_owner(session_id).await?;
            Ok(cookies::set(Json(SignedIn { tokens: tokens.clone(), session: info(user) }), &client, &tokens))
        }
        Rotation::Refused => Err(ApiError::unauthorized()),
        Rotation::Reused { session_id } => {
            tracing::warn!(%session_id, "A refresh token was used twice; the session has been ended");
            Err(ApiError::unauthorized())
        }
    }
}

/// Ends this session.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", security(("customer" = []), ("cookie" = [])), responses(
    (status = 204), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn logout(State(app): State<App>, customer: Customer, client: Client) -> Result<Response, ApiError> {
    app.store.sign_out(&customer.0, &customer.command(&client)).await?;
    Ok(cookies::clear(StatusCode::NO_CONTENT, &client))
}

/// Ends every session of this customer, this one included.
#[utoipa::path(post, path = "/auth/logout-everywhere", tag = "auth", security(("customer" = []), ("cookie" = [])),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn logout_everywhere(
    State(app): State<App>,
    customer: Customer,
    client: Client,
) -> Result<Response, ApiError> {
    app.store.revoke_sessions(customer.0.user_id, WhichSessions::default(), &customer.command(&client)).await?;
    Ok(cookies::clear(StatusCode::NO_CONTENT, &client))
}

/// Who is signed in.
#[utoipa::path(get, path = "/auth/session", tag = "auth", security(("customer" = []), ("cookie" = [])), responses(
    (status = 200, body = SessionInfo), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn session(customer: Customer) -> Json<SessionInfo> {
    Json(info(customer.0))
}
