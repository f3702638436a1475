//! Bulk plans: choosing what a plan is on with what is to be expected of it, and what came of the plans that there are.

mod cases;
mod choose;
pub(crate) mod items;
pub(crate) mod plans;

pub use choose::{Chosen, ChosenItem};
