//! What becomes of a plan when one of its people may no longer act: it waits until somebody else has looked at it.

use super::{
    rows::{self, Written},
    steps::find,
};
use crate::{
    Command, StoreError,
    audit::{self, AuditLine},
    job_commands,
};
use sqlx::PgConnection;
use state_machine::BulkEvent;
use uuid::Uuid;

const AT_WORK: &str = "SELECT id, job_id FROM bulk_plans WHERE status = 'running' AND job_id IS NOT NULL \
  AND $1 IN (planned_by, confirmed_by, approved_by) ORDER BY job_id";

/// Pauses every plan at work that this person planned, confirmed or approved: the item in hand is ended, and no other begun.
/// `who`: their e-mail. The caller holds the person's row, and has written no audit line yet: that lock comes last.
pub(crate) async fn pause_plans_of(
    tx: &mut PgConnection,
    person: Uuid,
    who: &str,
    command: &Command,
) -> Result<(), StoreError> {
    let plans: Vec<(Uuid, Uuid)> = sqlx::query_as(AT_WORK).bind(person).fetch_all(&mut *tx).await?;
    let mut paused = vec![];
    for (id, job_id) in plans {
        let job = find(tx, job_id).await?;
        let plan = rows::lock(tx, id, false).await?;
        // It has come to its end meanwhile, or somebody stopped it.
        let Ok(change) = plan.status.transition(BulkEvent::Pause) else { continue };
        let part = match person {
            _ if Some(person) == plan.confirmed_by => "confirmed",
            _ if person == plan.planned_by => "planned",
            _ => "approved",
        };
        let note = format!(
            "Paused, because {who}, who {part} it, was disabled. Look at what it still would do; resume it or abort it."
        );
        rows::write(tx, &plan, &change, Written { note: Some(&note), ..Written::default() }).await?;
        if let Some(job) = &job {
            job_commands::stop(tx, None, job, command).await?;
        }
        paused.push((plan, change, job_id));
    }
    for (plan, change, job_id) in paused {
        let after = format!("{}, plan {}: {who} was disabled", change.to(), plan.id);
        let line = AuditLine {
            action: "bulk.pause",
            job_id: Some(job_id),
            before: Some(plan.status.as_str()),
            after: Some(&after),
            ..AuditLine::default()
        };
        audit::append(tx, command, line).await?;
    }
    Ok(())
}

/// Which of these people may no longer act. Each is held as they are until the end of the transaction: whoever disables one
/// comes before or after.
pub(super) async fn disabled(tx: &mut PgConnection, people: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let sql = "SELECT id, disabled_at IS NOT NULL FROM staff WHERE id = ANY($1) ORDER BY id FOR SHARE";
    let found: Vec<(Uuid, bool)> = sqlx::query_as(sql).bind(people).fetch_all(tx).await?;
    Ok(found.into_iter().filter(|(_, disabled)| *disabled).map(|(id, _)| id).collect())
}
