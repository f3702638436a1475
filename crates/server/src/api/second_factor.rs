//! The check of a code, which sign-in and re-authentication share.

use super::App;
use crate::{auth::totp, http::error::ApiError};
use store::SecondFactor;
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
    let right = match totp::step(&secret(app, staff_id, &factor)?, code, factor.now)? {
        Some(step) => app.store.use_code(staff_id, step).await?,
        None => false,
    };
    if right {
        reseal(app, staff_id, &factor).await;
        return Ok(());
    }
    tracing::warn!(%staff_id, "A wrong code came with a right password");
    Err(ApiError::second_factor_required(WRONG))
}

/// What the authenticator has too.
///
/// # Errors
/// 500 when it does not open; the log tells which key lacks.
pub fn secret(app: &App, staff_id: Uuid, factor: &SecondFactor) -> Result<Vec<u8>, ApiError> {
    app.sealing_keys.open(staff_id, &factor.stored).map_err(|error| ApiError::internal(format!("{error:#}")))
}

/// Brings a secret that was just used under the key of today. The next use tries again.
pub async fn reseal(app: &App, staff_id: Uuid, factor: &SecondFactor) {
    if !app.sealing_keys.is_outdated(&factor.stored) {
        return;
    }
    let Ok(opened) = app.sealing_keys.open(staff_id, &factor.stored) else { return };
    let Some(sealed) = app.sealing_keys.seal(staff_id, &opened) else { return };
    match app.store.reseal_second_factor(staff_id, &factor.stored, &sealed).await {
        Ok(true) => tracing::info!(%staff_id, key = sealed.key_id, "Sealed a second factor with the key of today"),
        Ok(false) => {}
        Err(error) => tracing::warn!(%staff_id, %error, "Could not seal a second factor with the key of today"),
    }
}
