//! A person's own password and second factor. Nothing of it is kept, logged or sent twice.

use super::State;
use crate::{
    api_client::to_ipc,
    failure::{Answer, internal},
    ops::Ops,
    sign_in, start,
};
use contract::{
    access::{ChangePassword, ConfirmSecondFactor, Reauthenticate},
    ipc::{Bootstrap, SecondFactorOffer},
};
use qrcode::{QrCode, render::svg};

/// Chooses another password; this person's other sessions end.
#[tauri::command]
#[specta::specta]
pub async fn change_password(
    ops: State<'_>,
    current_password: String,
    new_password: String,
    code: Option<String>,
) -> Answer<Bootstrap> {
    let body = ChangePassword { current_password, new_password, code };
    ops.account()?.change_access("password", &body).await.map_err(|failure| to_ipc(failure, None))?;
    go_on(&ops).await
}

/// A new second factor, to be confirmed by a code of it. It is shown once.
#[tauri::command]
#[specta::specta]
pub async fn begin_second_factor(ops: State<'_>, password: String) -> Answer<SecondFactorOffer> {
    let asked = ops.account()?.begin_second_factor(&password).await;
    let secret = asked.map_err(|failure| to_ipc(failure, None))?;
    let code = QrCode::new(&secret.uri).map_err(|error| internal("Drawing the code", error))?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(184, 184).build();
    Ok(SecondFactorOffer { secret: secret.secret, picture })
}

/// From now on this second factor counts.
#[tauri::command]
#[specta::specta]
pub async fn confirm_second_factor(ops: State<'_>, code: String) -> Answer<Bootstrap> {
    let body = ConfirmSecondFactor { code };
    ops.account()?.change_access("second-factor/confirm", &body).await.map_err(|failure| to_ipc(failure, None))?;
    go_on(&ops).await
}

/// Gives the password (and code) again, for what needs one given a few minutes ago.
#[tauri::command]
#[specta::specta]
pub async fn reauthenticate(ops: State<'_>, password: String, code: Option<String>) -> Answer<()> {
    let body = Reauthenticate { password, code };
    ops.account()?.change_access("reauthenticate", &body).await.map_err(|failure| to_ipc(failure, None))
}

/// All the way in, once nothing is left to do.
async fn go_on(ops: &Ops) -> Answer<Bootstrap> {
    let turn = ops.changing.lock().await;
    if let Some(half) = ops.half() {
        ops.let_in(sign_in::enter(&half.environment, std::sync::Arc::clone(&half.account)).await?);
    }
    drop(turn);
    Ok(start::bootstrap(ops, start::LIMIT).await)
}
