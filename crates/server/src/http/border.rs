//! What every request passes: its id, a time limit, a net for panics, one line in the log, the metrics.

use super::error::{ApiError, LogDetail};
use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

/// A request that takes longer is answered with 503; what it began in the database goes on to its end.
const REQUEST_MAX: Duration = Duration::from_secs(9);
/// Finds a request in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const API_VERSION: HeaderName = HeaderName::from_static(contract::API_VERSION_HEADER);

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being answered.
pub fn request_id() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// The border as an axum middleware. Ids are made here and taken from nobody, so that none is forged.
pub async fn pass(request: Request, next: Next) -> Response {
    let id = store::new_id().simple().to_string();
    CURRENT.scope(id, observed(request, next)).await
}

async fn observed(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let template = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let answered = AssertUnwindSafe(tokio::time::timeout(REQUEST_MAX, next.run(request))).catch_unwind().await;
    let mut response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => ApiError::unavailable("the request took too long").into_response(),
        Err(panic) => ApiError::internal(format!("panicked: {}", panic_text(&panic))).into_response(),
    };
    let id = request_id();
    let headers = response.headers_mut();
    // Every answer is about one person at one moment, some carry tokens.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(API_VERSION, HeaderValue::from(contract::API_VERSION));
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    report(&id, &method, &template, &response, begun.elapsed());
    response
}

fn report(id: &str, method: &Method, template: &str, response: &Response, took: Duration) {
    let status = response.status().as_u16();
    let ms = (took.as_secs_f64() * 10_000.0).round() / 10.0;
    let detail = response.extensions().get::<LogDetail>().map(|detail| detail.0.as_str());
    let method = method_word(method);
    if matches!(template, "/healthz" | "/readyz" | "/metrics") {
        tracing::debug!(request_id = id, method, path = template, status, ms, "Answered {method} {template}: {status}");
    } else if status >= 500 {
        tracing::error!(
            request_id = id,
            method,
            path = template,
            status,
            ms,
            detail,
            "Answered {method} {template}: {status}"
        );
    } else {
        tracing::info!(request_id = id, method, path = template, status, ms, "Answered {method} {template}: {status}");
    }
    let labels = [("method", method.to_owned()), ("route", template.to_owned()), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => template.to_owned())
        .record(took.as_secs_f64());
}

/// Bounded: a client may send any word as its method.
const fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
