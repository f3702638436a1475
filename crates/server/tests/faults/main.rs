//! A real worker against the real simulator, cut at every point that it passes: `cargo xtask test faults`.

mod stand;
mod worker;
