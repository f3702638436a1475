//! `repruv-server`: the backend's one program. See `repruv-server --help`.

use clap::Parser;
use repruv_server::cli;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    cli::report(cli::run(cli::Arguments::parse()).await)
}
