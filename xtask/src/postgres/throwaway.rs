//! A cluster that is gone when the command ends.

use std::fs::File;
use std::path::PathBuf;

use anyhow::Result;

use super::cluster::{Cluster, Durability};
use super::{Install, Owner, given};
use crate::{repo, secret};

/// Stops its server and removes its folder when dropped. A server that the person names is used as it is; it takes a
/// variable of its own, because what runs there makes and drops databases and logins.
pub struct Throwaway {
    /// How to connect.
    pub owner: Owner,
    cluster: Option<(Cluster, PathBuf)>,
    // Held for as long as the cluster is in use: a folder whose lock is free was left by a command that was killed.
    _lock: Option<File>,
}

impl Throwaway {
    /// For the databases of the tests, one a test. Not durable, and much faster for it. Or `TEST_DATABASE_URL`.
    pub fn for_tests() -> Result<Self> {
        Self::new("tests", "TEST_DATABASE_URL", Durability::Throwaway)
    }

    /// For figures: as durable as production, with memory for it. Or `BENCH_DATABASE_URL`.
    pub fn for_benches() -> Result<Self> {
        Self::new("bench", "BENCH_DATABASE_URL", Durability::Measured)
    }

    fn new(purpose: &str, variable: &str, durability: Durability) -> Result<Self> {
        if let Some(owner) = given(variable)? {
            return Ok(Self { owner, cluster: None, _lock: None });
        }
        let install = Install::find()?;
        let parent = repo::target()?.join("clusters");
        std::fs::create_dir_all(&parent)?;
        sweep(&parent, &install);
        let dir = parent.join(format!("{purpose}-{}", secret::random()?));
        std::fs::create_dir(&dir)?;
        let lock = File::create(dir.join("in-use"))?;
        lock.lock()?;
        let cluster = Cluster::new(install, &dir, durability);
        let mut throwaway = Self { owner: Owner::default(), cluster: Some((cluster, dir)), _lock: Some(lock) };
        if let Some((cluster, _)) = &throwaway.cluster {
            throwaway.owner = cluster.up()?;
        }
        Ok(throwaway)
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        if let Some((cluster, dir)) = &self.cluster {
            remove(cluster, dir);
        }
    }
}

fn remove(cluster: &Cluster, dir: &PathBuf) {
    if let Err(error) = cluster.down() {
        eprintln!("warning: {}: {error:#}", dir.display());
    }
    if let Err(error) = std::fs::remove_dir_all(dir) {
        eprintln!("warning: {} is left behind: {error}", dir.display());
    }
}

/// Ends and removes what killed commands left behind.
fn sweep(parent: &std::path::Path, install: &Install) {
    for dir in std::fs::read_dir(parent).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let abandoned = File::open(dir.join("in-use")).is_ok_and(|lock| lock.try_lock().is_ok());
        if abandoned {
            remove(&Cluster::new(install.clone(), &dir, Durability::Throwaway), &dir);
        }
    }
}
