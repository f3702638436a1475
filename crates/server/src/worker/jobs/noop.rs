//! `noop`: nothing, as fast as the engine can. Measures the engine itself.

use crate::worker::{JobContext, JobHandler, JobResult};
use state_machine::JobType;

/// Does nothing.
#[derive(Clone, Copy, Debug)]
pub struct Noop;

impl JobHandler for Noop {
    fn job_type(&self) -> JobType {
        JobType::Noop
    }

    async fn run(&self, _context: JobContext) -> JobResult {
        Ok(serde_json::Value::Null)
    }
}
