//! How a staff command is answered: with the thing as it is now.

use crate::http::error::ApiError;
use axum::{
    Json,
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use read_model::ReadError;
use serde::Serialize;
use store::{Done, StoreError};

/// Says that the command had been done before and nothing was changed this time.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The view after `outcome`, or the refusal; a conflict of versions carries the view as well.
///
/// # Errors
/// What the store refused. When only the view cannot be read the command holds all the same; repeating it with its key
/// answers the view.
pub async fn with_view<T: Serialize>(
    outcome: Result<Done, StoreError>,
    view: impl Future<Output = Result<T, ReadError>>,
) -> Result<Response, ApiError> {
    match outcome {
        Ok(done) => Ok(marked(done.replayed, Json(view.await?))),
        Err(StoreError::VersionConflict { .. }) => Err(ApiError::version_conflict(&view.await?)),
        Err(error) => Err(error.into()),
    }
}

/// An answer that says whether it is a repeat.
pub fn marked(replayed: bool, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
