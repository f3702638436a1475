//! Jobs: the table, one job's page, live counts.

mod counts;
mod detail;
pub(crate) mod filter;
pub(crate) mod list;
pub(crate) mod row;

pub(crate) use counts::job_counts;
