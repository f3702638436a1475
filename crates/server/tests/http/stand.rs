//! A server of its own for each test, and a client that keeps what it was answered.

use repruv_server::serve::{SecondPersonOver, ServeSettings, Server};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use testkit::{
    Role, TestDb,
    factories::{self, TestStaff},
    new_id,
};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

pub struct Stand {
    pub db: TestDb,
    pub http: Client,
    pub base: String,
    _server: Hosted,
}

/// A server on threads of its own, as in life. On the test's thread it could be stopped in the midst of a handshake with
/// PostgreSQL when the test ends and its database is dropped, which the drop would wait for.
pub struct Hosted {
    server: Option<Server>,
    runtime: Option<Runtime>,
}

impl Hosted {
    pub fn address(&self) -> SocketAddr {
        self.server.as_ref().expect("runs").address()
    }

    /// Stops it as SIGTERM does.
    pub async fn stop(mut self) {
        let server = self.server.take().expect("runs");
        let runtime = self.runtime.as_ref().expect("runs");
        runtime.spawn(server.stop()).await.expect("joined").expect("a clean stop");
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background(); // waiting is not allowed within a test's own runtime
        }
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    pub async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.expect("a body");
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        Self { status, headers, body }
    }

    /// Fails with the whole answer.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// Fails unless it is a refusal of this status and code in the shape that every refusal has.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.text("code"), code, "{reply:?}");
        assert!(reply.text("message").len() > 5, "{reply:?}");
        assert_eq!(reply.text("request_id"), reply.header("x-request-id"), "{reply:?}");
        reply
    }

    #[track_caller]
    pub fn text(&self, field: &str) -> &str {
        self.body[field].as_str().unwrap_or_else(|| panic!("no text `{field}` in {self:?}"))
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("no header {name} in {self:?}"));
        value.to_str().expect("text")
    }

    pub fn access(&self) -> String {
        self.body["tokens"]["access_token"].as_str().expect("an access token").into()
    }

    pub fn refresh(&self) -> String {
        self.body["tokens"]["refresh_token"].as_str().expect("a refresh token").into()
    }
}

/// A server over `database_url`.
pub async fn serve(database_url: String) -> Hosted {
    serve_with(settings(database_url)).await
}

pub async fn serve_with(settings: ServeSettings) -> Hosted {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let server = runtime.spawn(Server::start(settings)).await.expect("joined").expect("a server");
    Hosted { server: Some(server), runtime: Some(runtime) }
}

pub fn settings(database_url: String) -> ServeSettings {
    ServeSettings {
        database_url,
        listen: "127.0.0.1:0".parse().expect("an address"),
        reader: None,
        allowed_origins: vec!["https://app.repruv.test".into()],
        connections_max: 200,
        database_connections: 8,
        // Patient: the machine that runs the tests may be busy with others.
        database_wait: Duration::from_secs(10),
        staff_access_life: Duration::from_secs(900),
        database_login_life: Duration::from_secs(8 * 3_600),
        require_second_factor: false,
        second_factor_keys: Some(keys_file(&["now"])),
        shared_reader: None,
        demo_service_url: None,
        second_person_over: SecondPersonOver(None),
        bulk_items_per_second: 1_000,
        staff_requests_per_minute: std::num::NonZeroU32::MAX,
        failures_per_address: 50,
    }
}

/// A file of keys for second factors; each name has its key, whatever file it stands in.
pub fn keys_file(names: &[&str]) -> PathBuf {
    let file =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("keys-{}-{}", names.join("-"), new_id().simple()));
    let line = |name: &&str| {
        let key: String = (0..32_u8).map(|at| format!("{:02x}", at.wrapping_mul(7) ^ name.as_bytes()[0])).collect();
        format!("{name} {key}\n")
    };
    std::fs::write(&file, names.iter().map(line).collect::<String>()).expect("written");
    file
}

pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

impl Stand {
    pub async fn new() -> Self {
        let db = TestDb::new().await;
        let server = serve(db.url(Role::Api)).await;
        Self::over(db, server)
    }

    /// Where a second person is asked for: above twenty changes, and for what nobody decides alone.
    pub async fn by_two() -> Self {
        let db = TestDb::new().await;
        let second_person_over = SecondPersonOver(Some(20));
        let server = serve_with(ServeSettings { second_person_over, ..settings(db.url(Role::Api)) }).await;
        Self::over(db, server)
    }

    /// Over a server with settings of its own.
    pub fn over(db: TestDb, server: Hosted) -> Self {
        let base = format!("http://{}", server.address());
        Self { db, http: client(), base, _server: server }
    }

    pub fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        Reply::of(self.request(Method::GET, path, token)).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::POST, path, token).json(&body)).await
    }

    pub async fn login(&self, email: &str) -> Reply {
        self.post("/auth/login", "", json!({ "email": email, "password": factories::PASSWORD })).await
    }

    /// A signed-in member of the staff.
    pub async fn staff(&self, member: TestStaff) -> String {
        let body = json!({ "email": member.email, "password": factories::PASSWORD });
        self.post("/staff/auth/login", "", body).await.expect(200).access()
    }

    /// A signed-in member with role support.
    pub async fn support(&self) -> String {
        self.staff(factories::staff().insert(&self.db).await).await
    }

    /// A write of staff.
    pub async fn write(&self, write: Write<'_>) -> Reply {
        Reply::of(self.write_request(&write)).await
    }

    pub fn write_request(&self, write: &Write<'_>) -> RequestBuilder {
        let mut request = self.request(Method::POST, &write.path, write.token).json(&write.body);
        if let Some(key) = &write.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(version) = write.version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        request
    }

    /// A number from the database, as its owner sees it.
    pub async fn count(&self, from: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {from}"));
        sqlx::query_scalar(sql).fetch_one(self.db.owner()).await.expect(from)
    }

    pub async fn sql(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(self.db.owner()).await.expect(sql);
    }
}

/// A write of staff with all that one needs; tests leave something out or change it.
#[derive(Clone)]
pub struct Write<'t> {
    pub token: &'t str,
    pub path: String,
    pub key: Option<String>,
    pub version: Option<u32>,
    pub body: Value,
}

impl<'t> Write<'t> {
    pub fn new(token: &'t str, path: impl Into<String>, version: u32) -> Self {
        Self {
            token,
            path: path.into(),
            key: Some(new_id().to_string()),
            version: Some(version),
            body: json!({ "reason": "The customer asked" }),
        }
    }

    pub fn demo_mode(token: &'t str, user_id: Uuid, verb: &str, version: u32) -> Self {
        let write = Self::new(token, format!("/staff/users/{user_id}/demo-mode/{verb}"), version);
        if verb == "enable" { write.body(json!({ "reason": "The customer asked", "profile": {} })) } else { write }
    }

    pub fn body(self, body: Value) -> Self {
        Self { body, ..self }
    }
}
