//! The work of each job type.

mod bulk;
mod demo_disable;
mod demo_enable;
mod job_retention;
mod noop;

pub use bulk::Bulk;
pub use demo_disable::DemoDisable;
pub use demo_enable::DemoEnable;
pub use job_retention::JobRetention;
pub use noop::Noop;

use super::{DemoServiceError, JobError};

impl From<DemoServiceError> for JobError {
    fn from(error: DemoServiceError) -> Self {
        let (retry_after, class, words) = (error.retry_after(), error.class(), error.to_string());
        if error.is_permanent() {
            Self::Permanent { error: words, class }
        } else {
            Self::Retry { error: words, class, retry_after }
        }
    }
}
