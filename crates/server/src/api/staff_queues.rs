//! What staff do to a queue.

use super::{
    App, answer,
    refusals::{WriteHeaders, WriteRefusals},
};
use crate::{
    auth::{
        permit::{QueuePause, QueueResume},
        staff_write::StaffWrite,
    },
    http::error::ApiError,
};
use axum::{
    RequestPartsExt,
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::Response,
};
use contract::{queues::QueueRow, staff::TurnQueue};

/// The `{name}` of a path.
pub struct Name(String);

impl FromRequestParts<App> for Name {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let fits = |name: &String| (1..=63).contains(&name.chars().count()) && !name.contains(char::is_control);
        let name = parts.extract::<Path<String>>().await.ok().map(|Path(name)| name).filter(fits);
        name.map(Self).ok_or_else(|| ApiError::malformed("A queue's name has 1 to 63 characters.").at("name"))
    }
}

/// Lets no worker claim from a queue. What is running goes on.
#[utoipa::path(post, path = "/staff/queues/{name}/pause", tag = "staff", security(("staff" = [])),
    params(("name" = String, Path, description = "The queue", pattern = r"^[^\x00-\x1f\x7f-\x9f]{1,63}$"), WriteHeaders), request_body = TurnQueue,
    responses((status = 200, body = QueueRow), WriteRefusals))]
pub async fn pause(
    State(app): State<App>,
    Name(name): Name,
    write: StaffWrite<TurnQueue, QueuePause>,
) -> Result<Response, ApiError> {
    answer::with_view(app.store.pause_queue(&name, &write.command).await, app.read.queue(&name)).await
}

/// Lets workers claim from a queue again.
#[utoipa::path(post, path = "/staff/queues/{name}/resume", tag = "staff", security(("staff" = [])),
    params(("name" = String, Path, description = "The queue", pattern = r"^[^\x00-\x1f\x7f-\x9f]{1,63}$"), WriteHeaders), request_body = TurnQueue,
    responses((status = 200, body = QueueRow), WriteRefusals))]
pub async fn resume(
    State(app): State<App>,
    Name(name): Name,
    write: StaffWrite<TurnQueue, QueueResume>,
) -> Result<Response, ApiError> {
    answer::with_view(app.store.resume_queue(&name, &write.command).await, app.read.queue(&name)).await
}
