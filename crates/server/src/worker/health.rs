//! The worker's own port: is it alive, is it ready, what does it measure.

use super::{Shared, measures};
use anyhow::Context;
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use std::{net::SocketAddr, sync::Arc};

/// Serves until the task is aborted; prints where.
pub(crate) async fn serve(listen: SocketAddr, shared: Arc<Shared>) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}: choose another with --listen"))?;
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(async |State(worker): State<Arc<Shared>>| measures::render(&worker).await))
        .with_state(shared);
    crate::cli::say(&serde_json::json!({ "listening": listener.local_addr()?.to_string() }).to_string())?;
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "The health port is gone");
        }
    }))
}

async fn ready(State(worker): State<Arc<Shared>>) -> (StatusCode, Json<serde_json::Value>) {
    let mut missing = vec![];
    if worker.draining.is_cancelled() {
        missing.push("stopping".to_owned());
    }
    match store::migrate::status(worker.store.pool()).await {
        Ok(steps) if steps.iter().any(|step| step.applied_at.is_none()) => missing.push("migrations are behind".into()),
        Ok(_) => {}
        Err(_) => missing.push("the database cannot be reached".into()),
    }
    let status = if missing.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({ "ready": missing.is_empty(), "missing": missing })))
}
