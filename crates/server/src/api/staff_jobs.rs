//! What staff do to a job.

use super::{App, answer, time};
use crate::{
    auth::staff::StaffWrite,
    http::{body, error::ApiError, path::Id},
};
use axum::{extract::State, response::Response};
use contract::{
    error::ErrorBody,
    jobs::JobDetail,
    staff::{Reschedule, WithReason},
};

/// Stops a job: a pending one at once, a running one by its worker.
#[utoipa::path(post, path = "/staff/jobs/{id}/cancel", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The job"), ("Idempotency-Key" = String, Header), ("If-Match" = String, Header)),
    request_body = WithReason, responses(
    (status = 200, body = JobDetail), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 428, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn cancel(
    State(app): State<App>,
    write: StaffWrite,
    Id(job_id): Id,
    body: body::Strict<WithReason>,
) -> Result<Response, ApiError> {
    let command = write.command(&body.raw, &body.value.reason)?;
    answer::with_view(app.store.cancel_job(job_id, &command).await, app.read.job(job_id)).await
}

/// Runs a failed or cancelled job again with a new budget of attempts.
#[utoipa::path(post, path = "/staff/jobs/{id}/retry", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The job"), ("Idempotency-Key" = String, Header), ("If-Match" = String, Header)),
    request_body = WithReason, responses(
    (status = 200, body = JobDetail), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 428, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn retry(
    State(app): State<App>,
    write: StaffWrite,
    Id(job_id): Id,
    body: body::Strict<WithReason>,
) -> Result<Response, ApiError> {
    let command = write.command(&body.raw, &body.value.reason)?;
    answer::with_view(app.store.retry_job(job_id, &command).await, app.read.job(job_id)).await
}

/// Moves the time of a pending job.
#[utoipa::path(post, path = "/staff/jobs/{id}/reschedule", tag = "staff", security(("staff" = [])),
    params(("id" = Uuid, Path, description = "The job"), ("Idempotency-Key" = String, Header), ("If-Match" = String, Header)),
    request_body = Reschedule, responses(
    (status = 200, body = JobDetail), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
    (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
    (status = 428, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn reschedule(
    State(app): State<App>,
    write: StaffWrite,
    Id(job_id): Id,
    body: body::Strict<Reschedule>,
) -> Result<Response, ApiError> {
    let command = write.command(&body.raw, &body.value.reason)?;
    let run_at = time::run_at(body.value.run_at, crate::clock::now())?;
    answer::with_view(app.store.reschedule_job(job_id, run_at, &command).await, app.read.job(job_id)).await
}
