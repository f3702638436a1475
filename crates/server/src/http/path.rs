//! Ids in paths.

use super::error::ApiError;
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use uuid::Uuid;

/// The `{id}` of a path.
#[derive(Clone, Copy, Debug)]
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let wrong = || ApiError::malformed("The id in the address is not a UUID.").at("id");
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| wrong())?;
        id.parse().map(Self).map_err(|_| wrong())
    }
}
