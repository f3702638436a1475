//! The demo service, over HTTP: make a profile, remove a profile, both idempotent by key.

use super::service_health::Seen;
use reqwest::{Client, RequestBuilder, StatusCode, Url, header::RETRY_AFTER};
use serde::{Deserialize, de::DeserializeOwned};
use state_machine::ErrorClass;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// A whole answer must be here within this.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// An answer of the demo service is small; more than this is nonsense.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

const NO_CONNECTION: &str = "no connection";
const NO_ANSWER: &str = "no answer in time";

/// The client.
#[derive(Clone, Debug)]
pub struct DemoService {
    base: Url,
    http: Client,
    seen: Seen,
}

/// A profile as it stands.
#[derive(Clone, Debug, Deserialize)]
pub struct ProfileState {
    /// Its id there.
    pub profile_id: String,
    /// `generating` or `ready`.
    pub status: String,
    /// 0 to 100.
    pub progress: u8,
    /// For people.
    #[serde(default)]
    pub step: Option<String>,
    /// What it holds.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
}

/// A removal as it stands.
#[derive(Clone, Debug, Deserialize)]
pub struct Removal {
    /// `deleting` or `deleted`.
    pub status: String,
    /// 0 to 100.
    #[serde(default)]
    pub progress: u8,
    /// For people.
    #[serde(default)]
    pub step: Option<String>,
    /// What was removed.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
}

/// Why the demo service did not do it, in words that staff can act on.
#[derive(Debug, thiserror::Error)]
pub enum DemoServiceError {
    /// No connection, or no answer in time.
    #[error("The demo service cannot be reached ({0}). Check that it is running, then retry.")]
    Unreachable(&'static str),
    /// 5xx or 429.
    #[error("The demo service reported a fault ({status}). Retry once it has recovered.")]
    Unwell {
        /// The answer's status.
        status: u16,
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
    /// An answer that makes no sense.
    #[error("The demo service answered nonsense ({0}). Tell its operators; a retry may help.")]
    Nonsense(&'static str),
    /// 4xx: asking again cannot help.
    #[error("The demo service refused: {message}. Change the profile choice and enable again.")]
    Refused {
        /// The answer's status.
        status: u16,
        /// Its words.
        message: String,
    },
}

impl DemoServiceError {
    /// For the metrics.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Unwell { .. } => "unwell",
            Self::Nonsense(_) => "nonsense",
            Self::Refused { .. } => "refused",
        }
    }

    /// For rules and people.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Unreachable(why) if *why == NO_ANSWER => ErrorClass::Timeout,
            Self::Unreachable(_) => ErrorClass::Unreachable,
            Self::Unwell { .. } => ErrorClass::Refused,
            Self::Nonsense(_) => ErrorClass::Nonsense,
            Self::Refused { .. } => ErrorClass::Rejected,
        }
    }

    /// Asking again cannot help.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// What was asked for may have been done all the same.
    pub fn may_have_done(&self) -> bool {
        match self {
            Self::Unreachable(why) => *why != NO_CONNECTION,
            Self::Unwell { status, .. } => !matches!(status, 429 | 503), // these say: not now
            Self::Nonsense(_) => true,
            Self::Refused { .. } => false,
        }
    }

    /// How long the service asked to wait, at most ten minutes.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unwell { retry_after, .. } => retry_after.map(|wait| wait.min(Duration::from_secs(600))),
            _ => None,
        }
    }
}

