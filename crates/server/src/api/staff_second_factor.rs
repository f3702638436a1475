//! Enrolling a second factor.

use super::{App, second_factor, staff_account};
use crate::{
    auth::{
        staff::{SignedIn, told},
        totp,
    },
    http::{body::Strict, error::ApiError},
};
use axum::{Json, extract::State};
use contract::{
    access::{BeginSecondFactor, ConfirmSecondFactor, SecondFactorSecret, StaffAccess},
    error::ErrorBody,
};

const NO_KEY: &str = "This server has no key to keep second factors with. Whoever looks after it gives it one with \
  --second-factor-keys.";

/// Draws the secret for an authenticator. It is not asked for before it is confirmed.
#[utoipa::path(post, path = "/staff/auth/second-factor/begin", tag = "staff", security(("staff" = [])),
    request_body = BeginSecondFactor, responses(
    (status = 200, body = SecondFactorSecret), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 409, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
    (status = 422, body = ErrorBody), (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn begin(
    State(app): State<App>,
    staff: SignedIn,
    body: Strict<BeginSecondFactor>,
) -> Result<Json<SecondFactorSecret>, ApiError> {
    staff_account::check(&app, &staff, body.value.password, None).await?;
    let secret = totp::draw();
    let sealed = app.sealing_keys.seal(staff.info.id, &secret).ok_or_else(|| ApiError::not_now(NO_KEY))?;
    let (text, uri) = totp::enrolment(&secret, &staff.info.email)?;
    app.store.begin_second_factor(staff.info.id, sealed).await?;
    Ok(Json(SecondFactorSecret { secret: text, uri }))
}

/// Proves that the authenticator has the secret; from now on its codes are asked for.
#[utoipa::path(post, path = "/staff/auth/second-factor/confirm", tag = "staff", security(("staff" = [])),
    request_body = ConfirmSecondFactor, responses(
    (status = 200, body = StaffAccess), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
    (status = 422, body = ErrorBody), (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn confirm(
    State(app): State<App>,
    staff: SignedIn,
    body: Strict<ConfirmSecondFactor>,
) -> Result<Json<StaffAccess>, ApiError> {
    let begun = app.store.second_factor(staff.info.id).await?.filter(|factor| !factor.confirmed);
    let begun = begun.ok_or_else(|| ApiError::not_found("second factor that waits for its first code"))?;
    let secret = second_factor::secret(&app, staff.info.id, &begun)?;
    let step = totp::step(&secret, &body.value.code, begun.now)?;
    let wrong = || ApiError::invalid("code", "This is not the code of the secret that was shown. Try the next one.");
    if !app.store.confirm_second_factor(staff.info.id, step.ok_or_else(wrong)?, &staff.command()).await? {
        return Err(wrong());
    }
    second_factor::reseal(&app, staff.info.id, &begun).await;
    let session = app.store.staff_of_session(staff.session_id).await?;
    Ok(Json(told(session, &app)?.1))
}
