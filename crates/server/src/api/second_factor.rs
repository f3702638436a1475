//! The check of a code, which sign-in and re-authentication share.

use super::App;
use crate::{auth::totp, http::error::ApiError};
use uuid::Uuid;

const MISSING: &str = "Enter the code that your authenticator shows.";
const WRONG: &str = "This code is not right, or it was used before. Wait for the next one.";

/// Passes when no second factor is enrolled, or `code` is right and was not used before; it is used up then.
///
/// # Errors
/// 401 with the field `code`.
pub async fn check(app: &App, staff_id: Uuid, code: Option<&str>) -> Result<(), ApiError> {
    let Some(factor) = app.store.second_factor(staff_id).await?.filter(|factor| factor.confirmed) else {
        return Ok(());
    };
    let code = code.filter(|code| !code.trim().is_empty());
    let code = code.ok_or_else(|| ApiError::second_factor_required(MISSING))?;
    let right = match totp::step(&factor.secret, code, factor.now)? {
        Some(step) => app.store.use_code(staff_id, step).await?,
        None => false,
    };
    if right {
        return Ok(());
    }
    tracing::warn!(%staff_id, "A wrong code came with a right password");
    Err(ApiError::second_factor_required(WRONG))
}
