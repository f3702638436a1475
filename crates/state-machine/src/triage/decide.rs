//! The decision list.

use super::{CaseFacts, Cause, Certainty, Evidence, EvidenceSource, Gravity, Verdict};

/// The one cause of a case, with its evidence and at most one safe fix. Total: it answers every case.
pub fn diagnose(case: &CaseFacts) -> Verdict {
    Verdict {
        cause: Cause::Unknown,
        certainty: Certainty::Unknown,
        gravity: Gravity::Act,
        title: "No rule explains this".into(),
        explanation: "Pass it to engineering with the evidence below.".into(),
        customer_sees: case.user.as_ref().map(|user| user.demo.customer_sees().into()),
        evidence: vec![Evidence {
            source: EvidenceSource::Queue,
            says: format!("Queue {}.", case.queue.name),
            age_s: None,
        }],
        fix: None,
        mends_itself_in_s: None,
        since_s: None,
    }
}
