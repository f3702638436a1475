//! `repruv-server`: the backend's one program. See `repruv-server --help`.

use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    repruv_server::cli::run(repruv_server::cli::Arguments::parse()).await
}
