//! Pictures of every screen, from the real window.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::headless::Headless;
use crate::programs::Selection;
use crate::repo::Profile;
use crate::run::{run as run_program, say};
use crate::stack::{Running, Up};
use crate::{programs, repo};

/// Take a picture of every screen of the real window, light and dark, on a living workspace.
#[derive(clap::Args)]
pub struct Args {
    /// The folder the pictures go to.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How long the demo service takes; small, so that the pictures show finished work too.
    #[arg(long, value_name = "FACTOR", default_value_t = 0.2)]
    pace: f64,
}

/// `cargo xtask screenshots`
pub fn run(args: &Args) -> Result<()> {
    let out = std::path::absolute(&args.out)?;
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    programs::build(Selection::Programs, Profile::Dev)?;
    let program = programs::window(Profile::Dev)?;
    let stack = Running::apart("screenshots", |data| Up::apart(data, args.pace, false))?;
    let screen = Headless::open()?;
    let mut node = screen.command("node");
    node.arg(repo::ui().join("e2e/screenshots.mjs")).arg("--out").arg(&out);
    node.env("REPRUV_E2E_BIN", program).env("REPRUV_E2E_STACK", stack.file()).env("REPRUV_E2E_OUT", &out);
    run_program(&mut node).context("the screenshots failed")?;
    say(format_args!("Pictures are in {}", out.display()));
    Ok(())
}
