//! Users: the table, one user's page.

pub(crate) mod find;
mod list;
mod row;
mod view;
