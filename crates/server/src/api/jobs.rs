//! Jobs, for clients that poll.

use super::App;
use crate::{
    auth::customer::Customer,
    http::{error::ApiError, path::Id},
};
use axum::{Json, extract::State};
use contract::{customer::JobStatusView, error::ErrorBody};
use store::JobRecord;

/// Where a job of one's own stands. Another's job is answered like one that does not exist.
#[utoipa::path(get, path = "/jobs/{id}/status", tag = "demo", params(("id" = Uuid, Path, description = "The job")),
    security(("customer" = []), ("cookie" = [])), responses(
    (status = 200, body = JobStatusView), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn status(State(app): State<App>, customer: Customer, Id(id): Id) -> Result<Json<JobStatusView>, ApiError> {
    let job = app.store.job(id).await?;
    if job.user_id != Some(customer.0.user_id) {
        return Err(ApiError::not_found("job"));
    }
    Ok(Json(view(job)))
}

/// A job as customers' clients see it.
pub(super) fn view(job: JobRecord) -> JobStatusView {
    JobStatusView {
        job_id: job.id,
        job_type: job.job_type,
        status: job.status,
        progress: u32::from(job.progress.unsigned_abs()),
        step: job.progress_step,
        result: job.result_data,
        error: job.error_message,
        created_at: job.created_at,
        started_at: job.started_at,
        completed_at: job.completed_at,
    }
}
