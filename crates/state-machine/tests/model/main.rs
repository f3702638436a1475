//! The lease, fence, cancel, rescue and finish protocol, in every order in which its steps can come.
//!
//! Two users, three jobs, three worker processes with two handlers each, a rescuer, and people who send commands. A state
//! is what the database holds and what the processes believe (`state.rs`); a step is one transaction of the store or one
//! mishap (`action.rs`, `statements.rs`); the promises are judged by bookkeeping that no statement reads (`promises.rs`).
//! Statuses move by the transitions of the crate itself, so it is the shipped rule book that is checked.
//!
//! `MODEL=long cargo test --release -p state-machine --test model -- --nocapture` explores further.

mod action;
mod flaw;
mod promises;
mod protocol;
mod rank;
mod state;
mod statements;

use action::Action;
use flaw::Flaw;
use protocol::Protocol;
use stateright::{Checker, HasDiscoveries, Model};
use std::time::Instant;

/// Commands of people and mishaps, of which every order is tried.
const SUITE: &[(u8, u8)] = &[(2, 2), (3, 1)];
const LONG: &[(u8, u8)] = &[(3, 2), (4, 1), (2, 3)];

#[test]
fn the_protocol_keeps_its_promises_in_every_order_of_steps() {
    let long = std::env::var("MODEL").is_ok_and(|size| size == "long");
    for &(commands, faults) in if long { LONG } else { SUITE } {
        let begun = Instant::now();
        let all = Protocol { commands, faults, flaw: Flaw::None }.checker().threads(2).spawn_bfs().join();
        let (states, steps, depth) = (all.unique_state_count(), all.state_count(), all.max_depth());
        let took = begun.elapsed();
        println!("{commands} commands, {faults} faults: {states} states, {steps} steps, depth {depth}, {took:.1?}");
        all.assert_properties();
        assert!(states > 100_000, "only {states} states: this explores too little");
    }
}

/// The checker's own test: each flaw with the promises that it breaks, and the least that must happen for it.
const BREAKS: &[(Flaw, &[&str], u8, u8)] = &[
    (Flaw::NoFence, &[promises::STALE], 1, 1),
    (Flaw::FenceByWorker, &[promises::STALE], 1, 1),
    (Flaw::RescueWithoutRecheck, &[promises::STALE], 1, 1),
    (Flaw::AckBeforeCommit, &[promises::ONE_LIVE_JOB, promises::APPLIED_ONCE], 1, 0),
    (Flaw::AttemptsAtCompletion, &[promises::BUDGET, promises::IDLE], 1, 2),
    (Flaw::RescueForgetsUser, &[promises::ONE_LIVE_JOB], 1, 2),
    (Flaw::NoReceipt, &[promises::ONE_KEY], 3, 1),
];

#[test]
fn every_flaw_has_its_counterexample() {
    for &(flaw, broken, commands, faults) in BREAKS {
        for &promise in broken {
            println!("{flaw:?} breaks: {promise}");
            for action in shortest(&Protocol { commands, faults, flaw }, promise) {
                println!("  {action:?}");
            }
        }
    }
}

/// The fewest steps that break the promise: one step more is tried until there is a history.
fn shortest(protocol: &Protocol, promise: &'static str) -> Vec<Action> {
    let wanted = || HasDiscoveries::AllOf([promise].into());
    let tried = (2..=14).find_map(|depth| {
        let found = protocol.clone().checker().finish_when(wanted()).target_max_depth(depth).spawn_bfs().join();
        found.discovery(promise)
    });
    tried.unwrap_or_else(|| panic!("no history breaks it under {:?}: {promise}", protocol.flaw)).into_actions()
}
