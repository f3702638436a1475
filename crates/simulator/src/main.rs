//! `simulator`: the stand-in demo service as a program. Prints one JSON line when it listens,
//! `{"listening":"127.0.0.1:PORT"}`; logs go to stderr.

use anyhow::Context;
use clap::Parser;
use simulator::{Preset, Simulator};
use std::{
    io::{IsTerminal, Write},
    net::SocketAddr,
};

/// The stand-in demo service, over real HTTP, with dialable latency and failure.
#[derive(Debug, Parser)]
#[command(name = "simulator", version)]
struct Args {
    /// Address to listen on; port 0 picks a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The dials to start with; PUT /dials changes them at run time
    #[arg(long, value_enum, default_value = "healthy")]
    preset: Preset,
    /// How long work takes: 1.0 is 60 to 120 s for a profile, 0.01 a hundredth of it
    #[arg(long, default_value_t = 1.0)]
    pace: f64,
    /// Replays a run: same seed, same profiles and faults
    #[arg(long)]
    seed: Option<u64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();

    let dials = args.preset.dials(args.pace);
    let simulator = match args.seed {
        Some(seed) => Simulator::start_seeded(args.listen, dials, seed).await,
        None => Simulator::start(args.listen, dials).await,
    }
    .with_context(|| format!("cannot serve on {}", args.listen))?;
    tracing::info!(address = %simulator.address(), preset = ?args.preset, pace = args.pace, seed = simulator.seed(), "Listening");
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", serde_json::json!({ "listening": simulator.address() }))?;
    stdout.flush()?;

    stop_asked().await?;
    tracing::info!("Stopping");
    simulator.shutdown().await.context("serving failed")
}

/// Returns when the process is asked to stop, by Ctrl-C or SIGTERM.
#[cfg(unix)]
async fn stop_asked() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        asked = tokio::signal::ctrl_c() => asked.context("cannot wait for Ctrl-C"),
    }
}

/// Returns when the process is asked to stop, by Ctrl-C.
#[cfg(not(unix))]
async fn stop_asked() -> anyhow::Result<()> {
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")
}
