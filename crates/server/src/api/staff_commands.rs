//! What became of a command whose answer was lost.

use super::App;
use crate::{
    auth::{staff::Staff, staff_write::is_key},
    http::error::ApiError,
};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use contract::{error::ErrorBody, staff::CommandSettled};

/// Settles a command of this person by its Idempotency-Key: it was done, or it is given up and never will be.
#[utoipa::path(post, path = "/staff/commands/{key}/settle", tag = "staff", security(("staff" = [])),
    params(("key" = String, Path, description = "The Idempotency-Key of the command", pattern = "^[!-~]{8,100}$")), responses(
    (status = 200, body = CommandSettled), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn settle(
    State(app): State<App>,
    Staff(staff): Staff,
    key: Result<Path<String>, PathRejection>,
) -> Result<Json<CommandSettled>, ApiError> {
    let key = key.ok().map(|Path(key)| key).filter(|key| is_key(key));
    let key =
        key.ok_or_else(|| ApiError::malformed("An Idempotency-Key has 8 to 100 visible ASCII characters.").at("key"))?;
    let done = app.store.settle_command(staff.info.id, &key).await?;
    Ok(Json(CommandSettled { done }))
}