impl DemoService {
    /// A client of the service at `base_url`.
    ///
    /// # Errors
    /// For a URL that is not http or https.
    pub fn new(base_url: &str) -> anyhow::Result<Self> {
        let base = Url::parse(base_url)?;
        anyhow::ensure!(matches!(base.scheme(), "http" | "https"), "`{base_url}` is neither http nor https");
        let _ = rustls::crypto::ring::default_provider().install_default(); // already there: fine
        let http = Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .timeout(ANSWER_TIMEOUT)
            .pool_idle_timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { base, http, seen: Seen::default() })
    }

    /// What this client and its clones have seen of the service.
    pub const fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Makes the profile of `key`, or says how far it is when it was asked for before.
    ///
    /// # Errors
    /// [`DemoServiceError`]; the profile may exist all the same when the answer was lost.
    pub async fn create(&self, key: &str, choice: &serde_json::Value) -> Result<ProfileState, DemoServiceError> {
        let request = self.http.post(self.url(&["profiles"])).header("Idempotency-Key", key).json(choice);
        let state: ProfileState = self.ask(request).await?.ok_or(DemoServiceError::Nonsense("no such resource"))?;
        if state.profile_id.is_empty() || state.profile_id.len() > 64 || state.progress > 100 {
            return Err(DemoServiceError::Nonsense("a profile out of range"));
        }
        if !matches!(state.status.as_str(), "generating" | "ready") {
            return Err(DemoServiceError::Nonsense("an unknown profile status"));
        }
        Ok(state)
    }

    /// How the profile of this id stands. `None`: there is no such profile, or it is being removed. Changes nothing there.
    ///
    /// # Errors
    /// [`DemoServiceError`]: then nothing is known of it.
    pub async fn find(&self, profile_id: &str) -> Result<Option<ProfileState>, DemoServiceError> {
        let found: Option<ProfileState> = match self.ask(self.http.get(self.url(&["profiles", profile_id]))).await {
            Err(DemoServiceError::Refused { status: 410, .. }) => None,
            other => other?,
        };
        match &found {
            Some(state) if state.profile_id != profile_id => Err(DemoServiceError::Nonsense("another profile")),
            Some(state) if !matches!(state.status.as_str(), "generating" | "ready") || state.progress > 100 => {
                Err(DemoServiceError::Nonsense("an unknown profile status"))
            }
            _ => Ok(found),
        }
    }

    /// Removes a profile, or says how far its removal is. `None`: there is no such profile (any more).
    ///
    /// # Errors
    /// [`DemoServiceError`]; removal may have begun all the same.
    pub async fn delete(&self, key: &str, profile_id: &str) -> Result<Option<Removal>, DemoServiceError> {
        let url = self.url(&["profiles", profile_id]);
        let removal: Option<Removal> = self.ask(self.http.delete(url).header("Idempotency-Key", key)).await?;
        match &removal {
            Some(r) if !matches!(r.status.as_str(), "deleting" | "deleted") => {
                Err(DemoServiceError::Nonsense("an unknown removal status"))
            }
            _ => Ok(removal),
        }
    }

    fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments); // escapes what a hostile id might contain
        }
        url
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<Option<T>, DemoServiceError> {
        let began = Instant::now();
        let answer = Self::answer(request).await;
        self.seen.answered(began, answer.as_ref().err());
        if let Err(error) = &answer {
            metrics::counter!("repruv_demo_service_errors_total", "kind" => error.kind()).increment(1);
        }
        answer
    }

    async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<Option<T>, DemoServiceError> {
        let mut answer = request.send().await.map_err(|error| DemoServiceError::Unreachable(why(&error)))?;
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| DemoServiceError::Unreachable(why(&error)))? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(DemoServiceError::Nonsense("an endless answer"));
            }
            body.extend_from_slice(&chunk);
        }
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            s if s.is_success() => {
                serde_json::from_slice(&body).map(Some).map_err(|_| DemoServiceError::Nonsense("not the agreed JSON"))
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                Err(DemoServiceError::Unwell { status: status.as_u16(), retry_after })
            }
            s if s.is_client_error() => Err(DemoServiceError::Refused { status: s.as_u16(), message: refusal(&body) }),
            s => Err(DemoServiceError::Unwell { status: s.as_u16(), retry_after }),
        }
    }
}

fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        NO_ANSWER
    } else if error.is_connect() {
        NO_CONNECTION
    } else {
        "the connection broke off"
    }
}

/// The service's own words, cut to what fits a line.
fn refusal(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Words {
        message: String,
    }
    serde_json::from_slice::<Words>(body)
        .map(|words| words.message.trim_end_matches('.').chars().take(200).collect())
        .unwrap_or_else(|_| "without saying why".into())
}
