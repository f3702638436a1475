//! Against a real server on a real socket.

use super::*;
use crate::failure::message;
use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use contract::{ErrorBody, ErrorCode, ipc::IpcError};
use tokio::{io::AsyncReadExt, net::TcpListener};
use uuid::Uuid;

/// Answers as our API does: every answer names its version.
pub async fn named(mut response: axum::response::Response) -> axum::response::Response {
    response.headers_mut().insert(contract::API_VERSION_HEADER, contract::API_VERSION.into());
    response
}

async fn serve(router: Router) -> ApiClient {
    serve_strangers(router.layer(axum::middleware::map_response(named))).await
}

async fn serve_strangers(router: Router) -> ApiClient {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    ApiClient::new(&format!("http://{address}/base"), None).expect("a client")
}

fn command() -> Command {
    crate::pending::tests::command(5)
}

fn refusal(code: ErrorCode) -> Json<ErrorBody> {
    Json(ErrorBody {
        code,
        message: "for people".into(),
        field: Some("reason".into()),
        request_id: "r1".into(),
        retry_after_s: Some(7),
        current: None,
    })
}

#[tokio::test]
async fn a_command_carries_its_key_the_version_seen_and_a_request_id() {
    let client = serve(Router::new().route(
        "/base/api/v1/staff/jobs/x/cancel",
        post(|headers: HeaderMap, Json(body): Json<Value>| async move {
            let of =
                |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            Json(serde_json::json!([
                of("authorization"),
                of("idempotency-key"),
                of("if-match"),
                of("x-request-id").len(),
                body
            ]))
        }),
    ))
    .await;
    let answer = client.command("token", &command()).await.expect("an answer");
    assert_eq!(
        answer,
        serde_json::json!(["Bearer token", Uuid::from_u128(5).to_string(), "\"3\"", 36, { "reason": "asked for" }])
    );
}

#[tokio::test]
async fn every_refusal_becomes_an_error_that_the_page_knows() {
    let id = Some(Uuid::from_u128(5));
    for (status, code, kind) in [
        (422, ErrorCode::InvalidRequest, "validation"),
        (401, ErrorCode::Unauthorized, "unauthorized"),
        (403, ErrorCode::Forbidden, "forbidden"),
        (404, ErrorCode::NotFound, "not_found"),
        (409, ErrorCode::IllegalTransition, "conflict"),
        (409, ErrorCode::VersionConflict, "conflict"),
        (409, ErrorCode::CaseMoved, "conflict"), // one that does not say how the case is now
        (422, ErrorCode::IdempotencyMismatch, "conflict"),
        (429, ErrorCode::RateLimited, "unavailable"),
        (503, ErrorCode::Unavailable, "unknown"),
        (500, ErrorCode::Internal, "unknown"),
    ] {
        let answer =
            move || async move { (StatusCode::from_u16(status).expect("a status"), refusal(code)).into_response() };
        let client = serve(Router::new().fallback(answer)).await;
        let failure = client.command("token", &command()).await.expect_err("is refused");
        let error = serde_json::to_value(to_ipc(failure, id)).expect("is JSON");
        assert_eq!(error["type"], kind, "{code:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_a_connection_never_made_is_not() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = ApiClient::new("http://127.0.0.1:1", None).expect("a client");
    let failure = client.command("token", &command()).await.expect_err("nobody listens");
    let error = to_ipc(failure, Some(command().id));
    assert!(matches!(error, IpcError::Unavailable { .. }) && message(&error).contains("Nothing was sent"), "{error:?}");

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 4096]).await;
        }
    });
    let client = ApiClient::new(&format!("http://{address}"), None).expect("a client");
    let failure = client.command("token", &command()).await.expect_err("hangs up");
    let error = to_ipc(failure, Some(command().id));
    assert!(matches!(error, IpcError::Unknown { command_id, .. } if command_id == command().id));
    assert!(!message(&error).contains("127.0.0.1"));
}

#[tokio::test]
async fn nonsense_is_not_believed_even_from_our_api() {
    for answer in [
        (StatusCode::OK, "<html>".to_owned()),
        (StatusCode::FOUND, String::new()),
        (StatusCode::OK, "x".repeat(5 << 20)),
    ] {
        let client = serve(Router::new().fallback(move || async move { answer })).await;
        let failure = client.command("token", &command()).await.expect_err("is not an answer");
        assert!(matches!(failure, ApiFailure::Lost(_)), "{failure:?}");
    }
}

#[tokio::test]
async fn what_a_stranger_answers_to_a_command_leaves_its_outcome_unknown() {
    for status in [200, 302, 404, 502] {
        let status = StatusCode::from_u16(status).expect("a status");
        let client = serve_strangers(Router::new().fallback(move || async move { (status, "<html>") })).await;
        let failure = client.command("token", &command()).await.expect_err("is not our API");
        let error = to_ipc(failure, Some(command().id));
        assert!(matches!(error, IpcError::Unknown { .. }), "{status}: {error:?}");
    }
}

#[tokio::test]
async fn a_stranger_and_another_version_are_told_apart() {
    let said = async |client: ApiClient| {
        let failure = client.login("dana@repruv.test", "secret", None).await.expect_err("is not our API");
        message(&to_ipc(failure, None)).to_owned()
    };
    let stranger = Router::new().fallback(|| async { "<html>" });
    assert!(said(serve_strangers(stranger).await).await.contains("not the Repruv API"));
    let proxy = Router::new().fallback(|| async { (StatusCode::BAD_GATEWAY, "<html>") });
    assert!(said(serve_strangers(proxy).await).await.contains("it is down"));
    let of = |version: u32| {
        serve_strangers(
            Router::new()
                .fallback(move || async move { ([(contract::API_VERSION_HEADER, version.to_string())], "{}") }),
        )
    };
    assert!(said(of(contract::API_VERSION + 1).await).await.contains("Install the newest"));
    assert!(said(of(0).await).await.contains("Ask an admin to update it"));
}

#[tokio::test]
async fn an_address_is_tested_by_asking_for_its_health() {
    let healthy = serve(Router::new().route("/base/healthz", axum::routing::get(|| async { "ok" }))).await;
    assert_eq!(healthy.check().await.expect("is healthy"), "The API answers.");
    let other = serve_strangers(Router::new().fallback(|| async { "ok" })).await;
    assert!(matches!(other.check().await, Err(ApiFailure::NotOurs)));
}
