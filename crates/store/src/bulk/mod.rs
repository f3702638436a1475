//! Bulk: a plan that is fixed before anything is changed, and executed item by item by one job.
//!
//! `plan` writes what was chosen. `steps` is what people do with a plan, each in one transaction. `run` is the worker's:
//! every item in a transaction of its own, fenced by the lease of the plan's job and bound to the version that was planned;
//! `fix` is that for items that are mended by what their verdict offers.
//! `rows` reads and writes the plan itself, and moves it when its job ends. `people` is what follows when one of its people
//! may no longer act.
//!
//! Locks, always in this order: people of the staff, the item, its user, its job, the plan's job, the plan.

mod fix;
mod item;
mod people;
mod plan;
mod rows;
mod run;
mod steps;

pub use item::{BulkItem, ItemEnd, ItemFailure};
pub(crate) use people::pause_plans_of;
pub use plan::{BulkGuards, NewBulkItem, NewBulkPlan};
pub(crate) use rows::job_ended;
pub use run::BulkRun;
