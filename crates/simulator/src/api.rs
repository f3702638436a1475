//! The routes.

use crate::{
    dials::Dials,
    error::ApiError,
    faults,
    ledger::LedgerView,
    profile::{ProfileRequest, ProfileView},
    running::App,
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde_json::{Value, json};
use std::time::Instant;

const BODY_BYTES_MAX: usize = 16 * 1024;
const TEXT_CHARS_MAX: usize = 200;

pub(crate) fn router(app: App) -> Router {
    let service = Router::new()
        .route("/profiles", post(create))
        .route("/profiles/{id}", delete(remove).get(read))
        .route_layer(middleware::from_fn_with_state(app.clone(), faults::play));
    Router::new()
        .merge(service)
        .route("/dials", get(read_dials).put(change_dials))
        .route("/ledger", get(ledger))
        .route("/healthz", get(|| async { Json(json!({ "status": "ok" })) }))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(app)
}

async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Json<ProfileRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<ProfileView>), ApiError> {
    let key = idempotency_key(&headers)?;
    let request = checked(body.map_err(bad_body)?.0)?;
    let (made, view) = app.service().create(key, request, Instant::now())?;
    if made {
        tracing::info!(profile.id = %view.profile_id, key, "Creating profile");
        return Ok((StatusCode::CREATED, Json(view)));
    }
    Ok((StatusCode::OK, Json(view)))
}

async fn remove(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    let key = idempotency_key(&headers)?;
    let view = app.service().delete(key, &id, Instant::now())?;
    tracing::debug!(profile.id = %id, key, progress = view.progress, "Deleting profile");
    let status = match view.counts {
        Some(_) => StatusCode::OK,
        None => StatusCode::ACCEPTED,
    };
    Ok((status, Json(view)).into_response())
}

async fn read(State(app): State<App>, Path(id): Path<String>) -> Result<Json<ProfileView>, ApiError> {
    Ok(Json(app.service().find(&id, Instant::now())?))
}

async fn read_dials(State(app): State<App>) -> Json<Dials> {
    Json(app.service().dials.clone())
}

async fn change_dials(
    State(app): State<App>,
    body: Result<Json<Value>, JsonRejection>,
) -> Result<Json<Dials>, ApiError> {
    let body = body.map_err(bad_body)?.0;
    let mut service = app.service();
    let dials = service.dials.changed_by(body).map_err(|error| ApiError::BadRequest(error.to_string()))?;
    service.set_dials(dials.clone(), Instant::now());
    tracing::info!(?dials, "Turned the dials");
    Ok(Json(dials))
}

async fn ledger(State(app): State<App>) -> Json<LedgerView> {
    Json(app.service().ledger.view())
}

/// 1–255 visible ASCII characters.
fn idempotency_key(headers: &HeaderMap) -> Result<&str, ApiError> {
    headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| (1..=255).contains(&key.len()))
        .ok_or_else(|| ApiError::BadRequest("Idempotency-Key must be 1 to 255 ASCII characters".to_owned()))
}

fn checked(request: ProfileRequest) -> Result<ProfileRequest, ApiError> {
    if request.profile_type.trim().is_empty() {
        return Err(ApiError::BadRequest("profile_type must not be empty".to_owned()));
    }
    let texts = [Some(&request.profile_type), request.niche.as_ref(), request.preset.as_ref()];
    if texts.into_iter().flatten().any(|text| text.chars().count() > TEXT_CHARS_MAX) {
        return Err(ApiError::BadRequest(format!("texts must be at most {TEXT_CHARS_MAX} characters")));
    }
    Ok(request)
}

fn bad_body(rejection: JsonRejection) -> ApiError {
    ApiError::BadRequest(rejection.body_text())
}
