//! The work of each job type.

mod demo_disable;
mod demo_enable;
mod job_retention;
mod noop;

pub use demo_disable::DemoDisable;
pub use demo_enable::DemoEnable;
pub use job_retention::JobRetention;
pub use noop::Noop;

use super::{DemoServiceError, JobError};

impl From<DemoServiceError> for JobError {
    fn from(error: DemoServiceError) -> Self {
        let (retry_after, words) = (error.retry_after(), error.to_string());
        if error.is_permanent() { Self::Permanent { error: words } } else { Self::Retry { error: words, retry_after } }
    }
}
