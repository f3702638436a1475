//! What people do with a plan: confirm, approve, discard, pause, resume, abort. Each is one transaction with its audit line.

use super::{
    people,
    rows::{self, PlanRow, Written},
};
use crate::{
    Command, Done, Store, StoreError,
    audit::{self, AuditLine},
    demo_mode::check_version,
    engine::{self, NewJob},
    job_commands,
    jobs::{self, JobRecord},
    receipts::{self, Claimed},
};
use sqlx::PgConnection;
use state_machine::{BulkEvent, BulkFacts, BulkStatus, BulkStep, IllegalTransition, JobEvent, JobType};
use uuid::Uuid;

impl Store {
    /// Takes a plan a step further, if the rules allow this person to. `typed_count`: how many will change, as typed by
    /// whoever confirms.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::VersionConflict`], [`StoreError::KeyReused`]; [`StoreError::Illegal`] also for
    /// one's own approval, for a plan that has expired or is not what it was, and for a number that is not the plan's.
    pub async fn step_bulk_plan(
        &self,
        id: Uuid,
        step: BulkStep,
        typed_count: Option<u32>,
        command: &Command,
    ) -> Result<Done, StoreError> {
        let command = command.clone();
        let done = self
            .step("command", move |tx| {
                let command = command.clone();
                Box::pin(async move { go(tx, id, step, typed_count, &command).await })
            })
            .await?;
        self.wake.jobs();
        self.wake.cancel();
        Ok(done)
    }
}

async fn go(
    tx: &mut PgConnection,
    id: Uuid,
    step: BulkStep,
    typed_count: Option<u32>,
    command: &Command,
) -> Result<Done, StoreError> {
    let replay = receipts::claim(tx, command).await?;
    let named: Option<(Option<Uuid>, Option<Uuid>)> =
        sqlx::query_as("SELECT job_id, confirmed_by FROM bulk_plans WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
    let (job_id, confirmed_by) = named.ok_or(StoreError::NotFound { what: "bulk plan" })?;
    if replay == Claimed::Replayed {
        return Ok(Done { job_id, replayed: true });
    }
    let person = command.actor.staff_id();
    let begins = matches!(step, BulkStep::Confirm | BulkStep::Approve);
    let gone = if begins || step == BulkStep::Resume {
        people::disabled(tx, &[person, confirmed_by].into_iter().flatten().collect::<Vec<_>>()).await?
    } else {
        vec![]
    };
    let job = match job_id {
        Some(job_id) => find(tx, job_id).await?,
        None => None,
    };
    let plan = rows::lock(tx, id, begins).await?;
    check_version(command, plan.version)?;
    let facts = facts(&plan, person);
    let refuse = |reason: String| -> StoreError {
        IllegalTransition { from: plan.status.as_str(), event: step.as_str(), reason }.into()
    };
    if let Some(why) = facts.offer(step).refusal {
        return Err(refuse(why));
    }
    if begins && !plan.intact {
        return Err(refuse("The plan's items are not what was planned. Discard it and plan anew.".into()));
    }
    if step == BulkStep::Confirm && plan.typed_count && typed_count != Some(plan.will_change) {
        return Err(refuse(format!("Type how many will change, {}, to confirm.", plan.will_change)));
    }
    if person.is_some_and(|id| gone.contains(&id)) {
        return Err(refuse("You were disabled meanwhile.".into()));
    }
    // Every item is done in the name of whoever confirmed.
    let nameless = plan.confirmed_by.is_some_and(|id| gone.contains(&id));
    if nameless && step == BulkStep::Approve {
        return Err(refuse("Whoever confirmed it was disabled. Discard it and plan anew.".into()));
    }
    if nameless && plan.approved_by == person {
        return Err(refuse(
            "Whoever confirmed it was disabled, and you are its second person: somebody else must resume it.".into(),
        ));
    }
    let change = plan.status.transition(facts.event(step))?;
    let name = command.actor.label();
    let me = person.map(|id| (id, name.as_str()));
    let mut with = Written::default();
    if nameless {
        with.confirmed = me;
    }
    match change.event() {
        BulkEvent::Confirm => with = Written { confirmed: me, job_id: Some(enqueue(tx, &plan, &name).await?), ..with },
        BulkEvent::AskApproval => with.confirmed = me,
        BulkEvent::Approve => with = Written { approved: me, job_id: Some(enqueue(tx, &plan, &name).await?), ..with },
        // Its job is gone after a month, or has ended as if all were done: another one does the rest.
        BulkEvent::Resume if !may_run_again(job.as_ref()) => with.job_id = Some(enqueue(tx, &plan, &name).await?),
        _ => {}
    }
    let at_work = with.job_id.or(job_id);
    rows::write(tx, &plan, &change, with).await?;
    if let Some(job) = &job {
        match change.event() {
            BulkEvent::Resume if may_run_again(Some(job)) => {
                job_commands::restart(tx, job, command).await?;
            }
            // One that pauses was asked to stop already.
            BulkEvent::Pause | BulkEvent::Abort if plan.status == BulkStatus::Running => {
                job_commands::stop(tx, None, job, command).await?;
            }
            _ => {}
        }
    }
    let (before, after) = (plan.status.as_str(), format!("{}, plan {id}", change.to()));
    let action = format!("bulk.{step}");
    let line = AuditLine {
        action: &action,
        job_id: at_work,
        before: Some(before),
        after: Some(&after),
        ..AuditLine::default()
    };
    audit::append(tx, command, line).await?;
    Ok(Done { job_id: at_work, replayed: false })
}

fn facts(plan: &PlanRow, person: Option<Uuid>) -> BulkFacts {
    BulkFacts {
        status: plan.status,
        expired: plan.expired,
        changes_something: plan.will_change > 0,
        second_person: plan.second_person,
        // Nobody in particular is nobody else either.
        is_own: person.is_none_or(|id| id == plan.planned_by || Some(id) == plan.confirmed_by),
    }
}

fn may_run_again(job: Option<&JobRecord>) -> bool {
    job.is_some_and(|job| job.status.transition(JobEvent::ManualRetry).is_ok())
}

pub(super) async fn find(tx: &mut PgConnection, job_id: Uuid) -> Result<Option<JobRecord>, StoreError> {
    match jobs::lock(tx, job_id).await {
        Ok(job) => Ok(Some(job)),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn enqueue(tx: &mut PgConnection, plan: &PlanRow, actor: &str) -> Result<Uuid, StoreError> {
    let job = NewJob {
        dedupe_key: Some(format!("bulk:{}", plan.id)),
        payload: serde_json::json!({ "plan_id": plan.id }),
        ..NewJob::new(JobType::Bulk)
    };
    engine::enqueue_in(tx, &job, actor).await
}
