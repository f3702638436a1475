//! A customer's own demo mode: each request is answered at once, the work goes on without the client.

use super::{App, jobs, profile, time};
use crate::{
    auth::customer::{Client, Customer},
    http::{body, error::ApiError},
};
use axum::{Json, extract::State, http::StatusCode};
use contract::{
    customer::{DemoAccepted, DemoPreset, DemoStatus, EnableDemoRequest, ProfileChoice},
    error::ErrorBody,
};
use state_machine::DemoModeStatus;
use store::{DemoModeRequest, DemoModeRow, StoreError};

/// A body with nothing to say.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

type Accepted = (StatusCode, Json<DemoAccepted>);

/// Turns demo mode on.
#[utoipa::path(post, path = "/demo/enable", tag = "demo", security(("customer" = []), ("cookie" = [])),
    request_body = EnableDemoRequest, responses(
    (status = 202, body = DemoAccepted), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 409, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
    (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn enable(
    State(app): State<App>,
    customer: Customer,
    client: Client,
    body: body::Strict<EnableDemoRequest>,
) -> Result<Accepted, ApiError> {
    let nothing = ProfileChoice { preset: None, profile_type: None, niche: None };
    let profile = profile::chosen(body.value.profile.unwrap_or(nothing))?;
    let run_at = body.value.run_at.map(|asked| time::run_at(asked, crate::clock::now())).transpose()?;
    change(&app, &customer, &client, DemoModeRequest::Enable { profile, run_at }, DemoModeStatus::Enabling).await
}

/// Turns demo mode off and removes the demo profile.
#[utoipa::path(post, path = "/demo/disable", tag = "demo", security(("customer" = []), ("cookie" = [])), responses(
    (status = 202, body = DemoAccepted), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 409, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
    (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn disable(
    State(app): State<App>,
    customer: Customer,
    client: Client,
    _nothing: body::Strict<Nothing>,
) -> Result<Accepted, ApiError> {
    change(&app, &customer, &client, DemoModeRequest::Disable, DemoModeStatus::Disabling).await
}

/// Acknowledges a failure that left nothing behind.
#[utoipa::path(post, path = "/demo/dismiss", tag = "demo", security(("customer" = []), ("cookie" = [])), responses(
    (status = 202, body = DemoAccepted), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 409, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
    (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn dismiss(
    State(app): State<App>,
    customer: Customer,
    client: Client,
    _nothing: body::Strict<Nothing>,
) -> Result<Accepted, ApiError> {
    change(&app, &customer, &client, DemoModeRequest::Dismiss, DemoModeStatus::Disabled).await
}

/// The same wish twice (a double click, a reload) is one operation: the second is answered with the first one's job.
async fn change(
    app: &App,
    customer: &Customer,
    client: &Client,
    request: DemoModeRequest,
    wish: DemoModeStatus,
) -> Result<Accepted, ApiError> {
    let user_id = customer.0.user_id;
    let in_progress = matches!(wish, DemoModeStatus::Enabling | DemoModeStatus::Disabling);
    let (status, job_id) = match app.store.change_demo_mode(user_id, &customer.command(client), request).await {
        Ok(done) => (wish, done.job_id),
        Err(refused @ StoreError::Illegal(_)) if in_progress => {
            let now = app.store.demo_status(user_id).await?;
            if now.demo.status != wish {
                return Err(refused.into());
            }
            (wish, now.job_id)
        }
        Err(error) => return Err(error.into()),
    };
    let message = match status {
        DemoModeStatus::Enabling => {
            "Your demo is being prepared. This usually takes one to two minutes; you may close this page."
        }
        DemoModeStatus::Disabling => "Your demo is being removed. You may close this page.",
        _ => "Done.",
    };
    Ok((StatusCode::ACCEPTED, Json(DemoAccepted { status, job_id, message: message.into() })))
}

/// Where demo mode stands.
#[utoipa::path(get, path = "/demo/status", tag = "demo", security(("customer" = []), ("cookie" = [])), responses(
    (status = 200, body = DemoStatus), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn status(State(app): State<App>, customer: Customer) -> Result<Json<DemoStatus>, ApiError> {
    let row: DemoModeRow = app.store.demo_status(customer.0.user_id).await?;
    let job = match row.job_id {
        // Removed by retention between the two reads: then there is none to show.
        Some(job_id) => match app.store.job(job_id).await {
            Ok(job) => Some(jobs::view(job)),
            Err(StoreError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    Ok(Json(DemoStatus {
        status: row.demo.status,
        error: row.error,
        profile_id: row.profile_id,
        profile_type: row.profile_type,
        job,
        changed_at: row.changed_at,
    }))
}

/// The presets on offer; the first is the default.
#[utoipa::path(get, path = "/demo/presets", tag = "demo", security(("customer" = []), ("cookie" = [])), responses(
    (status = 200, body = Vec<DemoPreset>), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn presets(_customer: Customer) -> Json<Vec<DemoPreset>> {
    Json(contract::customer::presets())
}
