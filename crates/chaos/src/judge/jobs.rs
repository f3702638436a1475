//! What became of the jobs: R5, R8, R9, R16, R17.

use super::{acks::Enough, lines, number};
use crate::{
    report::{Finding, Verdict},
    stage::Stage,
};
use anyhow::Result;
use state_machine::{DemoMode, JobStatus};
use std::collections::HashSet;

const LOST: &str = "\
    SELECT format('job %s (%s) is gone', b.job_id, b.job_type) FROM chaos.born b \
    WHERE NOT EXISTS (SELECT FROM background_jobs j WHERE j.id = b.job_id) \
      AND NOT EXISTS (SELECT FROM chaos.pruned p WHERE p.job_id = b.job_id) \
    UNION ALL \
    SELECT format('job %s (%s) is still %s after attempt %s of %s: %s', id, job_type, status, attempt, max_attempts, error_message) \
    FROM background_jobs WHERE status IN ('pending', 'running') AND run_at < now() + interval '1 min' AND created_at < now() - interval '10 s'";
const DOUBLED: &str = "\
    SELECT format('job %s was completed %s times', job_id, count(*)) FROM chaos.ends WHERE to_status = 'completed' \
    GROUP BY job_id HAVING count(*) > 1 \
    UNION ALL \
    SELECT format('job %s was claimed twice under epoch %s', job_id, epoch) FROM chaos.claims GROUP BY job_id, epoch HAVING count(*) > 1 \
    UNION ALL \
    SELECT format('user %s was moved from %s to %s by %s without the end of a job', m.user_id, m.from_status, m.to_status, m.app) \
    FROM chaos.moves m WHERE m.app LIKE 'worker-%' \
      AND NOT EXISTS (SELECT FROM chaos.ends e WHERE e.xid = m.xid AND e.user_id = m.user_id) \
    UNION ALL \
    SELECT format('job %s became %s and user %s did not move with it', e.job_id, e.to_status, e.user_id) \
    FROM chaos.ends e WHERE e.user_id IS NOT NULL AND e.job_type LIKE 'demo\\_%' AND e.from_status = 'running' \
      AND e.to_status IN ('completed', 'failed', 'cancelled') \
      AND NOT EXISTS (SELECT FROM chaos.moves m WHERE m.xid = e.xid AND m.user_id = e.user_id)";
const STRANGERS: &str = "SELECT format('job %s, epoch %s: %s by %s while %s held it', job_id, epoch, what, app, claimed_by) FROM chaos.strangers";
const LEASES: &str = "\
    SELECT format('%s claimed job %s for %s', app, job_id, lease) FROM chaos.claims WHERE lease NOT BETWEEN interval '1.9 s' AND interval '2.1 s' \
    UNION ALL SELECT format('%s renewed job %s for %s', app, job_id, lease) FROM chaos.leases";
const PRUNED: &str = "SELECT format('job %s was removed while it was %s', job_id, status) FROM chaos.pruned \
    WHERE status IN ('pending', 'running') OR named_while_live";
const JOB_EDGES: &str = "SELECT DISTINCT from_status || ' to ' || to_status FROM chaos.ends";
const USER_EDGES: &str = "SELECT DISTINCT from_status || ' to ' || to_status FROM chaos.moves";

/// All of them.
pub async fn judge(stage: &Stage, faults: u64, enough: Enough) -> Result<Vec<Finding>> {
    let jobs = number(stage, "SELECT count(*) FROM chaos.born").await?;
    let done = number(stage, "SELECT count(*) FROM chaos.ends WHERE to_status = 'completed'").await?;
    let failed = number(stage, "SELECT count(*) FROM chaos.ends WHERE to_status = 'failed'").await?;
    let rescued =
        number(stage, "SELECT count(*) FROM chaos.ends WHERE expired AND app IS DISTINCT FROM claimed_by").await?;
    let (lost, doubled) = (lines(stage, LOST).await?, lines(stage, DOUBLED).await?);
    let figure = format!(
        "{} lost, {} doubled of {jobs} jobs under {faults} faults ({done} completed, {failed} failed for good, {rescued} rescued)",
        lost.len(),
        doubled.len()
    );
    let bar = format!("0 and 0 of at least {} under at least {}", enough.jobs, enough.faults);
    let mut exactly_once = Finding::none_of("R8", [lost, doubled].concat(), figure, bar);
    if u64::try_from(jobs).unwrap_or(0) < enough.jobs || faults < enough.faults {
        exactly_once.verdict = Verdict::Missed;
        exactly_once.cases.push("the run did too little to count".into());
    }
    let strangers = lines(stage, STRANGERS).await?;
    let claims = number(stage, "SELECT count(*) FROM chaos.claims").await?;
    let leases = lines(stage, LEASES).await?;
    let pruned = number(stage, "SELECT count(*) FROM chaos.pruned").await?;
    let figure = |bad: usize, what: &str| format!("{bad} {what} of {claims} claims");
    let mut findings = vec![
        exactly_once,
        Finding::none_of("R9", strangers.clone(), figure(strangers.len(), "writes to another's lease"), "0"),
        Finding::none_of("R16", leases.clone(), figure(leases.len(), "leases not of database time"), "0"),
        edges(stage).await?,
    ];
    if pruned > 0 {
        let live = lines(stage, PRUNED).await?;
        findings.push(Finding::none_of(
            "R17",
            live,
            format!("{pruned} finished jobs removed meanwhile"),
            "0 live rows touched",
        ));
    }
    Ok(findings)
}

async fn edges(stage: &Stage) -> Result<Finding> {
    let jobs: HashSet<String> = JobStatus::edges().iter().map(|(a, b)| format!("{a} to {b}")).collect();
    let users: HashSet<String> = DemoMode::edges().iter().map(|(a, b)| format!("{a} to {b}")).collect();
    let (of_jobs, of_users) = (lines(stage, JOB_EDGES).await?, lines(stage, USER_EDGES).await?);
    let mut illegal: Vec<_> =
        of_jobs.iter().filter(|edge| !jobs.contains(*edge)).map(|e| format!("job: {e}")).collect();
    illegal.extend(of_users.iter().filter(|edge| !users.contains(*edge)).map(|e| format!("user: {e}")));
    let seen = of_jobs.len() + of_users.len();
    Ok(Finding::none_of(
        "R5",
        illegal,
        format!("{seen} different changes of state seen"),
        "0 that the rules do not know",
    ))
}
