//! Is it alive, is it ready, what does it measure. Not part of the API: for those who run it.

use super::App;
use crate::telemetry;
use axum::{Json, extract::State, http::StatusCode};

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// Requests can be served; otherwise says what is missing.
pub async fn ready(State(app): State<App>) -> (StatusCode, Json<serde_json::Value>) {
    let missing: Vec<&str> = match store::migrate::status(app.store.pool()).await {
        Ok(steps) if steps.iter().any(|step| step.applied_at.is_none()) => {
            vec!["migrations are behind: run `repruv-server migrate run`"]
        }
        Ok(_) => vec![],
        Err(error) => {
            tracing::warn!(%error, "Not ready");
            vec!["the database cannot be reached"]
        }
    };
    let status = if missing.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({ "ready": missing.is_empty(), "missing": missing })))
}

/// Prometheus text.
pub async fn metrics(State(app): State<App>) -> String {
    telemetry::queue(&app.store).await;
    telemetry::pool(app.store.pool());
    telemetry::metrics_handle().render()
}
