//! What time it is for the API. What it gives out ends by its clock, and this machine's may be wrong by hours.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Response, header::DATE};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// How many seconds the API's clock is ahead of this machine's, as its last answer told; none before the first.
#[derive(Clone, Debug, Default)]
pub struct TheirClock(Arc<AtomicI64>);

impl TheirClock {
    /// Takes the time from an answer. It is old by as long as the answer was on its way: some seconds at the most.
    pub fn hear(&self, answer: &Response) {
        let said = answer.headers().get(DATE).and_then(|value| value.to_str().ok());
        if let Some(theirs) = said.and_then(|text| DateTime::parse_from_rfc2822(text).ok()) {
            let ahead = theirs.to_utc() - crate::clock::now();
            self.0.store(ahead.num_seconds(), Ordering::Relaxed);
        }
    }

    /// Now, by the API's clock.
    pub fn now(&self) -> DateTime<Utc> {
        crate::clock::now() + TimeDelta::seconds(self.0.load(Ordering::Relaxed))
    }
}
