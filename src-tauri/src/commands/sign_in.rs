//! Signing in and out.

use super::{State, bounds};
use crate::{
    failure::Answer,
    ops::{AppEvent, Problem},
    sign_in, start,
};
use contract::ipc::Bootstrap;

/// Signs in. `session_only` keeps the credentials out of the keychain; they are gone with the window. Where the keychain does not
/// take them although it was to, the answer says that they are.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(
    ops: State<'_>,
    environment_id: String,
    email: String,
    password: String,
    code: Option<String>,
    session_only: bool,
) -> Answer<Bootstrap> {
    bounds::credentials(&email, &password, code.as_deref())?;
    let environment = ops.preferences.choose(&environment_id)?;
    let credentials = (email.as_str(), password.as_str(), code.as_deref());
    let entered = sign_in::by_password(&environment, &ops.keychain, credentials, session_only).await?;
    {
        let _turn = ops.changing.lock().await;
        ops.leave(Problem::default());
        ops.let_in(entered);
    }
    ops.notify(AppEvent::Retitled);
    Ok(start::bootstrap(&ops, start::LIMIT).await)
}

/// Ends the session here and at the API, and forgets the credentials.
#[tauri::command]
#[specta::specta]
pub async fn sign_out(ops: State<'_>) -> Answer<Bootstrap> {
    {
        let _turn = ops.changing.lock().await;
        if let Some(half) = ops.half() {
            half.account.sign_out().await;
        }
        if let Some(session) = ops.leave(Problem::default()) {
            session.account.sign_out().await;
            session.database.close().await;
        }
    }
    Ok(start::bootstrap(&ops, start::LIMIT).await)
}
