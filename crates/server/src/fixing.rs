//! A verdict's fix made ready to be written: for one that a person applies, and for each item of a plan that applies many.

use crate::worker::DemoService;
use contract::{
    state_machine::triage::{CaseFacts, Fix, FixOffer},
    triage::CaseView,
};
use read_model::{ReadError, ReadModel};
use std::time::Duration;
use store::{FixOrder, Store, StoreError};
use uuid::Uuid;

/// The demo service answers within this, or it is not asked for longer.
const ASKING_MAX: Duration = Duration::from_secs(5);
/// A claim, and what a busy machine adds.
const DUE_LEAST: Duration = Duration::from_secs(30);
/// Without history.
const DUE_UNKNOWN: Duration = Duration::from_secs(600);

/// Whose case it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// A user's, with the job that demo mode waits for.
    User(Uuid),
    /// A job's, with its user.
    Job(Uuid),
}

/// A case with the facts that its verdict rests on.
pub(crate) struct SeenCase {
    facts: CaseFacts,
    pub view: CaseView,
}

/// Why a fix cannot be written.
pub(crate) enum NoOrder {
    /// It is not what the verdict offers.
    Moved,
    /// The demo service was to be asked and has not told; a sentence for people.
    NotNow(String),
    /// The database.
    Store(StoreError),
}

impl Subject {
    /// The case as it is now.
    pub async fn look(self, read: &ReadModel) -> Result<SeenCase, ReadError> {
        let (facts, view) = match self {
            Self::User(id) => read.user_case_facts(id).await?,
            Self::Job(id) => read.job_case_facts(id).await?,
        };
        Ok(SeenCase { facts, view })
    }
}

impl SeenCase {
    /// The offer of the verdict, if it is this fix.
    pub fn offer(&self, fix: Fix) -> Option<&FixOffer> {
        self.view.verdict.fix.as_ref().filter(|offer| offer.fix == fix)
    }

    /// For an item that was planned with another fix.
    pub fn verdict_is_another(&self) -> String {
        let title = &self.view.verdict.title;
        format!("It has changed since it was planned: the verdict is now “{title}”. Nothing was changed.")
    }

    /// The fix with all that was seen, as the rules plan it; the demo service is asked where it rests on its word.
    pub async fn order(&self, fix: Fix, store: &Store, service: Option<&DemoService>) -> Result<FixOrder, NoOrder> {
        let (facts, case) = (&self.facts, &self.view);
        if self.offer(fix).is_none() {
            return Err(NoOrder::Moved);
        }
        let plan = fix.plan(facts).map_err(|_| NoOrder::Moved)?;
        let asked = if fix == Fix::ConfirmExisting { Some(ask(store, service, case).await?) } else { None };
        Ok(FixOrder {
            fix,
            cause: case.verdict.cause,
            error_class: facts.job.as_ref().and_then(|job| job.error_class),
            user: case.user_id.zip(case.user_version),
            job: case.job_id.zip(case.job_version),
            queue: case.queue.clone().map(|name| (name, case.queue_version.unwrap_or(1))),
            plan,
            asked,
            due_in: due_in(facts),
        })
    }
}

/// Whether the recorded profile is there and complete. No transaction is open, and what is answered is bound to the
/// profile's id when it is written.
async fn ask(store: &Store, service: Option<&DemoService>, case: &CaseView) -> Result<(String, bool), NoOrder> {
    let service = service.ok_or_else(|| {
        NoOrder::NotNow(
            "Nobody told this process where the demo service is, so it cannot ask it. Set DEMO_SERVICE_URL.".into(),
        )
    })?;
    let user_id = case.user_id.ok_or(NoOrder::Moved)?;
    let row = store.demo_status(user_id).await.map_err(NoOrder::Store)?;
    let profile_id = row.profile_id.ok_or(NoOrder::Moved)?;
    let unanswered =
        |why: String| NoOrder::NotNow(format!("Nothing was changed, because it is not known what is there. {why}"));
    let state = tokio::time::timeout(ASKING_MAX, service.find(&profile_id))
        .await
        .map_err(|_| unanswered("The demo service did not answer in time. Try again when it is well.".into()))?
        .map_err(|error| unanswered(error.to_string()))?;
    match state {
        Some(state) if state.status != "ready" => Err(unanswered(format!(
            "The demo service is still at work on the profile ({} %). Ask again when it is complete.",
            state.progress
        ))),
        state => Ok((profile_id, state.is_some())),
    }
}

/// Twice what almost all jobs of the type take.
fn due_in(facts: &CaseFacts) -> Duration {
    let usual = facts.usual.map(|usual| Duration::from_secs(u64::from(usual.p95_s) * 2));
    usual.map_or(DUE_UNKNOWN, |usual| usual + DUE_LEAST)
}
