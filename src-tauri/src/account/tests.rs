//! Against a real server on a real socket.

use super::*;
use crate::{
    keychain::{Memory, SecretError, SecretStore},
    sign_in::{Restored, from_kept},
};
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
            needs_second_person: vec![],
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
    let keychain = Keychain::new(Arc::new(Memory::default()));
    let client = ApiClient::new(&serve(Arc::clone(&api)).await, None).expect("a client");
    let keep = Keep { keychain: keychain.clone(), environment_id: "one".into(), session_only: false };
    (api, Account::new(client, signed_in(0, until), None, keep), keychain)
}

/// Where it answers from now on.
async fn serve(api: Arc<Api>) -> String {
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
        .with_state(api);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
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
    let keychain = Keychain::new(Arc::new(Memory::default()));
    let keep = Keep { keychain, environment_id: "one".into(), session_only: true };
    let account = Account::offline(client, Entry::sample(), keep);
    let failure = account.command(&command()).await.expect_err("nobody listens");
    assert!(matches!(failure, ApiFailure::NotSent(_)));
}

/// A keychain that can be read and, while it is full, takes nothing.
#[derive(Default)]
struct Filling {
    kept: Memory,
    full: std::sync::atomic::AtomicBool,
}

impl SecretStore for Filling {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, SecretError> {
        self.kept.get(key)
    }
    fn set(&self, key: &str, secret: &[u8]) -> Result<(), SecretError> {
        let full = self.full.load(Ordering::SeqCst);
        if full { Err(SecretError::Other("no room".into())) } else { self.kept.set(key, secret) }
    }
    fn delete(&self, key: &str) -> Result<(), SecretError> {
        self.kept.delete(key)
    }
}

#[tokio::test]
async fn a_full_keychain_leaves_a_sign_in_for_this_session_until_it_takes_it_again() {
    let store = Arc::new(Filling::default());
    let keychain = Keychain::new(Arc::clone(&store) as Arc<dyn SecretStore>);
    let keep = Keep { keychain: keychain.clone(), environment_id: "one".into(), session_only: false };
    let client = ApiClient::new(&serve(Arc::default()).await, None).expect("a client");
    let account = Account::new(client, signed_in(0, far()), None, keep);
    account.store().await;
    assert_eq!((account.unkept(), account.session_only()), (None, false));

    store.full.store(true, Ordering::SeqCst);
    let mut told = account.watch_unkept();
    account.who().await.expect("goes on");
    assert_eq!((account.unkept(), account.session_only()), (Some(KeychainState::Failing), true));
    assert!(told.has_changed().expect("the account lives"), "the page is told");
    let held = keychain.here().find("one").expect("is held");
    assert_eq!((held.entry.refresh_token.as_str(), held.asked), ("refresh-1", false));

    store.full.store(false, Ordering::SeqCst);
    told.mark_unchanged();
    account.who().await.expect("goes on");
    assert_eq!((account.unkept(), account.session_only()), (None, false));
    assert!(told.has_changed().expect("the account lives"), "the page is told of that, too");
    assert_eq!(keychain.here().find("one"), None);
    assert_eq!(keychain.read("one").await.expect("reads").expect("is kept").refresh_token, "refresh-2");
}

#[tokio::test]
async fn whoever_signed_in_for_this_session_only_goes_on_over_connections_made_anew() {
    let api_url = serve(Arc::default()).await;
    let keychain = Keychain::new(Arc::new(Memory::default()));
    let keep = Keep { keychain: keychain.clone(), environment_id: "one".into(), session_only: true };
    let login = DatabaseLogin { valid_until: far(), ..Entry::sample().database.expect("has one") };
    let client = ApiClient::new(&api_url, None).expect("a client");
    Account::new(client, signed_in(0, far()), Some(login), keep).store().await;
    assert_eq!(keychain.read("one").await, Ok(None), "nothing outlives the window");

    let (id, name, kind) = ("one".to_owned(), "One".to_owned(), contract::ipc::EnvironmentKind::Staging);
    let environment = contract::ipc::Environment { id, name, kind, api_url, authority: None };
    let Restored::Yes(session) = from_kept(&environment, &keychain).await else { panic!("is signed in") };
    assert!(session.account.session_only());
    assert_eq!(session.account.unkept(), None, "as the person asked");
    assert_eq!(keychain.read("one").await, Ok(None), "and still nothing does");
    session.account.forget().await;
    assert!(matches!(from_kept(&environment, &keychain).await, Restored::Nothing));
}
