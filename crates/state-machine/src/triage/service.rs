//! How the demo service answers at this moment, from what the workers saw last.

use super::{Cause, ServiceFacts};
use crate::ErrorClass;

/// What was seen longer ago says nothing about now: the longest pause between two attempts.
const RECENT_S: i64 = 600;
/// From here on an answer is slow.
const SLOW_MS: u32 = 3_000;
/// Fewer answers are no share.
const SHARE_MIN: u32 = 5;

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answers {
    /// Well.
    Well,
    /// Well, but it takes long.
    Slowly,
    /// It does not; the cause says how.
    Not(Cause),
    /// Nobody asked of late.
    Unheard,
}

impl Answers {
    /// What an error of this class says of the service; `None`: nothing.
    pub(super) const fn cause_of(class: ErrorClass) -> Option<Cause> {
        match class {
            ErrorClass::Unreachable => Some(Cause::ServiceUnreachable),
            ErrorClass::Timeout => Some(Cause::ServiceSlow),
            ErrorClass::Refused | ErrorClass::Nonsense => Some(Cause::ServiceRefusing),
            _ => None,
        }
    }
}

impl ServiceFacts {
    pub(super) fn answers(&self) -> Answers {
        let recent = |age_s: &i64| *age_s <= RECENT_S;
        let (ok_s, error_s) = (self.ok_s.filter(recent), self.error_s.filter(recent));
        let cause = self.error_class.and_then(Answers::cause_of);
        let mostly_errors = self.recent_errors >= SHARE_MIN && self.recent_errors > self.recent_ok;
        match (ok_s, error_s, cause) {
            (ok_s, Some(error_s), Some(cause)) if mostly_errors || ok_s.is_none_or(|ok_s| error_s < ok_s) => {
                Answers::Not(cause)
            }
            (Some(_), ..) if self.latency_ms.is_some_and(|ms| ms >= SLOW_MS) => Answers::Slowly,
            (Some(_), ..) => Answers::Well,
            _ => Answers::Unheard,
        }
    }

    /// It was asked of late, and answers well and fast.
    pub fn is_well(&self) -> bool {
        self.answers() == Answers::Well
    }

    /// Asking it now has a chance: nobody has seen of late that it does not answer.
    pub fn can_be_asked(&self) -> bool {
        !matches!(self.answers(), Answers::Not(_))
    }
}
