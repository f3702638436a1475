//! What staff do to a job.

use super::{
    App, answer,
    refusals::{WriteHeaders, WriteRefusals},
    time,
};
use crate::{
    auth::{
        permit::{JobCancel, JobReschedule, JobRetry},
        staff_write::StaffWrite,
    },
    http::error::ApiError,
};
use axum::{extract::State, response::Response};
use contract::{
    jobs::JobDetail,
    staff::{Reschedule, WithReason},
};

/// Stops a job: a pending one at once, a running one by its worker.
#[utoipa::path(post, path = "/staff/jobs/{id}/cancel", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The job"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = JobDetail), WriteRefusals))]
pub async fn cancel(State(app): State<App>, write: StaffWrite<WithReason, JobCancel>) -> Result<Response, ApiError> {
    answer::with_view(app.store.cancel_job(write.id, &write.command).await, app.read.job(write.id)).await
}

/// Runs a failed or cancelled job again with a new budget of attempts.
#[utoipa::path(post, path = "/staff/jobs/{id}/retry", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The job"), WriteHeaders), request_body = WithReason,
    responses((status = 200, body = JobDetail), WriteRefusals))]
pub async fn retry(State(app): State<App>, write: StaffWrite<WithReason, JobRetry>) -> Result<Response, ApiError> {
    answer::with_view(app.store.retry_job(write.id, &write.command).await, app.read.job(write.id)).await
}

/// Moves the time of a pending job.
#[utoipa::path(post, path = "/staff/jobs/{id}/reschedule", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The job"), WriteHeaders), request_body = Reschedule,
    responses((status = 200, body = JobDetail), WriteRefusals))]
pub async fn reschedule(
    State(app): State<App>,
    write: StaffWrite<Reschedule, JobReschedule>,
) -> Result<Response, ApiError> {
    let run_at = time::run_at(write.body.run_at, crate::clock::now())?;
    let done = app.store.reschedule_job(write.id, run_at, &write.command).await;
    answer::with_view(done, app.read.job(write.id)).await
}
