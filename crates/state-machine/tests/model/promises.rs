//! What must hold in every state, and what must happen in some, or the model explores nothing.

use crate::{
    action,
    protocol::Protocol,
    state::{ATTEMPTS_MAX, Broken, Hand, Job, State, Worker},
};
use state_machine::{DemoModeStatus, JobStatus, JobType};
use stateright::Property;

pub const ONE_LIVE_JOB: &str = "a user in progress has exactly one live job, the one he names (R4)";
pub const APPLIED_ONCE: &str = "a job is applied exactly once if it is completed, and never otherwise (R8)";
pub const STALE: &str = "a stale side changes nothing (R9)";
pub const BUDGET: &str = "no job takes more attempts than its budget (R13)";
pub const ONE_KEY: &str = "a command under one key is done once (R2)";
pub const TOLD: &str = "what a worker is told about its commit is so";
pub const CHECKS: &str = "rows keep their CHECKs, and every end has its place";
pub const IDLE: &str = "eventually idle: who is not can take a step, and every step comes nearer";

pub fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(ONE_LIVE_JOB, |_, state: &State| one_live_job(state)),
        Property::always(APPLIED_ONCE, |_, state: &State| applied_once(state)),
        Property::always(STALE, |_, state: &State| !state.broken.stale_wrote),
        Property::always(BUDGET, |_, state: &State| within_budget(state)),
        Property::always(ONE_KEY, |_, state: &State| !state.broken.done_twice),
        Property::always(TOLD, |_, state: &State| !state.broken.told_wrong),
        Property::always(CHECKS, |_, state: &State| checks(state)),
        Property::always(IDLE, |_, state: &State| !state.broken.no_nearer && (is_idle(state) || can_go_on(state))),
        Property::sometimes("a second attempt completes", |_, state: &State| {
            state.rows().any(|(_, job)| job.status == JobStatus::Completed && job.attempt == 2)
        }),
        Property::sometimes("what a cancelled enable made is removed", |_, state: &State| {
            let removed = |(_, job): (u8, &Job)| {
                job.job_type == JobType::DemoDisable && job.user == 0 && job.status == JobStatus::Completed
            };
            state.rows().any(removed)
        }),
        Property::sometimes("a job runs out of attempts", |_, state: &State| {
            state.rows().any(|(_, job)| job.status == JobStatus::Failed && job.attempt == ATTEMPTS_MAX)
        }),
        Property::sometimes("a worker believes in a lease that another holds", |_, state: &State| {
            state.rows().any(|(number, job)| {
                let believes = |hand: &&Hand| hand.job == number && hand.epoch < job.epoch;
                let hands = || state.workers.iter().flat_map(|worker| worker.hands.iter().flatten());
                state.keeper(number).is_some() && hands().any(|hand| believes(&hand))
            })
        }),
        Property::sometimes("a process holds a job anew while its own stale handler still runs", |_, state: &State| {
            let twice = |worker: &Worker| match worker.hands {
                [Some(a), Some(b)] => a.job == b.job,
                _ => false,
            };
            state.workers.iter().any(twice)
        }),
        Property::sometimes("a rescuer acts on something that is no longer so", |_, state: &State| {
            state.note.is_some_and(|note| {
                let job = state.job(note.job);
                job.status == JobStatus::Running && job.epoch == note.epoch && !job.lapsed && !job.overdue
            })
        }),
    ]
}

/// None of the promises is broken.
pub fn all_kept(state: &State) -> bool {
    let steps = state.broken == Broken::default();
    steps && one_live_job(state) && applied_once(state) && within_budget(state) && checks(state)
}

fn applied_once(state: &State) -> bool {
    state.rows().all(|(_, job)| job.applied == u8::from(job.status == JobStatus::Completed))
}

fn within_budget(state: &State) -> bool {
    state.rows().all(|(_, job)| job.spent <= ATTEMPTS_MAX)
}

fn one_live_job(state: &State) -> bool {
    (0..).zip(&state.users).all(|(number, user)| {
        let mut live = state.rows().filter(|(_, job)| job.user == number && job.status.is_live());
        let wanted = match user.demo.status {
            DemoModeStatus::Enabling => JobType::DemoEnable,
            DemoModeStatus::Disabling => JobType::DemoDisable,
            _ => return live.next().is_none(),
        };
        let named = live.next().is_some_and(|(row, job)| user.job == Some(row) && job.job_type == wanted);
        named && live.next().is_none()
    })
}

fn checks(state: &State) -> bool {
    let sound = |job: &Job| {
        (job.status == JobStatus::Running) == job.holder.is_some()
            && job.attempt <= ATTEMPTS_MAX
            && (job.status != JobStatus::Pending || job.attempt < ATTEMPTS_MAX)
    };
    !state.broken.no_place && state.rows().all(|(_, job)| sound(job))
}

/// Nobody waits for anything.
fn is_idle(state: &State) -> bool {
    state.rows().all(|(_, job)| job.status.is_terminal())
}

fn can_go_on(state: &State) -> bool {
    let mut actions = vec![];
    action::progress(state, &mut actions);
    !actions.is_empty()
}
