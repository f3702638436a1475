//! What the programs are made of, for whoever must answer for it: a software bill of materials each.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::repo;
use crate::run::{output, run as run_program, say};
use crate::setup;

/// The one of the Rust project for CycloneDX, kept by the format's own people. Another version may write another file.
const TOOL: &str = "cargo-cyclonedx";
const VERSION: &str = "0.5.9";

/// What is shipped: the package and its folder.
const PROGRAMS: [(&str, &str); 2] = [("repruv-server", "crates/server"), ("repruv-ops", "src-tauri")];

/// Write the software bills of materials, in CycloneDX's JSON: of the server, of the window, and of the page in it.
///
/// Compiles the tool that writes them the first time, which takes some minutes.
#[derive(clap::Args)]
pub struct Args {
    /// Write them into this folder; `sbom` in the target directory otherwise.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// `cargo xtask sbom`
pub fn run(args: &Args) -> Result<()> {
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => repo::target()?.join("sbom"),
    };
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    setup::page()?;
    let written = crates(&folder).and_then(|()| page(&folder));
    // It writes one beside the manifest of each member, wanted or not.
    for member in members()? {
        let _ = std::fs::remove_file(member);
    }
    written?;
    for file in PROGRAMS.map(|program| program.0).into_iter().chain(["page"]).map(|name| file_in(&folder, name)) {
        say(format_args!("{}: {} components", file.display(), components(&file)?));
    }
    Ok(())
}

fn file_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.cdx.json"))
}

fn crates(folder: &Path) -> Result<()> {
    let tools = repo::target()?.join("tools");
    let tool = tools.join("bin").join(format!("{TOOL}{}", std::env::consts::EXE_SUFFIX));
    if !tool.is_file() {
        say(format_args!("Compiling {TOOL} {VERSION}"));
        run_program(repo::cargo().args(["install", TOOL, "--version", VERSION, "--locked", "--root"]).arg(&tools))?;
    }
    // Called as cargo would call it. All targets: the window is shipped for three systems.
    let mut command = std::process::Command::new(tool);
    command.current_dir(repo::root()).args([
        "cyclonedx",
        "--format",
        "json",
        "--spec-version",
        "1.5",
        "--target",
        "all",
    ]);
    run_program(&mut command)?;
    for (name, place) in PROGRAMS {
        let written = file_in(&repo::root().join(place), name);
        std::fs::copy(&written, file_in(folder, name))
            .with_context(|| format!("{} is not there", written.display()))?;
    }
    Ok(())
}

fn page(folder: &Path) -> Result<()> {
    // Only what goes into the page; what builds it is not shipped.
    let text = output(repo::npm().args([
        "sbom",
        "--sbom-format",
        "cyclonedx",
        "--sbom-type",
        "application",
        "--omit",
        "dev",
    ]))?;
    std::fs::write(file_in(folder, "page"), text).context("cannot write the page's")
}

fn members() -> Result<Vec<PathBuf>> {
    let packages = repo::metadata()?["packages"].as_array().context("cargo metadata names no packages")?;
    let file = |package: &Value| {
        let (name, manifest) = (package["name"].as_str()?, Path::new(package["manifest_path"].as_str()?));
        Some(file_in(manifest.parent()?, name))
    };
    Ok(packages.iter().filter_map(file).collect())
}

fn components(file: &Path) -> Result<usize> {
    let bill: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    match bill["components"].as_array().map(Vec::len) {
        Some(count) if count > 0 && bill["bomFormat"] == "CycloneDX" => Ok(count),
        _ => bail!("{} lists no components", file.display()),
    }
}
