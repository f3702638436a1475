//! Plays customers on a local stack: signs in as one of the seeded ones, and turns demo mode on or off, so that jobs move.

use crate::{cli::DEMO_PASSWORD, shutdown, worker::duration};
use anyhow::{Context, ensure};
use contract::{
    auth::SignedIn,
    customer::{DemoStatus, presets},
};
use rand::seq::IndexedRandom;
use reqwest::{Client, Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use state_machine::DemoModeStatus;
use std::time::Duration;

/// The shortest pause between two customers.
const PAUSE_MIN: Duration = Duration::from_millis(200);
/// The customers that `migrate seed --demo-data` leaves to this.
const CUSTOMERS: [&str; 11] =
    ["ben", "chloe", "dmitri", "elif", "farah", "grzegorz", "hana", "ines", "jonas", "keiko", "luca"];
const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
];

/// `repruv-server life`.
#[derive(Clone, Debug, clap::Args)]
pub struct LifeSettings {
    /// Base URL of the API
    #[arg(long, env = "API_URL")]
    pub api_url: String,
    /// Pause between two customers: 500ms, 8s, 2m
    #[arg(long, default_value = "8s", value_parser = duration)]
    pub every: Duration,
}

/// Plays until SIGTERM or SIGINT. Trouble of one customer is logged and the next one comes.
///
/// # Errors
/// When the HTTP client cannot be made.
pub async fn run(settings: LifeSettings) -> anyhow::Result<()> {
    let http = Client::builder().timeout(Duration::from_secs(20)).build().context("no HTTP client")?;
    let visitor = Visitor { http, api: format!("{}/api/v1", settings.api_url.trim_end_matches('/')) };
    let mut requests = shutdown::Requests::listen();
    let played = async {
        loop {
            let name = CUSTOMERS.choose(&mut rand::rng()).copied().unwrap_or(CUSTOMERS[0]);
            match visitor.visit(&format!("{name}@repruv.test")).await {
                Ok(done) => tracing::info!("{name} {done}"),
                Err(error) => tracing::warn!("{name} had trouble: {error:#}"),
            }
            tokio::time::sleep(settings.every.max(PAUSE_MIN)).await;
        }
    };
    tokio::select! {
        () = played => {}
        () = requests.next() => {}
    }
    Ok(())
}

struct Visitor {
    http: Client,
    api: String,
}

impl Visitor {
    /// One visit: sign in, look, change something, sometimes sign out.
    async fn visit(&self, email: &str) -> anyhow::Result<&'static str> {
        let login = json!({ "email": email, "password": DEMO_PASSWORD });
        let signed_in: SignedIn = self.ask(Method::POST, "/auth/login", None, Some(login)).await?;
        let token = Some(signed_in.tokens.access_token.as_str());
        let status: DemoStatus = self.ask(Method::GET, "/demo/status", token, None).await?;
        let done = match status.status {
            DemoModeStatus::Disabled => self.enable(token).await?,
            DemoModeStatus::Failed if status.profile_id.is_none() => {
                self.ask::<Value>(Method::POST, "/demo/dismiss", token, None).await?;
                self.enable(token).await?
            }
            DemoModeStatus::Enabled | DemoModeStatus::Failed => {
                self.ask::<Value>(Method::POST, "/demo/disable", token, None).await?;
                "turns demo mode off"
            }
            DemoModeStatus::Enabling | DemoModeStatus::Disabling => "waits",
        };
        if rand::random_bool(0.7) {
            self.send(Method::POST, "/auth/logout", token, None).await?;
        }
        Ok(done)
    }

    async fn enable(&self, token: Option<&str>) -> anyhow::Result<&'static str> {
        let preset = presets().choose(&mut rand::rng()).map(|preset| preset.id.clone());
        let body = json!({ "profile": { "preset": preset } });
        self.ask::<Value>(Method::POST, "/demo/enable", token, Some(body)).await?;
        Ok("turns demo mode on")
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> anyhow::Result<T> {
        Ok(self.send(method, path, token, body).await?.json().await?)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> anyhow::Result<reqwest::Response> {
        let agent = AGENTS.choose(&mut rand::rng()).copied().unwrap_or_default();
        let mut request = self.http.request(method, format!("{}{path}", self.api)).header("user-agent", agent);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        ensure!(status.is_success() || status == StatusCode::CONFLICT, "{path}: {status}");
        Ok(answer)
    }
}
