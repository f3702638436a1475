#![doc = include_str!("../README.md")]

pub mod cursors;
pub mod deep_links;
pub mod filters;
pub mod ipc;
pub mod planted;
mod round_trip;
pub mod searches;

// The window's, from where they stand.
#[path = "../../../src-tauri/src/authority.rs"]
pub mod authority;
#[path = "../../../src-tauri/src/commands/bounds.rs"]
pub mod bounds;
#[path = "../../../src-tauri/src/deep_link.rs"]
pub mod deep_link;
#[path = "../../../src-tauri/src/environments.rs"]
pub mod environments;
#[path = "../../../src-tauri/src/failure.rs"]
pub mod failure;
#[path = "../../../src-tauri/src/ids.rs"]
pub mod ids;

/// Answers whether the bytes were accepted; panics when something does not hold.
pub type Target = fn(&[u8]) -> bool;

/// All that try something, by their names, which are those of the folders in `seeds/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("cursors", cursors::run),
    ("deep_links", deep_links::run),
    ("filters", filters::run),
    ("ipc", ipc::run),
    ("searches", searches::run),
];

/// The first line, and what follows it: what is tried, and with what.
fn headed(data: &[u8]) -> Option<(&str, &[u8])> {
    let at = data.iter().position(|&byte| byte == b'\n')?;
    Some((std::str::from_utf8(&data[..at]).ok()?, &data[at + 1..]))
}
