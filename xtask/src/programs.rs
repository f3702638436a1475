//! Building our programs.
//!
//! Cargo joins the features of what is built at once, so another selection of members compiles hundreds of crates anew.
//! Hence few selections, used by all commands; whatever tests uses the same one, which is built once.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::repo::Profile;
use crate::run::{run, say};
use crate::{repo, setup};

/// The window with the page inside, instead of one that asks the development server for it.
pub const WITH_PAGE: [&str; 2] = ["--features", "repruv-ops/custom-protocol"];

/// What tests run: the page inside, and the backend with failpoints and planted bugs, which do nothing until a test asks.
pub const TESTED: [&str; 2] =
    ["--features", "repruv-ops/custom-protocol,repruv-server/fault-injection,store/fault-injection"];

/// A selection of what to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// The API server with its worker, and the simulator.
    Backend,
    /// The backend and the window with the page inside.
    Programs,
    /// Every member with its tests; the window with the page inside, the backend with failpoints.
    Workspace,
    /// The backend with failpoints, and the harness that breaks it.
    Breaking,
}

impl Selection {
    fn arguments(self) -> Vec<&'static str> {
        let backend = ["-p", "repruv-server", "-p", "simulator"].as_slice();
        match self {
            Self::Backend => backend.to_vec(),
            Self::Programs => [backend, &["-p", "repruv-ops"], &WITH_PAGE].concat(),
            Self::Breaking => [backend, &["-p", "chaos", "--features", "repruv-server/fault-injection"]].concat(),
            Self::Workspace => [["--workspace", "--lib", "--bins", "--tests"].as_slice(), &TESTED].concat(),
        }
    }

    fn has_window(self) -> bool {
        matches!(self, Self::Programs | Self::Workspace)
    }
}

/// Builds them; the page first where the window carries it.
pub fn build(selection: Selection, profile: Profile) -> Result<()> {
    if selection.has_window() {
        build_page()?;
    }
    say(match selection {
        Selection::Backend => "Building the backend",
        Selection::Programs => "Building the backend and the window",
        Selection::Workspace => "Building the workspace",
        Selection::Breaking => "Building the backend and what breaks it",
    });
    let mut command = repo::cargo();
    command.arg("build").args(selection.arguments());
    // The first build takes minutes: a person wants to see it move, a log does not.
    if !std::io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    command.args(["--profile", profile.name()]);
    run(&mut command).context("the build failed")
}

/// Builds the page that the window carries.
pub fn build_page() -> Result<()> {
    setup::page()?;
    say("Building the page");
    run(repo::npm().args(["run", "--silent", "build"]).stdout(std::io::stderr())).context("the page does not build")
}

/// The window that was just built, as a copy apart: an ordinary build would replace it by one that asks the development
/// server for its page.
pub fn window(profile: Profile) -> Result<PathBuf> {
    let built = repo::binary("repruv-ops", profile)?;
    let folder = repo::target()?.join("window").join(profile.folder());
    std::fs::create_dir_all(&folder)?;
    let copy = folder.join(built.file_name().context("the window's program has no name")?);
    // A window that still runs keeps the old file; writing into it would be refused.
    let _ = std::fs::remove_file(&copy);
    std::fs::copy(&built, &copy).with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(copy)
}
