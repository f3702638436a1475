//! Where things are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run::output;

/// The root of the work tree.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        // Cargo sets it for what it runs. Asked at run time: clones that share a target directory share this program.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        manifest.and_then(|xtask| xtask.parent().map(Path::to_owned)).unwrap_or_else(|| PathBuf::from("."))
    })
}

/// The page's folder.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// What `cargo metadata --no-deps` says of this workspace.
pub fn metadata() -> Result<&'static Value> {
    static METADATA: OnceLock<Value> = OnceLock::new();
    if let Some(known) = METADATA.get() {
        return Ok(known);
    }
    let text = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let value = serde_json::from_str(&text).context("cargo metadata printed something that is not JSON")?;
    Ok(METADATA.get_or_init(|| value))
}

/// Cargo's target directory, wherever `CARGO_TARGET_DIR` or a config puts it.
pub fn target() -> Result<PathBuf> {
    let path = metadata()?["target_directory"].as_str().context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(path))
}

/// How programs are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As one develops.
    Dev,
    /// As it is shipped.
    Release,
    /// As fast as what is shipped, with faults on purpose.
    Faults,
}

impl Profile {
    /// `Release` or `Dev`.
    pub const fn of(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// Its folder within the target directory.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
            Self::Faults => "faults",
        }
    }

    /// What cargo calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
            Self::Faults => "faults",
        }
    }
}

/// The path of a binary that cargo built.
pub fn binary(name: &str, profile: Profile) -> Result<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(target()?.join(profile.folder()).join(file))
}

/// `cargo`, in the root of the work tree, as if it were called by hand: what it told this program of itself would make build
/// scripts that look at it (ring's) run again, and hundreds of crates be compiled anew each time that the caller changes.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    let told = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for name in std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(|name| told(name)) {
        command.env_remove(name);
    }
    command
}

/// `npm`, in the page's folder.
pub fn npm() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(ui());
    command
}
