//! Every statement of the store on a real PostgreSQL, a fresh database for each test. One binary, because linking is what
//! takes the time.

#![expect(clippy::unwrap_used, reason = "in a test a failure is to be loud, helpers included")]

mod again;
mod asking;
mod bulk;
mod bulk_guards;
mod bulk_people;
mod bulk_revokes;
mod claiming;
mod contention;
mod counting;
mod dropped_begins;
mod dropping;
mod edges;
mod explained;
mod fencing;
mod finishing;
mod front;
mod horizon;
mod migrating;
mod pausing;
mod people;
mod plans;
mod racing;
mod rescuing;
mod rights;
mod round_trips;
mod sealing;
mod settling;
mod silence;
mod stand;
mod stateful;
mod stopping;
mod unheard;
mod waking;
