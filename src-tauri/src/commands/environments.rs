//! The systems that this window may work on.

use super::State;
use crate::{
    api_client::{ApiClient, to_ipc},
    failure::Answer,
    ops::Problem,
    start,
};
use contract::ipc::{Bootstrap, EnvironmentKind, Preferences};

/// Adds an environment.
#[tauri::command]
#[specta::specta]
pub async fn add_environment(
    ops: State<'_>,
    name: String,
    kind: EnvironmentKind,
    api_url: String,
) -> Answer<Preferences> {
    ops.preferences.add(&name, kind, &api_url)
}

/// Removes an environment and its entry in the keychain; signs out of it when it is the current one.
#[tauri::command]
#[specta::specta]
pub async fn remove_environment(ops: State<'_>, id: String) -> Answer<Preferences> {
    let _turn = ops.changing.lock().await;
    if ops.session().is_some_and(|session| session.environment.id == id)
        && let Some(session) = ops.leave(Problem::default())
    {
        session.account.sign_out().await;
        session.database.close().await;
    }
    let preferences = ops.preferences.remove(&id)?;
    let _ = ops.keychain.forget(&id).await;
    Ok(preferences)
}

/// Whether an API answers at an address, in words.
#[tauri::command]
#[specta::specta]
pub async fn test_environment(api_url: String) -> Answer<String> {
    ApiClient::new(&api_url)?.check().await.map_err(|failure| to_ipc(failure, None))
}

/// Works on another environment from now on. The person stays signed in to the one that is left.
#[tauri::command]
#[specta::specta]
pub async fn switch_environment(ops: State<'_>, id: String) -> Answer<Bootstrap> {
    let environment = ops.preferences.choose(&id)?;
    {
        let _turn = ops.changing.lock().await;
        if let Some(session) = ops.leave(Problem::default()) {
            session.database.close().await;
        }
    }
    start::restore(&ops, &environment).await;
    Ok(start::bootstrap(&ops, start::LIMIT).await)
}
