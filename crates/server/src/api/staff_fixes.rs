//! The fix that a verdict offers: decided anew on the case as it is, and written only if that is what the person saw.

use super::{
    App, answer,
    refusals::{KeyHeader, WriteRefusals},
};
use crate::{
    auth::{permit::CaseFix, staff_write::StaffWrite},
    http::error::ApiError,
};
use axum::{Json, extract::State, response::Response};
use contract::{
    state_machine::triage::{CaseFacts, Fix},
    triage::{CaseView, FixRequest},
};
use std::time::Duration;
use store::{FixOrder, StoreError};
use uuid::Uuid;

/// The demo service answers within this, or it is not asked for longer.
const ASKING_MAX: Duration = Duration::from_secs(5);
/// A claim, and what a busy machine adds.
const DUE_LEAST: Duration = Duration::from_secs(30);
/// Without history.
const DUE_UNKNOWN: Duration = Duration::from_secs(600);

/// Whose case it is.
#[derive(Clone, Copy)]
enum Subject {
    User(Uuid),
    Job(Uuid),
}

/// Applies the fix that the verdict on a user offers.
#[utoipa::path(post, path = "/staff/users/{id}/fix", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The user"), KeyHeader), request_body = FixRequest,
    responses((status = 200, body = CaseView), WriteRefusals))]
pub async fn fix_user(State(app): State<App>, write: StaffWrite<FixRequest, CaseFix>) -> Result<Response, ApiError> {
    fix(&app, Subject::User(write.id), write).await
}

/// Applies the fix that the verdict on a job offers.
#[utoipa::path(post, path = "/staff/jobs/{id}/fix", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The job"), KeyHeader), request_body = FixRequest,
    responses((status = 200, body = CaseView), WriteRefusals))]
pub async fn fix_job(State(app): State<App>, write: StaffWrite<FixRequest, CaseFix>) -> Result<Response, ApiError> {
    fix(&app, Subject::Job(write.id), write).await
}

async fn fix(app: &App, subject: Subject, write: StaffWrite<FixRequest, CaseFix>) -> Result<Response, ApiError> {
    let StaffWrite { body, mut command, .. } = write;
    // A repeat finds the case moved, by itself.
    if app.store.was_done(&command).await? {
        return Ok(answer::marked(true, Json(look(app, subject).await?.1)));
    }
    let (facts, case) = look(app, subject).await?;
    let offer = case.verdict.fix.as_ref().filter(|offer| offer.fix == body.fix && is_as_seen(&body, &case));
    let Some(offer) = offer else { return Err(ApiError::case_moved(&case)) };
    if offer.needs_reason && command.reason.is_none() {
        return Err(ApiError::invalid("reason", "Say why, in 3 to 500 characters."));
    }
    command.reason.get_or_insert_with(|| case.verdict.title.clone());
    let plan = body.fix.plan(&facts).map_err(|_| ApiError::case_moved(&case))?;
    let asked = if body.fix == Fix::ConfirmExisting { Some(ask(app, &case).await?) } else { None };
    let order = FixOrder {
        fix: body.fix,
        cause: case.verdict.cause,
        error_class: facts.job.as_ref().and_then(|job| job.error_class),
        user: case.user_id.zip(case.user_version),
        job: case.job_id.zip(case.job_version),
        queue: case.queue.clone().map(|name| (name, case.queue_version.unwrap_or(1))),
        plan,
        asked,
        due_in: due_in(&facts),
    };
    match app.store.apply_fix(order, &command).await {
        Ok(done) => Ok(answer::marked(done.replayed, Json(look(app, subject).await?.1))),
        Err(StoreError::CaseMoved) => Err(ApiError::case_moved(&look(app, subject).await?.1)),
        Err(error) => Err(error.into()),
    }
}

async fn look(app: &App, subject: Subject) -> Result<(CaseFacts, CaseView), ApiError> {
    Ok(match subject {
        Subject::User(id) => app.read.user_case_facts(id).await?,
        Subject::Job(id) => app.read.job_case_facts(id).await?,
    })
}

/// Both versions, and that it is the same job at all.
fn is_as_seen(body: &FixRequest, case: &CaseView) -> bool {
    body.user_version == case.user_version && body.job_id == case.job_id && body.job_version == case.job_version
}

/// Whether the recorded profile is there and complete. No transaction is open, and what is answered is bound to the
/// profile's id when it is written.
async fn ask(app: &App, case: &CaseView) -> Result<(String, bool), ApiError> {
    let service = app.demo_service.as_ref().ok_or_else(|| {
        ApiError::not_now("This API was not told where the demo service is, so it cannot ask it. Set DEMO_SERVICE_URL.")
    })?;
    let user_id = case.user_id.ok_or_else(|| ApiError::case_moved(case))?;
    let row = app.store.demo_status(user_id).await?;
    let profile_id = row.profile_id.ok_or_else(|| ApiError::case_moved(case))?;
    let unanswered =
        |why: String| ApiError::not_now(format!("Nothing was changed, because it is not known what is there. {why}"));
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
