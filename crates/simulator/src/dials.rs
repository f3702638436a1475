//! The dials: how slow and how unreliable the service plays.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The error statuses that a real service of this kind answers with.
const ERROR_STATUSES: [u16; 5] = [429, 500, 502, 503, 504];
const LATENCY_MS_MAX: u64 = 600_000;

/// Every dial. Rates are probabilities per request, drawn independently and in this order:
/// hang, error, nonsense, lost reply; the first that comes up is played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dials {
    /// Least and most milliseconds before an answer.
    pub latency_ms: (u64, u64),
    /// Share of requests refused before any work.
    pub error_rate: f64,
    /// Status of those refusals: 429, 500, 502, 503 or 504.
    pub error_status: u16,
    /// `Retry-After` seconds sent with 429 and 503.
    pub retry_after_s: u32,
    /// Share of requests that never get an answer, before any work.
    pub hang_rate: f64,
    /// Share of requests whose work is done and whose connection is then cut without an answer.
    pub lost_reply_rate: f64,
    /// Share of requests answered 200 with HTML or wrong JSON, before any work.
    pub nonsense_rate: f64,
    /// Share of new profiles that stop growing part way, for ever.
    pub stall_rate: f64,
    /// New work is refused with 422 and these words. Work already begun goes on.
    pub refuse: Option<String>,
    /// How long work takes: 1.0 is 60–120 s for a profile, 0.01 a hundredth of it.
    pub pace: f64,
}

impl Default for Dials {
    /// No latency and no faults, at pace 1.
    fn default() -> Self {
        Self {
            latency_ms: (0, 0),
            error_rate: 0.0,
            error_status: 503,
            retry_after_s: 1,
            hang_rate: 0.0,
            lost_reply_rate: 0.0,
            nonsense_rate: 0.0,
            stall_rate: 0.0,
            refuse: None,
            pace: 1.0,
        }
    }
}

/// A dial out of its range, or a body that is no set of dials.
#[derive(Debug, PartialEq, Eq)]
pub struct DialsError(pub(crate) String);

impl std::fmt::Display for DialsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DialsError {}

/// A named set of dials. A preset leaves the pace as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Answers in 5–40 ms, no faults.
    Healthy,
    /// Answers in 1.5–6 s.
    Slow,
    /// A third of the requests fail with 503, some replies are lost.
    Flaky,
    /// Every request fails with 503.
    Down,
    /// No request is ever answered.
    Hanging,
    /// Every answer is 200 with HTML or wrong JSON.
    Nonsense,
    /// Half of the replies are lost after the work is done.
    Lossy,
    /// New work is refused with 422.
    Refusing,
}

impl Preset {
    /// The preset's dials, at this pace.
    pub fn dials(self, pace: f64) -> Dials {
        let healthy = Dials { latency_ms: (5, 40), pace, ..Dials::default() };
        match self {
            Self::Healthy => healthy,
            Self::Slow => Dials { latency_ms: (1_500, 6_000), ..healthy },
            Self::Flaky => Dials { latency_ms: (20, 400), error_rate: 0.33, lost_reply_rate: 0.1, ..healthy },
            Self::Down => Dials { error_rate: 1.0, retry_after_s: 5, ..healthy },
            Self::Hanging => Dials { hang_rate: 1.0, ..healthy },
            Self::Nonsense => Dials { nonsense_rate: 1.0, ..healthy },
            Self::Lossy => Dials { lost_reply_rate: 0.5, ..healthy },
            Self::Refusing => {
                Dials { refuse: Some("The demo service takes no new work for this account".to_owned()), ..healthy }
            }
        }
    }
}

impl Dials {
    /// Refuses what cannot be played.
    pub(crate) fn checked(self) -> Result<Self, DialsError> {
        let rates = [
            ("error_rate", self.error_rate),
            ("hang_rate", self.hang_rate),
            ("lost_reply_rate", self.lost_reply_rate),
            ("nonsense_rate", self.nonsense_rate),
            ("stall_rate", self.stall_rate),
        ];
        if let Some((name, _)) = rates.iter().find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            return Err(DialsError(format!("{name} must be between 0 and 1")));
        }
        let (least, most) = self.latency_ms;
        if least > most || most > LATENCY_MS_MAX {
            return Err(DialsError(format!("latency_ms must be [least, most] with least ≤ most ≤ {LATENCY_MS_MAX}")));
        }
        if !ERROR_STATUSES.contains(&self.error_status) {
            return Err(DialsError(format!("error_status must be one of {ERROR_STATUSES:?}")));
        }
        if !(0.0001..=10_000.0).contains(&self.pace) {
            return Err(DialsError("pace must be between 0.0001 and 10000".to_owned()));
        }
        Ok(self)
    }

    /// The body of `PUT /dials`: the dials to change, over the named `preset` if there is one,
    /// else over the dials as they are.
    pub(crate) fn changed_by(&self, body: Value) -> Result<Self, DialsError> {
        let Value::Object(mut wanted) = body else {
            return Err(DialsError("the body must be a JSON object".to_owned()));
        };
        let wrong = |error: serde_json::Error| DialsError(error.to_string());
        let base = match wanted.remove("preset") {
            None => self.clone(),
            Some(name) => serde_json::from_value::<Preset>(name).map_err(wrong)?.dials(self.pace),
        };
        let mut all = serde_json::to_value(base).map_err(wrong)?;
        if let Value::Object(all) = &mut all {
            all.extend(wanted);
        }
        serde_json::from_value::<Self>(all).map_err(wrong)?.checked()
    }
}
