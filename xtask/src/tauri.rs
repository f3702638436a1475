//! `cargo tauri …`: the window in development, and everything else of the Tauri CLI.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::repo;
use crate::run::{interrupted, say, status};
use crate::{setup, stack};

/// Run the window on a living local workspace (`dev`), or any other command of the Tauri CLI.
///
/// `cargo tauri dev` installs what is missing, brings up the local workspace, opens the window signed in to it, and
/// stops everything when the window is closed or Ctrl-C is pressed. Everything else (`build`, `icon`, …) is handed to
/// the Tauri CLI of the page's packages.
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    /// What to hand over, e.g. `dev`, `build --bundles deb`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

/// `cargo xtask tauri …`
pub fn run(args: &Args) -> Result<()> {
    if args.arguments.first().map(String::as_str) == Some("dev") {
        return dev(&args.arguments);
    }
    setup::for_window()?;
    crate::run::run(cli().args(&args.arguments))
}

fn dev(arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return crate::run::run(cli().args(arguments));
    }
    check_display()?;
    check_dev_port()?;
    setup::for_window()?;
    let options = stack::Up::local();
    let workspace = options.workspace();
    let was_up = workspace.missing().is_none();
    let outcome = stack::up(&workspace, &options).and_then(|_| {
        say("Opening the window; the first build takes some minutes");
        status(cli().args(arguments).env("REPRUV_OPS_STACK", workspace.stack_file()))
    });
    if was_up {
        say("The workspace was up before, so it is left running; `cargo xtask stack down` ends it");
    } else {
        say("Stopping the workspace");
        stack::down(&workspace)?;
    }
    match outcome {
        // Ctrl-C is how one ends it, not a failure.
        _ if interrupted() => Ok(()),
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("the window ended with {status}"),
        Err(error) => Err(error),
    }
}

fn cli() -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(repo::root())
        .arg(repo::ui().join("node_modules/@tauri-apps/cli/tauri.js"))
        .env("TAURI_APP_PATH", repo::root().join("src-tauri"))
        .env("TAURI_FRONTEND_PATH", repo::ui());
    command
}

fn check_display() -> Result<()> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY") {
        return Ok(());
    }
    bail!(
        "there is no display to open a window on — run this in a desktop session, or without a screen: `cargo xtask \
         stack up` for the workspace alone, `xvfb-run cargo tauri dev` for an invisible window"
    )
}

fn check_dev_port() -> Result<()> {
    let path: PathBuf = repo::root().join("src-tauri/tauri.conf.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let config: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    let port = config["build"]["devUrl"].as_str().and_then(|url| url.trim_end_matches('/').rsplit(':').next());
    let Some(port) = port.and_then(|port| port.parse::<u16>().ok()) else {
        return Ok(());
    };
    if std::net::TcpListener::bind(("127.0.0.1", port)).is_err() {
        bail!(
            "port {port} is taken, and the page's development server needs it — another `cargo tauri dev` may be \
             running; end what uses the port, or change devUrl in src-tauri/tauri.conf.json and the port in \
             ui/vite.config.ts"
        );
    }
    Ok(())
}
