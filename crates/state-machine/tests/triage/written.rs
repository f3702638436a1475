//! Words that a person wrote for an error.

use crate::stand::{case, failed, given_up, job, user, with_job};
use state_machine::triage::{PlainWords, diagnose};
use state_machine::{DemoModeStatus, DemoOperation, ErrorClass, JobStatus, JobType};

/// What a person wrote about an error takes the place of the rules' own words, as long as the case is about that error.
#[test]
fn words_that_a_person_wrote_are_told_and_replied() {
    let words = PlainWords {
        title: "The niche is not on offer".into(),
        customer_sees: "A note that the niche is not on offer.".into(),
        reply: "Please choose another niche.".into(),
    };
    let written = with_job(
        case(failed(DemoOperation::Enable, false), given_up(JobType::DemoEnable, ErrorClass::Rejected)),
        |job| job.words = Some(words.clone()),
    );
    let told = diagnose(&written);
    assert!(told.explanation.starts_with("The niche is not on offer. "), "{}", told.explanation);
    assert_eq!(told.customer_sees.as_deref(), Some("A note that the niche is not on offer."));
    assert_eq!(told.reply.as_deref(), Some("Please choose another niche."));

    let at_rest =
        with_job(case(user(DemoModeStatus::Enabled), job(JobType::DemoEnable, JobStatus::Completed)), |job| {
            job.words = Some(words)
        });
    assert_eq!(diagnose(&at_rest).reply, None);
}
