//! A number that every step towards the end makes smaller, so that nothing can go round in circles.
//!
//! People's commands and faults make it larger; there are finitely many of them. With the other half of the promise (who
//! is not idle can take a step) it follows that the system comes to rest after the last of them, in every order of steps.

use crate::state::{ATTEMPTS_MAX, Hand, Job, Note, Phase, State};
use state_machine::{JobStatus, JobType};

/// More than all that can happen within one attempt.
const ATTEMPT: u16 = 60;
const DISABLE: u16 = 1;
/// More than a whole removal, because a cancelled enable may lead to one.
const ENABLE: u16 = DISABLE + ATTEMPT * (ATTEMPTS_MAX as u16) + 1;

pub fn of(state: &State) -> u16 {
    let jobs: u16 = state.rows().map(|(number, job)| of_job(state, number, job)).sum();
    let workers = state.workers.iter();
    let processes: u16 =
        workers.map(|w| u16::from(w.paused) + w.hands.iter().flatten().map(of_hand).sum::<u16>()).sum();
    jobs + processes + u16::from(state.note.is_some())
}

fn of_job(state: &State, number: u8, job: &Job) -> u16 {
    if job.status.is_terminal() {
        return 0;
    }
    let kind = if job.job_type == JobType::DemoEnable { ENABLE } else { DISABLE };
    let left = u16::from(ATTEMPTS_MAX.saturating_sub(job.attempt)) * ATTEMPT;
    kind + left + if job.status == JobStatus::Running { of_lease(state, number, job) } else { 0 }
}

/// A paused keeper lapses, wakes and renews, in this order; a lease that nobody keeps lapses and is rescued.
fn of_lease(state: &State, number: u8, job: &Job) -> u16 {
    let lease = match (state.keeper(number), job.lapsed) {
        (Some((_, true)), false) => 40,
        (Some((_, true)), true) => 30,
        (Some((_, false)), true) => 25,
        (Some((_, false)), false) => 20,
        (None, false) => 12,
        (None, true) => 6,
    };
    let noted = state.note.is_some_and(|Note { job: seen, epoch, .. }| (seen, epoch) == (number, job.epoch));
    lease + if (job.lapsed || job.overdue) && !noted { 3 } else { 0 }
}

fn of_hand(hand: &Hand) -> u16 {
    match hand.phase {
        Phase::Unsure { .. } => 5,
        Phase::Working { made: false } => 4,
        Phase::Working { made: true } => 3,
        Phase::Owes => 1,
    }
}
