//! Building the window with the page inside, as the end-to-end tests and the benches drive it.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::repo;
use crate::run::{run, say};

/// Builds the page and the window, and answers the program. It is a copy apart: the next ordinary build of the
/// workspace would replace it by one that looks for the development server.
pub fn build(release: bool) -> Result<PathBuf> {
    say("Building the page");
    run(repo::npm().args(["run", "--silent", "build"])).context("the page does not build")?;
    say("Building the window");
    let mut command = repo::cargo();
    command.args([
        "build",
        "--quiet",
        "-p",
        "repruv-ops",
        "--features",
        "tauri/custom-protocol",
    ]);
    if release {
        command.arg("--release");
    }
    run(&mut command).context("the window does not build")?;
    let built = repo::binary("repruv-ops", release)?;
    let folder = repo::target()?
        .join("window")
        .join(if release { "release" } else { "debug" });
    std::fs::create_dir_all(&folder)?;
    let copy = folder.join(
        built
            .file_name()
            .context("the window's program has no name")?,
    );
    std::fs::copy(&built, &copy).with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(copy)
}
