//! Faults on purpose: places where a test stops a step half-way, and one-line bugs that a test must catch.
//!
//! Cargo's feature `fault-injection` turns them on; without it both macros expand to nothing and the crate `fail` is not
//! compiled. The feature is refused without debug assertions, so no release build can carry it.
//!
//! **Failpoints** stand at every border of a step: `fault_point!` names one, `POINTS` lists them all.
//! The environment variable `FAILPOINTS` is read when a program starts, in the words of the crate `fail`:
//! `finish.fenced=1%return(abort);heartbeat.before=sleep(900)`. An action is one of
//! - `return(abort)`: the process is gone at once, as by `kill -9`;
//! - `return(error)`: as if the connection broke at this moment, or `return(40P01)`: as if PostgreSQL answered this code;
//! - `pause` or `sleep(ms)`: the step stands still, nothing else of the process does;
//! - with `1%` or `3*` before it: of a hundred passes one, or the first three.
//!
//! **Planted bugs** are lines that `planted!` makes wrong while the environment variable `PLANTED_BUG` names
//! them. They prove that the tests can fail: a run under each of `PLANTED` must be told from a sound one.
//!
//! To add a failpoint: put `fault_point!("step.moment")` where the step could be cut, put the name into `POINTS`, and give
//! it a row in `tests/faults/every_point.rs`; the suite fails until all three are there.

#[cfg(all(feature = "fault-injection", not(debug_assertions)))]
compile_error!("faults on purpose are for tests: build without `fault-injection`, or with debug assertions");

#[cfg(feature = "fault-injection")]
mod hold;
#[cfg(feature = "fault-injection")]
mod injected;
mod macros;
#[cfg(feature = "fault-injection")]
mod names;
#[cfg(feature = "fault-injection")]
mod plant;

pub(crate) use macros::planted_sql;

#[cfg(feature = "fault-injection")]
pub use self::{
    hold::{Hold, hold},
    injected::{Armed, arm, hits, point, point_of, start},
    names::{PLANTED, POINTS},
    plant::{Sown, plant, planted, swapped, turn_worker_clock, worker_clock},
};
