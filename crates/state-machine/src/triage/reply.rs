//! What to answer a customer who asks, for the ticket: true at this moment, and without words of ours.

use super::{CaseFacts, Cause, words::written};
use crate::{DemoModeStatus, DemoOperation};

/// `None` where nothing is wrong, and for jobs without a customer.
pub(super) fn reply(cause: Cause, case: &CaseFacts) -> Option<String> {
    let user = case.user.as_ref()?;
    let turning = match case.job.as_ref().and_then(|job| job.operation()).or(user.demo.failed_operation) {
        Some(DemoOperation::Disable) => "Turning demo mode off",
        _ => "Turning demo mode on",
    };
    Some(match cause {
        Cause::NothingWrong => return None,
        Cause::Retrying | Cause::FailedForGood | Cause::ServiceRefusing if written(case).is_some() => {
            written(case)?.reply.trim().to_owned()
        }
        Cause::WaitingForTime => {
            format!("{turning} is planned for later and begins by itself. Nothing needs to be done.")
        }
        Cause::WaitingForWorker | Cause::RunningNormally => {
            format!("{turning} is under way, which usually takes one to two minutes. Nothing needs to be done.")
        }
        Cause::Cancelling | Cause::StoppingOverdue => {
            "Your demo mode is being stopped, and what it had made is being removed. That ends by itself.".into()
        }
        Cause::ServiceSlow | Cause::ServiceRefusing | Cause::ServiceUnreachable => format!(
            "{turning} takes longer than usual, because the service that makes demo profiles has trouble at the moment. We \
             keep trying by ourselves; nothing is lost, and nothing needs to be done on your side."
        ),
        Cause::Retrying
        | Cause::RunningLong
        | Cause::WorkerLost
        | Cause::PastDeadline
        | Cause::QueuePaused
        | Cause::NoWorker
        | Cause::NoWorkerKnowsType => format!(
            "{turning} takes longer than usual. We know of it, and it goes on as soon as we have seen to it; nothing is lost, \
             and nothing needs to be done on your side."
        ),
        Cause::FailedForGood => {
            let left = if user.demo.status == DemoModeStatus::Failed { "Your own content is untouched. " } else { "" };
            format!("{turning} did not work. {left}We are seeing to it and write again when it is done.")
        }
        Cause::AttemptsUsedUp
        | Cause::LegacyOutOfStep
        | Cause::ProfileWithoutState
        | Cause::UserNotWaiting
        | Cause::JobEndedUserNotMoved
        | Cause::InProgressWithoutJob => {
            "Your account shows demo mode otherwise than it is. We are putting it right; your own content is untouched."
                .into()
        }
        Cause::Unknown => "We are looking into your demo mode and write again as soon as we know more.".into(),
    })
}
