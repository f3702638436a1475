//! The fix that a verdict offers: decided anew on the case as it is, and written only if that is what the person saw.

use super::{
    App, answer,
    refusals::{KeyHeader, WriteRefusals},
};
use crate::{
    auth::{permit::CaseFix, staff_write::StaffWrite},
    fixing::{NoOrder, Subject},
    http::error::ApiError,
};
use axum::{Json, extract::State, response::Response};
use contract::triage::{CaseView, FixRequest};
use store::StoreError;

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
        return Ok(answer::marked(true, Json(subject.look(&app.read).await?.view)));
    }
    let seen = subject.look(&app.read).await?;
    let offer = seen.offer(body.fix).filter(|_| is_as_seen(&body, &seen.view));
    let Some(offer) = offer else { return Err(ApiError::case_moved(&seen.view)) };
    if offer.needs_reason && command.reason.is_none() {
        return Err(ApiError::invalid("reason", "Say why, in 3 to 500 characters."));
    }
    command.reason.get_or_insert_with(|| seen.view.verdict.title.clone());
    let order = match seen.order(body.fix, &app.store, app.demo_service.as_ref()).await {
        Ok(order) => order,
        Err(NoOrder::Moved) => return Err(ApiError::case_moved(&seen.view)),
        Err(NoOrder::NotNow(why)) => return Err(ApiError::not_now(why)),
        Err(NoOrder::Store(error)) => return Err(error.into()),
    };
    match app.store.apply_fix(order, &command).await {
        Ok(done) => Ok(answer::marked(done.replayed, Json(subject.look(&app.read).await?.view))),
        Err(StoreError::CaseMoved) => Err(ApiError::case_moved(&subject.look(&app.read).await?.view)),
        Err(error) => Err(error.into()),
    }
}

/// Both versions, and that it is the same job at all.
fn is_as_seen(body: &FixRequest, case: &CaseView) -> bool {
    body.user_version == case.user_version && body.job_id == case.job_id && body.job_version == case.job_version
}
