//! A running simulator and a client that speaks to it over real HTTP.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure here is the test's failure")]

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use simulator::{Dials, Simulator};
use std::time::{Duration, Instant};

pub struct Demo {
    pub simulator: Simulator,
    pub client: Client,
}

/// A profile takes about 30 ms, no latency, no faults.
pub fn quick() -> Dials {
    Dials { pace: 0.000_4, ..Dials::default() }
}

/// A profile takes hours: it stays where it is.
pub fn frozen() -> Dials {
    Dials { pace: 10_000.0, ..Dials::default() }
}

impl Demo {
    pub async fn start(dials: Dials) -> Self {
        let seed = 11;
        let listen = "127.0.0.1:0".parse().unwrap();
        let simulator = Simulator::start_seeded(listen, dials, seed).await.unwrap();
        // Another test may have installed it: both are the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        Self { simulator, client }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.simulator.base_url());
        self.client.request(method, url)
    }

    pub fn creating(&self, key: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/profiles").header("idempotency-key", key).json(body)
    }

    pub fn deleting(&self, key: &str, id: &str) -> RequestBuilder {
        self.request(Method::DELETE, &format!("/profiles/{id}")).header("idempotency-key", key)
    }

    pub async fn create(&self, key: &str) -> (u16, Value) {
        answer(self.creating(key, &creator()).send().await.unwrap()).await
    }

    pub async fn delete(&self, key: &str, id: &str) -> (u16, Value) {
        answer(self.deleting(key, id).send().await.unwrap()).await
    }

    /// Repeats the same request until it is ready, as a worker does.
    pub async fn create_until_ready(&self, key: &str) -> Vec<Value> {
        let mut seen = Vec::new();
        let limit = Instant::now() + Duration::from_secs(10);
        while seen.last().is_none_or(|last: &Value| last["status"] != "ready") {
            assert!(Instant::now() < limit, "not ready: {seen:?}");
            seen.push(self.create(key).await.1);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        seen
    }
}

pub async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

pub fn creator() -> Value {
    json!({ "profile_type": "creator", "niche": "travel", "preset": "Mid-Tier Creator" })
}
