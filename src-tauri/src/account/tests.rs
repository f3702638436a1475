//! Against a real server on a real socket.

use super::*;
use crate::keychain::Memory;
use axum::{
    Json, Router,
    extract::State as Shared,
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use contract::{
    ErrorBody,
    access::StaffAccess,
    auth::{RefreshRequest, StaffRole},
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tokio::net::TcpListener;
use uuid::Uuid;

#[derive(Default)]
struct Api {
    refreshes: AtomicU32,
    refuse: std::sync::atomic::AtomicBool,
    /// How far its clock is ahead of this machine's.
    ahead: TimeDelta,
}

impl Api {
    fn now(&self) -> DateTime<Utc> {
        crate::clock::now() + self.ahead
    }
}

fn far() -> DateTime<Utc> {
    crate::clock::now() + TimeDelta::hours(1)
}

fn signed_in(number: u32, until: DateTime<Utc>) -> StaffSignedIn {
    StaffSignedIn {
        tokens: Tokens {
            access_token: format!("access-{number}"),
            access_expires_at: until,
            refresh_token: format!("refresh-{number}"),
            refresh_expires_at: far(),
        },
        staff: StaffInfo {
            id: Uuid::from_u128(7),
            email: "dana@repruv.test".into(),
            name: "Dana".into(),
            role: StaffRole::Support,
        },
        access: StaffAccess {
            permissions: StaffRole::Support.permissions(),
            needs_fresh: vec![],
            fresh_until: far(),
            to_do: vec![],
            second_factor: false,
        },
    }
}

async fn refresh(Shared(api): Shared<Arc<Api>>, Json(_): Json<RefreshRequest>) -> axum::response::Response {
    if api.refuse.load(Ordering::SeqCst) {
        return unauthorized();
    }
    Json(signed_in(api.refreshes.fetch_add(1, Ordering::SeqCst) + 1, api.now() + TimeDelta::hours(1))).into_response()
}

fn unauthorized() -> axum::response::Response {
    let body = ErrorBody {
        code: ErrorCode::Unauthorized,
        message: "no".into(),
        field: None,
        request_id: "r".into(),
        retry_after_s: None,
        current: None,
    };
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

async fn cancel(headers: axum::http::HeaderMap) -> axum::response::Response {
    if headers["authorization"] == "Bearer access-0" { unauthorized() } else { Json(1).into_response() }
}

async fn start(until: DateTime<Utc>) -> (Arc<Api>, Account, Keychain) {
    start_at(Arc::default(), until).await
}

async fn start_at(api: Arc<Api>, until: DateTime<Utc>) -> (Arc<Api>, Account, Keychain) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ahead = api.ahead;
    let dated = move |mut response: axum::response::Response| async move {
        let date = (crate::clock::now() + ahead).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response.headers_mut().insert("date", date.parse().expect("a date"));
        response
    };
    let router = Router::new()
        .route("/api/v1/staff/auth/refresh", post(refresh))
        .route("/api/v1/staff/cancel", post(cancel))
        .route("/healthz", get(|| async { "ok" }))
        .layer(axum::middleware::map_response(dated))
        .layer(axum::middleware::map_response(crate::api_client::tests::named))
        .with_state(Arc::clone(&api));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = ApiClient::new(&format!("http://{address}"), None).expect("a client");
    let keychain = Keychain::new(Arc::new(Memory::default()));
    let keep = Keep::InKeychain(keychain.clone(), "one".into());
    (api, Account::new(client, signed_in(0, until), None, keep), keychain)
}

fn command() -> Command {
    Command { path: "cancel".into(), ..crate::pending::tests::command(1) }
}

#[tokio::test]
async fn twenty_commands_with_an_old_token_refresh_it_once() {
    let (api, account, keychain) = start(crate::clock::now()).await;
    let command = command();
    let answers = futures_util::future::join_all((0..20).map(|_| account.command(&command))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(api.refreshes.load(Ordering::SeqCst), 1);
    let entry = keychain.read("one").await.expect("reads").expect("is kept");
    assert_eq!(entry.refresh_token, "refresh-1");
}

#[tokio::test]
async fn a_token_that_the_api_refuses_early_is_refreshed_once() {
    let (api, account, _) = start(far()).await;
    let command = command();
    let answers = futures_util::future::join_all((0..20).map(|_| account.command(&command))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(api.refreshes.load(Ordering::SeqCst), 1);
}

/// This machine's clock is two hours ahead of the API's, or behind it.
#[tokio::test]
async fn what_the_api_gives_out_ends_by_its_clock_whatever_this_machine_says() {
    for ahead in [TimeDelta::hours(-2), TimeDelta::hours(2)] {
        let api = Arc::new(Api { ahead, ..Api::default() });
        let login = |left: TimeDelta| DatabaseLogin {
            valid_until: api.now() + left,
            ..Entry::sample().database.expect("has one")
        };
        let (api, account, _) = start_at(Arc::clone(&api), api.now() - TimeDelta::hours(9)).await;
        account.reach_api().await.expect("it answers");
        for _ in 0..3 {
            account.command(&command()).await.expect("is accepted");
        }
        assert_eq!(api.refreshes.load(Ordering::SeqCst), 1, "{ahead}: a token that is good for an hour is used");
        for (left, kept) in [(TimeDelta::minutes(1), false), (TimeDelta::hours(1), true)] {
            account.state.lock().await.database = Some(login(left));
            assert_eq!(account.stored_database_login().await.is_some(), kept, "{ahead}: {left} left");
        }
        let database = crate::database::Database::new(login(TimeDelta::hours(1)), None);
        let pause = database.ends_in(account.now()).as_secs();
        assert!((57 * 60..=59 * 60).contains(&pause), "{ahead}: renewed in {pause} s");
    }
}

#[tokio::test]
async fn a_refused_refresh_token_asks_for_sign_in() {
    let (api, account, _) = start(crate::clock::now()).await;
    api.refuse.store(true, Ordering::SeqCst);
    let failure = account.command(&command()).await.expect_err("is refused");
    assert!(is_refused(&failure));
    account.ended().await;
}

#[tokio::test]
async fn a_refresh_that_cannot_be_sent_leaves_the_command_unsent() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = ApiClient::new("http://127.0.0.1:1", None).expect("a client");
    let account = Account::offline(client, Entry::sample(), Keep::ThisSessionOnly);
    let failure = account.command(&command()).await.expect_err("nobody listens");
    assert!(matches!(failure, ApiFailure::NotSent(_)));
}
