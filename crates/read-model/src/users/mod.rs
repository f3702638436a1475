//! Users: the table, one user's page.

pub(crate) mod find;
mod list;
pub(crate) mod row;
mod view;
