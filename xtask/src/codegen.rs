//! The files that are written from Rust, so that no word of a border is declared twice.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::programs::{self, Selection};
use crate::repo::{self, Profile};
use crate::run::{output, run as run_program, say};

/// Write the files that are generated from Rust: the page's commands, the API's description, the diagrams.
#[derive(clap::Args)]
pub struct Args {
    /// Change nothing; fail when a file is stale.
    #[arg(long)]
    pub check: bool,
}

/// A generated file, relative to the root, and what prints it into a path.
type Generated = (&'static str, fn(&Path) -> Result<()>);

const FILES: [Generated; 2] = [("crates/server/openapi.json", openapi), ("ui/src/generated/commands.ts", bindings)];

/// `cargo xtask codegen`
pub fn run(args: &Args) -> Result<()> {
    programs::build(Selection::Workspace, Profile::Dev)?;
    let mut stale = Vec::new();
    for (name, generate) in FILES {
        let path = repo::root().join(name);
        let fresh = fresh_copy(name)?;
        generate(&fresh).with_context(|| format!("{name} cannot be generated"))?;
        match difference(&path, &fresh) {
            None => {}
            Some(where_) if args.check => {
                eprintln!("{name}:{where_}: differs from what Rust says — run `cargo xtask codegen`");
                stale.push(name);
            }
            Some(_) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                std::fs::copy(&fresh, &path).with_context(|| format!("cannot write {name}"))?;
                say(format_args!("Wrote {name}"));
            }
        }
    }
    if diagrams(args.check).is_err() {
        stale.push("crates/state-machine/README.md");
    }
    if stale.is_empty() { Ok(()) } else { bail!("stale: {} — run `cargo xtask codegen`", stale.join(", ")) }
}

fn fresh_copy(name: &str) -> Result<PathBuf> {
    let path = repo::target()?.join("codegen").join(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(path)
}

/// The first line that differs, or None when there is none.
fn difference(old: &Path, new: &Path) -> Option<usize> {
    let old = std::fs::read_to_string(old).unwrap_or_default();
    let new = std::fs::read_to_string(new).unwrap_or_default();
    if old == new {
        return None;
    }
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    Some(same + 1)
}

fn openapi(path: &Path) -> Result<()> {
    let server = repo::binary("repruv-server", Profile::Dev)?;
    let document = output(Command::new(server).arg("openapi"))?;
    Ok(std::fs::write(path, document)?)
}

fn bindings(path: &Path) -> Result<()> {
    let window = repo::binary("repruv-ops", Profile::Dev)?;
    run_program(Command::new(window).arg("export-bindings").arg(path))
}

/// The test that knows the table writes the diagrams, and fails when they are stale.
fn diagrams(check: bool) -> Result<()> {
    let mut command = repo::cargo();
    command.args(["test", "--quiet", "-p", "state-machine", "--test", "table"]);
    if !check {
        command.env("UPDATE", "1");
    }
    run_program(command.stdout(std::io::stderr()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_told() {
        let folder = std::env::temp_dir().join(format!("xtask-codegen-{}", crate::secret::random().unwrap()));
        std::fs::create_dir_all(&folder).unwrap();
        let (old, new) = (folder.join("old"), folder.join("new"));
        std::fs::write(&old, "a\nb\nc\n").unwrap();
        std::fs::write(&new, "a\nB\nc\n").unwrap();
        assert_eq!(difference(&old, &new), Some(2));
        assert_eq!(difference(&old, &old), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
