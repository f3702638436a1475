//! Users: the table, one user's page.

pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod row;
mod view;
