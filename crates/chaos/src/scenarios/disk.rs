//! The disk under the database is full for a while: clients are told to come back, nothing acknowledged is lost, and it
//! drains by itself once there is room.

use super::{
    Context,
    mixed::{self, Mixed},
};
use crate::{
    faults::{Done, Weights},
    judge::acks::Enough,
    load::Crowd,
    report::Finding,
    stage::{Options, Stage},
};
use anyhow::Result;
use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::process::Command;

/// Room for the cluster and a little more.
const SIZE: &str = "size=300m";

/// A file system in memory; gone when dropped.
struct Tmpfs(PathBuf);

impl Tmpfs {
    async fn mount(path: PathBuf) -> Result<Option<Self>> {
        std::fs::create_dir_all(&path)?;
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(&path).output().await;
        Ok(done.is_ok_and(|done| done.status.success()).then_some(Self(path)))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // Lazily: a process that is just ending may still have a file open.
        let unmounted = std::process::Command::new("umount").arg("--lazy").arg(&self.0).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("  {} is still mounted", self.0.display());
        }
    }
}

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let folder = context.settings.work.join("disk-full");
    let Some(disk) = Tmpfs::mount(folder.clone()).await? else {
        return Ok(vec![Finding::not_run("R21", "this machine lets us mount no tmpfs")]);
    };
    let mut options = Options::new("disk", context.settings);
    options.data = Some(folder.join("data"));
    options.postgres = "min_wal_size = '32MB'\nmax_wal_size = '64MB'\n".into();
    let restarts = Arc::new(AtomicU64::new(0));
    let counted = restarts.clone();
    let mixed = Mixed {
        options,
        crowd: Crowd { customers: 4, staff: 4, batch: (20, 60) },
        weights: Weights::default(),
        every: Duration::ZERO,
        length: Duration::ZERO,
        enough: Enough { acks: 30, ..Enough::default() },
        snapshots: 5,
    };
    let rounds = context.bar(1, 3);
    let played = mixed::play_with(context, mixed, |stage, _, _| async move {
        for _ in 0..rounds {
            tokio::time::sleep(Duration::from_secs(4)).await;
            counted.fetch_add(full_for_a_while(&stage, &folder).await?, Ordering::Relaxed);
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        Ok(Done::default())
    })
    .await?;
    let mut findings = played.findings;
    let counts = &played.load.client.counts;
    let (told, internal) = (counts.unavailable.load(Ordering::Relaxed), counts.internal.load(Ordering::Relaxed));
    let lost = findings.iter().any(|finding| finding.promise == "R1" && finding.missed());
    let stuck = findings.iter().any(|finding| finding.promise == "R8" && finding.missed());
    let mut cases = vec![];
    cases.extend((internal > 0).then(|| format!("{internal} answers 500")));
    cases.extend((told == 0).then(|| "nobody was told to come back: the disk was not full enough".to_owned()));
    cases.extend(lost.then(|| "something acknowledged is lost, see R1".to_owned()));
    cases.extend(stuck.then(|| "it did not drain, see R8".to_owned()));
    let restarts = restarts.load(Ordering::Relaxed);
    let figure = format!(
        "full {rounds} times; {told} times 503, {internal} times 500; PostgreSQL ended {restarts} times and was started again"
    );
    findings.push(Finding::none_of("R21", cases, figure, "503 and not 500, 0 acknowledged lost, drains unaided"));
    played.stage.down().await;
    drop(disk);
    Ok(findings)
}

/// Fills the disk, waits, makes room. Answers how often PostgreSQL had to be started again, as a service manager would.
async fn full_for_a_while(stage: &Stage, folder: &Path) -> Result<u64> {
    let ballast = folder.join("ballast");
    for _ in 0..6 {
        let path = ballast.clone();
        // Again and again: what PostgreSQL gives back is taken at once.
        tokio::task::spawn_blocking(move || fill(&path)).await??;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    std::fs::remove_file(&ballast)?;
    let mut postgres = stage.postgres.lock().await;
    if postgres.ready(Duration::from_secs(30)).await.is_ok() {
        return Ok(0);
    }
    postgres.stop().await?;
    postgres.start().await?;
    Ok(1)
}

fn fill(path: &Path) -> Result<()> {
    let mut file = File::options().create(true).append(true).open(path)?;
    let mut size = 1 << 20;
    let block = vec![0_u8; size];
    while size >= 512 {
        // Full for this size: perhaps a smaller one still fits.
        if file.write_all(&block[..size]).is_err() {
            size /= 8;
        }
    }
    Ok(())
}
