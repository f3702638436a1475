//! The API over real HTTP on a real PostgreSQL, a fresh database for each test. One binary, because linking is what takes
//! the time.

mod bulk;
mod bulk_revokes;
mod bulk_unusable;
mod crowding;
mod customers;
mod database_logins;
mod fix_races;
mod fixing;
mod leaving;
mod matrix;
mod members;
mod old_clients;
mod openapi;
mod reader_misuse;
mod refreshing;
mod refusals;
mod roles;
mod second_factor;
mod second_factor_keys;
mod sessions;
mod signing_in;
mod staff_commands;
mod stand;
mod trouble;
