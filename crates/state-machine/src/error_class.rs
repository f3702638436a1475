//! Why an attempt failed, as a word: what people and rules do about it depends on nothing finer.

use crate::words::words;

words! {
    /// The class of a job's last error (`background_jobs.error_class`).
    pub enum ErrorClass {
        /// No connection to the demo service, or it broke off.
        Unreachable = "unreachable",
        /// The demo service did not answer in time.
        Timeout = "timeout",
        /// The demo service was asked and said: not now, or that it has a fault of its own (429, 5xx).
        Refused = "refused",
        /// The demo service answered what nobody can read.
        Nonsense = "nonsense",
        /// The demo service refused the request itself (4xx): asking again cannot help.
        Rejected = "rejected",
        /// Our own database could not be written.
        Database = "database",
        /// A fault of ours: the handler panicked.
        Internal = "internal",
        /// The lease ran out: the worker was lost while it worked.
        WorkerLost = "worker_lost",
        /// The attempt took longer than its limit.
        Deadline = "deadline",
    }
}

impl ErrorClass {
    /// The error lies with the demo service, and passes when the service is well again.
    pub const fn is_of_the_service(self) -> bool {
        matches!(self, Self::Unreachable | Self::Timeout | Self::Refused | Self::Nonsense)
    }

    /// What it says differs from time to time, so that no rule can have plain words for it.
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Nonsense | Self::Rejected | Self::Database | Self::Internal)
    }
}
