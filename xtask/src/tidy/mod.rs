//! The rules of the architecture that no compiler checks. All problems at once, each with what to do.

mod arrows;
mod faults;
mod files;
mod imports;
mod lock;
mod source;
mod sql;

use std::fmt;

use anyhow::Result;

use crate::repo;
use crate::run::output;

/// One broken rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    path: String,
    line: usize,
    what: String,
    remedy: &'static str,
}

impl Problem {
    /// `what` is wrong in `path`, and `remedy` says what to do about it. Lines count from 1.
    pub fn new(path: &str, line: usize, what: impl Into<String>, remedy: &'static str) -> Self {
        Self { path: path.into(), line, what: what.into(), remedy }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} — {}", self.path, self.line, self.what, self.remedy)
    }
}

/// A file of the project, its path relative to the root and with forward slashes.
pub struct File {
    /// E.g. `crates/store/src/lib.rs`.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl File {
    /// Whether the path ends in one of these, e.g. `.rs`.
    pub fn is(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// Whether it lies below one of these folders.
    pub fn below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }
}

/// Every broken rule in the work tree, ordered by place.
pub fn problems() -> Result<Vec<Problem>> {
    let files = files()?;
    let mut problems = arrows::check(repo::metadata()?, repo::root());
    let tree = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p} {f}"];
    problems.extend(faults::check(&output(repo::cargo().args(tree).args(faults::SHIPPED))?));
    for file in &files {
        problems.extend(sql::check(file));
        problems.extend(imports::check(file));
        problems.extend(files::check(file));
        problems.extend(lock::check(file));
    }
    problems.sort();
    Ok(problems)
}

/// What git knows or would add; pictures and other binaries are left out.
fn files() -> Result<Vec<File>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(repo::root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let list = output(&mut git)?;
    let read =
        |path: &str| Some(File { path: path.into(), text: std::fs::read_to_string(repo::root().join(path)).ok()? });
    Ok(list.split('\0').filter(|path| !path.is_empty()).filter_map(read).collect())
}
