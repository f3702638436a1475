//! Faults on purpose, in the build that carries them: `cargo xtask test faults`. Failpoints and planted bugs belong to the
//! whole process, so these tests take turns.

#![expect(clippy::unwrap_used, reason = "in a test a failure is to be loud, helpers included")]

mod access;
mod every_point;
mod fencing;
mod honest;
mod planted;
mod rescuing;
mod scenes;
#[expect(dead_code, reason = "shared with the tests of the ordinary build, which use all of it")]
#[path = "../postgres/stand.rs"]
mod stand;
