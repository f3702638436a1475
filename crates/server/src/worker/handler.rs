//! What a job type must bring: a handler that does the work with no transaction open.

use super::service_health::Seen;
use state_machine::{ErrorClass, JobType};
use std::{collections::HashMap, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};
use store::{Store, StoreError, engine::ClaimedJob};
use tokio_util::sync::CancellationToken;

/// What came of the work.
pub type JobResult = Result<serde_json::Value, JobError>;

/// Why the work did not come to its end.
#[derive(Debug)]
pub enum JobError {
    /// Worth another attempt.
    Retry {
        /// For people: what happened and what to do.
        error: String,
        /// The same for programs.
        class: ErrorClass,
        /// The service asked to wait this long.
        retry_after: Option<Duration>,
    },
    /// Worth another attempt, and an effect may exist that is not known yet: even a requested stop waits for it.
    Unsettled {
        /// For people: what happened and what to do.
        error: String,
        /// The same for programs.
        class: ErrorClass,
    },
    /// Another attempt cannot help.
    Permanent {
        /// For people: what happened and what to do.
        error: String,
        /// The same for programs.
        class: ErrorClass,
    },
    /// The handler panicked: a fault of ours. Worth another attempt.
    Panicked,
    /// The handler had not answered when its time was over. Worth another attempt.
    TookTooLong,
    /// Stopped because a stop was asked for.
    Cancelled {
        /// Removal had begun.
        touched: bool,
    },
    /// Stopped because this worker ends or has lost the lease.
    Stopped,
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost { .. } => Self::Stopped,
            other => {
                tracing::warn!(error = %other, "A job could not write");
                Self::Retry {
                    error: "Our own database could not be written. It is tried again.".into(),
                    class: ErrorClass::Database,
                    retry_after: None,
                }
            }
        }
    }
}

/// What a handler works with.
#[derive(Clone)]
pub struct JobContext {
    /// The job in hand.
    pub job: ClaimedJob,
    /// For progress and for remembering what was made.
    pub store: Store,
    /// A stop was asked for: wind up and answer [`JobError::Cancelled`].
    pub cancelled: CancellationToken,
    /// This worker ends or the lease is lost: answer [`JobError::Stopped`] at once.
    pub stopped: CancellationToken,
}

impl JobContext {
    /// The key under which every external effect of this job is made, at every attempt.
    pub fn effect_key(&self) -> String {
        self.job.lease.job_id.to_string()
    }

    /// Shows how far the work is.
    ///
    /// # Errors
    /// [`JobError::Stopped`] when the lease is lost.
    pub async fn progress(&self, percent: u8, step: &str) -> Result<(), JobError> {
        match self.store.report_progress(&self.job.lease, percent, step).await {
            // Not worth failing an attempt for; the lease decides.
            Err(StoreError::Unavailable(error)) => {
                tracing::debug!(error, "Progress not written");
                Ok(())
            }
            other => Ok(other?),
        }
    }
}

/// The work of one job type. Called again after a crash: every step must bear being done twice.
pub trait JobHandler: Send + Sync + 'static {
    /// Which type.
    fn job_type(&self) -> JobType;

    /// Does the work.
    fn run(&self, context: JobContext) -> impl Future<Output = JobResult> + Send;
}

type Boxed = Arc<dyn Fn(JobContext) -> Pin<Box<dyn Future<Output = JobResult> + Send>> + Send + Sync>;

/// The job types that this worker can run.
#[derive(Clone, Default)]
pub struct Handlers {
    run: HashMap<JobType, Boxed>,
    service: Option<Seen>,
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.run.keys()).finish()
    }
}

impl Handlers {
    /// Adds one; replaces an earlier one of the same type.
    #[must_use]
    pub fn with(mut self, handler: impl JobHandler) -> Self {
        let (job_type, handler) = (handler.job_type(), Arc::new(handler));
        let run: Boxed = Arc::new(move |context| {
            let handler = handler.clone();
            Box::pin(async move { handler.run(context).await })
        });
        self.run.insert(job_type, run);
        self
    }

    /// The worker writes down what is seen of the demo service here.
    #[must_use]
    pub fn reporting(self, seen: &Seen) -> Self {
        Self { service: Some(seen.clone()), ..self }
    }

    /// The types, sorted.
    pub fn types(&self) -> Vec<JobType> {
        let mut types: Vec<_> = self.run.keys().copied().collect();
        types.sort_unstable();
        types
    }

    pub(crate) fn get(&self, job_type: JobType) -> Option<&Boxed> {
        self.run.get(&job_type)
    }

    pub(crate) const fn service(&self) -> Option<&Seen> {
        self.service.as_ref()
    }
}
