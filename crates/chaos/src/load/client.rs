//! A client of the API: says of every request whether it was done, refused, or is unknown.

use anyhow::Result;
use reqwest::{Client as Http, Method};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// A client that waits longer for an answer gives up.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is known of a request.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// 2xx.
    Done(Value),
    /// 4xx: it was not done, and never will be.
    Refused(u16, Value),
    /// No answer, or 5xx: perhaps.
    Unknown,
}

/// What was counted of answers.
#[derive(Default)]
pub struct Counts {
    /// 2xx of commands.
    pub done: AtomicU64,
    /// Neither 2xx nor 4xx of commands.
    pub unknown: AtomicU64,
    /// 503, each of which must say when to come back.
    pub unavailable: AtomicU64,
    /// 503 without `Retry-After`.
    pub without_retry_after: AtomicU64,
    /// 500: a fault that nobody foresaw.
    pub internal: AtomicU64,
    /// The slowest 503, in milliseconds.
    pub unavailable_ms_max: AtomicU64,
}

/// A command or a question.
#[derive(Clone, Default)]
pub struct Request<'a> {
    /// Below `/api/v1`.
    pub path: String,
    /// Bearer token; empty for somebody whom the API does not know yet.
    pub token: &'a str,
    /// `Idempotency-Key`
    pub key: Option<&'a str>,
    /// `If-Match`
    pub version: Option<i32>,
    /// The body; a question has none.
    pub body: Option<Value>,
}

/// The client.
#[derive(Clone)]
pub struct Client {
    http: Http,
    apis: Vec<String>,
    /// What was counted.
    pub counts: Arc<Counts>,
}

impl Client {
    /// A client of these API processes.
    pub fn new(apis: Vec<String>) -> Result<Self> {
        Self::patient(apis, PATIENCE)
    }

    /// A client that waits so long for an answer.
    pub fn patient(apis: Vec<String>, patience: Duration) -> Result<Self> {
        let http = Http::builder().timeout(patience).connect_timeout(Duration::from_secs(1)).build()?;
        Ok(Self { http, apis, counts: Arc::default() })
    }

    /// Asks the process with this number, counted from any.
    pub async fn send(&self, api: usize, request: &Request<'_>) -> Outcome {
        let method = if request.body.is_some() { Method::POST } else { Method::GET };
        let url = format!("{}/api/v1{}", self.apis[api % self.apis.len()], request.path);
        let mut call = self.http.request(method, url);
        if !request.token.is_empty() {
            call = call.bearer_auth(request.token);
        }
        if let Some(key) = request.key {
            call = call.header("Idempotency-Key", key);
        }
        if let Some(version) = request.version {
            call = call.header("If-Match", format!("\"{version}\""));
        }
        let command = request.body.is_some();
        if let Some(body) = &request.body {
            call = call.json(body);
        }
        let asked = Instant::now();
        let Ok(answer) = call.send().await else {
            return self.unknown(command);
        };
        let status = answer.status();
        if status.is_server_error() {
            self.count_server_error(status.as_u16(), answer.headers().contains_key("retry-after"), asked);
            return self.unknown(command);
        }
        let Ok(body) = answer.json::<Value>().await else {
            return self.unknown(command);
        };
        if status.is_success() {
            self.counts.done.fetch_add(u64::from(command), Ordering::Relaxed);
            return Outcome::Done(body);
        }
        Outcome::Refused(status.as_u16(), body)
    }

    fn unknown(&self, command: bool) -> Outcome {
        self.counts.unknown.fetch_add(u64::from(command), Ordering::Relaxed);
        Outcome::Unknown
    }

    fn count_server_error(&self, status: u16, says_when: bool, asked: Instant) {
        if status != 503 {
            self.counts.internal.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.counts.unavailable.fetch_add(1, Ordering::Relaxed);
        self.counts.unavailable_ms_max.fetch_max(ms, Ordering::Relaxed);
        self.counts.without_retry_after.fetch_add(u64::from(!says_when), Ordering::Relaxed);
    }
}
