//! The backend's API over HTTP: every change goes through here.

mod answer;
mod their_clock;
mod trust;

pub use answer::{ApiFailure, in_words, not_sent, to_ipc};
pub use trust::words as untrusted;

use crate::{
    authority,
    environments::{address, is_loopback},
    failure::{Answer, internal},
    pending::Command,
};
use chrono::{DateTime, Utc};
use contract::{
    access::StaffLogin,
    auth::{DatabaseLogin, RefreshRequest, StaffSignedIn},
    members::StaffMembers,
    sessions::SessionProbe,
    staff::CommandSettled,
};
use reqwest::{Method, RequestBuilder, Url};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;
use their_clock::TheirClock;
use tracing::{Instrument, info_span, warn};
use uuid::Uuid;

const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);

/// A client of one environment.
#[derive(Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    base: Url,
    clock: TheirClock,
}

impl ApiClient {
    /// `api_url` is checked again here: nothing is sent to an address that is neither `https` nor this machine. `authority`: PEM,
    /// whose certificates are trusted besides those that this machine trusts.
    pub fn new(api_url: &str, authority: Option<&str>) -> Answer<Self> {
        let base = address(api_url)?;
        let local = is_loopback(&base);
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(ANSWER_PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .https_only(!local)
            .tls_certs_merge(authority::certificates(authority)?)
            .user_agent(concat!("repruv-ops/", env!("CARGO_PKG_VERSION")));
        if local {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| internal("Preparing the connection to the API", error))?;
        Ok(Self { http, base, clock: TheirClock::default() })
    }

    /// Now, by the API's clock, once it has answered; by this machine's until then. What the API gives out ends by its own.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Signs a person in.
    pub async fn login(&self, email: &str, password: &str, code: Option<&str>) -> Result<StaffSignedIn, ApiFailure> {
        let body = StaffLogin { email: email.into(), password: password.into(), code: code.map(Into::into) };
        self.send(self.post("auth/login").json(&body)).await
    }

    /// Asks something of a person's own account: another password, a second factor. Such a body may hold a secret: it is kept
    /// nowhere and sent once.
    pub async fn account<T: DeserializeOwned>(
        &self,
        access_token: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ApiFailure> {
        self.send(self.post(&format!("auth/{path}")).bearer_auth(access_token).json(body)).await
    }

    /// Everybody who operates.
    pub async fn members(&self, access_token: &str) -> Result<StaffMembers, ApiFailure> {
        let request = self.http.request(Method::GET, self.at("api/v1/staff/members"));
        self.send(request.bearer_auth(access_token)).await
    }

    /// What would become of a customer's session's tokens now.
    pub async fn probe_session(&self, access_token: &str, id: Uuid) -> Result<SessionProbe, ApiFailure> {
        let request = self.http.request(Method::GET, self.at(&format!("api/v1/staff/sessions/{id}/probe")));
        self.send(request.bearer_auth(access_token)).await
    }

    /// A new pair of tokens. May be asked again with the same token when the answer was lost.
    pub async fn refresh(&self, refresh_token: &str) -> Result<StaffSignedIn, ApiFailure> {
        let body = RefreshRequest { refresh_token: Some(refresh_token.into()) };
        self.send(self.post("auth/refresh").json(&body)).await
    }

    /// Ends the session of a token, and the database login made for it.
    pub async fn logout(&self, access_token: &str) -> Result<Value, ApiFailure> {
        self.send(self.post("auth/logout").bearer_auth(access_token).json(&serde_json::json!({}))).await
    }

    /// A database login of this person's own.
    pub async fn database_login(&self, access_token: &str) -> Result<DatabaseLogin, ApiFailure> {
        self.send(self.post("database-login").bearer_auth(access_token).json(&serde_json::json!({}))).await
    }

    /// Sends a command. Repeating it under the same key does not do it twice.
    pub async fn command(&self, access_token: &str, command: &Command) -> Result<Value, ApiFailure> {
        let mut request = self
            .post(&command.path)
            .bearer_auth(access_token)
            .header("Idempotency-Key", command.id.to_string())
            .json(&command.body);
        if let Some(version) = command.version {
            request = request.header("If-Match", format!("\"{version}\""));
        }
        self.send(request).await
    }

    /// What became of a command of this person's. One that was not done never will be after this.
    pub async fn settle(&self, access_token: &str, command_id: Uuid) -> Result<CommandSettled, ApiFailure> {
        let path = format!("commands/{command_id}/settle");
        self.send(self.post(&path).bearer_auth(access_token).json(&serde_json::json!({}))).await
    }

    /// Whether our API answers there, in words.
    pub async fn check(&self) -> Result<String, ApiFailure> {
        let healthy = answer::text(self.http.request(Method::GET, self.at("healthz")), &self.clock).await?;
        if healthy.trim() == "ok" { Ok("The API answers.".into()) } else { Err(ApiFailure::NotOurs) }
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http.request(Method::POST, self.at(&format!("api/v1/staff/{path}")))
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ApiFailure> {
        let request_id = crate::ids::new().to_string();
        let span = info_span!("api", %request_id);
        let request = request.header("X-Request-Id", &request_id);
        let answer = async move {
            answer::read(request, &self.clock).await.inspect_err(|failure| warn!("No good answer: {failure:?}"))
        };
        answer.instrument(span).await
    }
}

/// The body of a command as it is kept and sent.
pub fn body(of: &impl Serialize) -> Answer<Value> {
    serde_json::to_value(of).map_err(|error| internal("Writing the command", error))
}

#[cfg(test)]
pub mod tests;
