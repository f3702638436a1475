//! Back to a point in time: from a base backup and the archived log, the checker is clean and the jobs that were leased at
//! that moment run again.

use super::{
    Context,
    mixed::{self, Mixed},
};
use crate::{
    checker,
    faults::{Done, Weights},
    judge::{self, acks::Enough, lines, number},
    load::Crowd,
    report::Finding,
    stage::{
        Options, Stage,
        postgres::{DATABASE, Postgres, connect, make_folder},
    },
};
use anyhow::{Context as _, Result, bail};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

const POINT: &str = "SELECT pg_create_restore_point('here')::text";
const RUNNING: &str = "SELECT id FROM background_jobs WHERE status = 'running'";
const NOT_AGAIN: &str = "SELECT format('job %s, leased at that moment, is %s', id, status) FROM background_jobs \
    WHERE id = ANY ($1) AND status IN ('pending', 'running')";

/// The scenario.
pub async fn run(context: &Context<'_>) -> Result<Vec<Finding>> {
    let archive = context.settings.work.join("archive");
    make_folder(&archive, context.settings.postgres_owner)?;
    let (files, backup) = (archive.display().to_string(), context.settings.work.join("restored").join("data"));
    let mut options = Options::new("restore", context.settings);
    options.pace = 0.03;
    options.postgres = format!("archive_mode = on\narchive_command = 'cp %p {files}/%f'\n");
    let mixed = Mixed {
        options,
        crowd: Crowd { customers: 5, staff: 3, batch: (5, 15) },
        weights: Weights::default(),
        every: Duration::ZERO,
        length: Duration::ZERO,
        enough: Enough::default(),
        snapshots: 5,
    };
    let copy = backup.clone();
    let played = mixed::play_with(context, mixed, |stage, _, _| async move {
        tokio::time::sleep(Duration::from_secs(3)).await;
        back_up(&stage, &copy).await?;
        tokio::time::sleep(Duration::from_secs(4)).await;
        let point: String = sqlx::query_scalar(POINT).fetch_one(&stage.owner).await?;
        eprintln!("  restore point at {point}");
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(Done::default())
    })
    .await?;
    // The rest of the log reaches the archive with the switch.
    number(&played.stage, "SELECT 1::bigint FROM pg_switch_wal()").await?;
    await_archive(&played.stage).await?;
    let later = number(&played.stage, "SELECT count(*) FROM chaos.born").await?;
    played.stage.down().await;
    let mut findings = played.findings;
    findings.push(restored(context, &archive, backup, later).await?);
    Ok(findings)
}

async fn back_up(stage: &Stage, to: &Path) -> Result<()> {
    make_folder(to.parent().context("no folder")?, stage.settings.postgres_owner)?;
    make_folder(to, stage.settings.postgres_owner)?;
    let postgres = stage.postgres.lock().await;
    let mut backup = postgres.program("pg_basebackup");
    backup.arg("--pgdata").arg(to).args([
        "--checkpoint=fast",
        "--wal-method=none",
        "--dbname",
        &postgres.url("postgres"),
    ]);
    let done = backup.output().await?;
    if !done.status.success() {
        bail!("pg_basebackup failed: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
}

async fn await_archive(stage: &Stage) -> Result<()> {
    const LEFT: &str = "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'";
    for _ in 0..300 {
        if number(stage, LEFT).await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the log was not archived within 30 s")
}

async fn restored(context: &Context<'_>, archive: &Path, data: PathBuf, later: i64) -> Result<Finding> {
    let (settings, template) = (context.settings, context.template);
    let mut postgres = Postgres::new(settings, data, &template.logins.owner)?;
    postgres.configure(&format!(
        "archive_mode = off\nrestore_command = 'cp {}/%f %p'\nrecovery_target_name = 'here'\nrecovery_target_action = 'promote'\n",
        archive.display()
    ))?;
    std::fs::write(postgres.data().join("recovery.signal"), "")?;
    postgres.start().await?;
    let pool = connect(&postgres.url(DATABASE), 1).await?;
    for _ in 0..300 {
        let recovering: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&pool).await?;
        if !recovering {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut cases = checker::look(&pool).await?;
    let leased: Vec<uuid::Uuid> = sqlx::query_scalar(RUNNING).fetch_all(&pool).await?;
    let born: i64 = sqlx::query_scalar("SELECT count(*) FROM chaos.born").fetch_one(&pool).await?;
    pool.close().await;
    if born >= later {
        cases.push("nothing of what came after the point is gone: it was not reached".into());
    }
    let stage = Stage::around(settings, template, &Options::new("restored", settings), postgres).await?;
    let (left, drained) = judge::drain(&stage).await?;
    cases.extend((left > 0).then(|| format!("{left} jobs are left")));
    cases.extend(sqlx::query_scalar::<_, String>(NOT_AGAIN).bind(&leased).fetch_all(&stage.owner).await?);
    cases.extend(checker::look(&stage.watcher).await?);
    cases.extend(
        lines(
            &stage,
            "SELECT format('job %s was completed twice', job_id) FROM chaos.ends WHERE to_status = 'completed' \
        GROUP BY job_id HAVING count(*) > 1",
        )
        .await?,
    );
    stage.down().await;
    let figure = format!(
        "{born} of {later} jobs at the point, {} leased then; drained {:.1} s after the workers came",
        leased.len(),
        drained.as_secs_f64()
    );
    Ok(Finding::none_of("R24", cases, figure, "0 violations, all leased jobs end"))
}
