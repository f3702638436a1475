//! A flaw put here on purpose, and nowhere in what is shipped. `cargo xtask fuzz --planted` fails when it is not found: where
//! nothing is found in the targets, a machine has looked that finds and tells.

use crate::deep_link::path;

/// The seeds that it is begun with: links, none of which meets the flaw.
pub const SEEDS: &str = "deep_links";
/// What the flaw says when it is met.
pub const SAYS: &str = "the planted flaw";

/// Takes a link as the window does, and breaks on an accepted one whose id begins with certain four digits. Each of them opens a
/// way that was never gone, so a machine that looks where it goes has them one by one; blindly it is one link in 65,536.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Some(page) = path(text) else { return false };
    let mut digits = page.bytes().skip(page.rfind('/').map_or(0, |at| at + 1));
    let mut next = |wanted: u8| digits.next() == Some(wanted);
    if next(b'c') && next(b'0') && next(b'd') && next(b'e') {
        std::panic::panic_any(SAYS);
    }
    true
}
