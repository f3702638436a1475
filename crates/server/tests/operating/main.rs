//! Operating the backend from outside: the real program, a database of its own for each test.

mod command_line;
mod metrics;
mod program;
mod scrape;
mod stopping;
mod watchdog;
