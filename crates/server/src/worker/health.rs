//! The worker's own port: is it alive, is it ready, what does it measure.

use anyhow::Context;
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use std::net::SocketAddr;
use store::Store;
use tokio_util::sync::CancellationToken;

#[derive(Clone)]
struct Health {
    store: Store,
    draining: CancellationToken,
}

/// Serves until the task is aborted; prints where.
pub(crate) async fn serve(
    listen: SocketAddr,
    store: Store,
    draining: CancellationToken,
) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}: choose another with --listen"))?;
    let metrics = crate::telemetry::metrics_handle();
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(move || async move { metrics.render() }))
        .with_state(Health { store, draining });
    crate::cli::say(&serde_json::json!({ "listening": listener.local_addr()?.to_string() }).to_string())?;
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "The health port is gone");
        }
    }))
}

async fn ready(State(health): State<Health>) -> (StatusCode, Json<serde_json::Value>) {
    let mut missing = vec![];
    if health.draining.is_cancelled() {
        missing.push("stopping".to_owned());
    }
    match store::migrate::status(health.store.pool()).await {
        Ok(steps) if steps.iter().any(|step| step.applied_at.is_none()) => missing.push("migrations are behind".into()),
        Ok(_) => {}
        Err(_) => missing.push("the database cannot be reached".into()),
    }
    let status = if missing.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({ "ready": missing.is_empty(), "missing": missing })))
}
