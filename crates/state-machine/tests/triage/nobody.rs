//! What another worker would do is not promised where there is none.

use crate::stand::{enabling, with, with_job};
use state_machine::JobStatus;
use state_machine::triage::{CaseFacts, Cause, Gravity, diagnose};

fn lost() -> CaseFacts {
    with_job(enabling(JobStatus::Running), |job| job.lease_in_s = Some(-8))
}

fn past_its_limit() -> CaseFacts {
    with_job(enabling(JobStatus::Running), |job| job.deadline_in_s = Some(-8))
}

#[test]
fn an_attempt_that_only_another_worker_can_end_waits_for_one_where_there_is_none() {
    for (case, cause) in [(lost(), Cause::WorkerLost), (past_its_limit(), Cause::PastDeadline)] {
        let verdict = diagnose(&case);
        assert_eq!((verdict.cause, verdict.gravity), (cause, Gravity::Watch));
        assert!(verdict.mends_itself_in_s.is_some(), "{cause}");

        let verdict = diagnose(&with(case.clone(), |case| (case.workers.alive, case.workers.knowing) = (0, 0)));
        assert_eq!((verdict.cause, verdict.gravity), (Cause::NoWorker, Gravity::Act), "{cause}");
        assert_eq!(verdict.mends_itself_in_s, None, "{cause}");

        let verdict = diagnose(&with(case, |case| case.workers.knowing = 0));
        assert_eq!((verdict.cause, verdict.gravity), (Cause::NoWorkerKnowsType, Gravity::Act), "{cause}");
    }
}
