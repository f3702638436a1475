//! What is broken when: decided before anything runs, from the seed alone.

use crate::{dice::Dice, stage::LEASE};
use std::time::Duration;

/// One of the two ways to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// The APIs'.
    Api,
    /// The workers'.
    Worker,
}

/// A fault. Numbers name a slot and count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// kill -9 of a worker; another process takes its place after a moment.
    KillWorker(usize),
    /// SIGSTOP of a worker, SIGCONT after so long: longer than the lease or shorter.
    StopWorker(usize, Duration),
    /// kill -9 of an API process.
    KillApi(usize),
    /// A worker is replaced by one with failpoints.
    ArmWorker(usize, String),
    /// An API process is replaced by one with failpoints.
    ArmApi(usize, String),
    /// So many connections of ours are ended by the server.
    Terminate(u64),
    /// The lane's next connection that has moved so many more bytes is closed.
    Cut(Lane, u64),
    /// Every connection of the lane ends with RST.
    Reset(Lane),
    /// Half-open: nothing moves for so long, then it goes on.
    Stall(Lane, Duration),
    /// So slow that statements take seconds.
    Throttle(Lane, Duration),
    /// The reply to the n-th COMMIT from now is lost.
    Swallow(Lane, u64),
    /// All of PostgreSQL is killed at once, and started again.
    KillPostgres,
    /// PostgreSQL is shut down without a checkpoint, and started again.
    RestartPostgres,
}

impl Fault {
    /// A word for counting.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::KillWorker(_) => "kill -9 of a worker",
            Self::StopWorker(..) => "SIGSTOP of a worker",
            Self::KillApi(_) => "kill -9 of an API",
            Self::ArmWorker(..) => "failpoint in a worker",
            Self::ArmApi(..) => "failpoint in an API",
            Self::Terminate(_) => "pg_terminate_backend",
            Self::Cut(..) => "connection cut",
            Self::Reset(_) => "connections reset",
            Self::Stall(..) => "half-open",
            Self::Throttle(..) => "throttled",
            Self::Swallow(..) => "COMMIT reply lost",
            Self::KillPostgres => "kill -9 of PostgreSQL",
            Self::RestartPostgres => "immediate restart of PostgreSQL",
        }
    }
}

/// How often each comes, relative to the others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weights {
    /// [`Fault::KillWorker`]
    pub kill_worker: u64,
    /// [`Fault::StopWorker`]
    pub stop_worker: u64,
    /// [`Fault::KillApi`]
    pub kill_api: u64,
    /// [`Fault::ArmWorker`]
    pub arm_worker: u64,
    /// [`Fault::ArmApi`]
    pub arm_api: u64,
    /// [`Fault::Terminate`]
    pub terminate: u64,
    /// Cut, reset, stall and throttle, each.
    pub network: u64,
    /// [`Fault::Swallow`]
    pub swallow: u64,
    /// [`Fault::KillPostgres`]
    pub kill_postgres: u64,
    /// [`Fault::RestartPostgres`]
    pub restart_postgres: u64,
}

/// Points of the worker that may abort, fail or linger; `store::faults` has the list.
const WORKER_POINTS: [&str; 26] = [
    "claim.before",
    "claim.after",
    "heartbeat.before",
    "heartbeat.after",
    "progress.before",
    "progress.after",
    "batch.before",
    "batch.after",
    "finish.begun",
    "finish.fenced",
    "finish.before_commit",
    "finish.after_commit",
    "retry.begun",
    "retry.fenced",
    "retry.before_commit",
    "retry.after_commit",
    "rescue.found",
    "rescue.begun",
    "rescue.before_commit",
    "rescue.after_commit",
    "remember.begun",
    "remember.before_commit",
    "remember.after_commit",
    "enable.made",
    "disable.removed",
    "work.done",
];
const API_POINTS: [&str; 6] = [
    "command.begun",
    "command.receipted",
    "command.changed",
    "command.before_commit",
    "command.after_commit",
    "enqueue.inserted",
];

/// Every point that a schedule may arm.
#[cfg(test)]
pub fn points() -> impl Iterator<Item = &'static str> {
    WORKER_POINTS.into_iter().chain(API_POINTS)
}

/// The schedule: a fault about every `every`, for `length`.
pub fn schedule(
    seed: u64,
    name: &str,
    weights: Weights,
    every: Duration,
    length: Duration,
    workers: usize,
) -> Vec<(Duration, Fault)> {
    let mut dice = Dice::new(seed, &format!("faults of {name}"));
    let mut at = Duration::from_millis(500);
    let mut planned = vec![];
    while at < length {
        planned.push((at, draw(&mut dice, weights, workers)));
        let every_ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
        at += Duration::from_millis(dice.between(every_ms / 2, every_ms * 3 / 2));
    }
    planned
}

fn draw(dice: &mut Dice, weights: Weights, workers: usize) -> Fault {
    let lane = [Lane::Api, Lane::Worker][dice.index(2)];
    let (worker, api) = (dice.index(workers), dice.index(2));
    let lease_ms = u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX);
    let kinds = [
        (weights.kill_worker, Fault::KillWorker(worker)),
        (weights.stop_worker, Fault::StopWorker(worker, moment(dice, lease_ms * 3 / 10, lease_ms * 5 / 2))),
        (weights.kill_api, Fault::KillApi(api)),
        (weights.arm_worker, Fault::ArmWorker(worker, failpoint(dice, &WORKER_POINTS))),
        (weights.arm_api, Fault::ArmApi(api, failpoint(dice, &API_POINTS))),
        (weights.terminate, Fault::Terminate(dice.between(1, 12))),
        (weights.network, Fault::Cut(lane, dice.between(1, 20_000))),
        (weights.network, Fault::Reset(lane)),
        (weights.network, Fault::Stall(lane, moment(dice, 200, 3_000))),
        (weights.network, Fault::Throttle(lane, moment(dice, 500, 3_000))),
        (weights.swallow, Fault::Swallow(lane, dice.between(1, 5))),
        (weights.kill_postgres, Fault::KillPostgres),
        (weights.restart_postgres, Fault::RestartPostgres),
    ];
    let total: u64 = kinds.iter().map(|(weight, _)| weight).sum();
    let mut left = dice.between(1, total.max(1));
    for (weight, fault) in kinds {
        if left <= weight {
            return fault;
        }
        left -= weight;
    }
    Fault::KillWorker(worker)
}

fn moment(dice: &mut Dice, low_ms: u64, high_ms: u64) -> Duration {
    Duration::from_millis(dice.between(low_ms, high_ms))
}

fn failpoint(dice: &mut Dice, points: &[&str]) -> String {
    let point = points[dice.index(points.len())];
    let share = dice.between(2, 20);
    match dice.index(3) {
        0 => format!("{point}={share}%return(abort)"),
        1 => format!("{point}={share}%return(error)"),
        _ => format!("{point}={share}%sleep({})", dice.between(100, 4_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_the_schedule() {
        let weights = Weights { kill_worker: 3, stop_worker: 3, network: 1, arm_worker: 1, ..Weights::default() };
        let plan = |seed| schedule(seed, "storm", weights, Duration::from_millis(300), Duration::from_secs(60), 6);
        assert_eq!(plan(1), plan(1));
        assert_ne!(plan(1), plan(2));
        assert!(plan(1).len() > 100);
        assert!(plan(1).iter().all(|(_, fault)| !matches!(fault, Fault::KillPostgres)), "no weight, no fault");
    }
}
