//! The systems that this window may work on.

use super::State;
use crate::{
    connection_test,
    failure::{Answer, unauthorized, validation},
    ops::{AppEvent, Problem},
    start,
};
use contract::{
    environments::ConnectionTest,
    ipc::{Bootstrap, EnvironmentKind, Preferences},
};

/// Adds an environment.
#[tauri::command]
#[specta::specta]
pub async fn add_environment(
    ops: State<'_>,
    name: String,
    kind: EnvironmentKind,
    api_url: String,
) -> Answer<Preferences> {
    let preferences = ops.preferences.add(&name, kind, &api_url)?;
    ops.notify(AppEvent::Retitled);
    Ok(preferences)
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
    ops.notify(AppEvent::Retitled);
    Ok(preferences)
}

/// Changes an environment. At another address what was kept for the former one is forgotten: it must not go there.
#[tauri::command]
#[specta::specta]
pub async fn edit_environment(
    ops: State<'_>,
    id: String,
    name: String,
    kind: EnvironmentKind,
    api_url: String,
) -> Answer<Bootstrap> {
    let turn = ops.changing.lock().await;
    let (before, after) = ops.preferences.edit(&id, &name, kind, &api_url)?;
    let moved = after.environments.iter().any(|one| one.id == id && one.api_url != before.api_url);
    if moved {
        if ops.session().is_some_and(|session| session.environment.id == id)
            && let Some(session) = ops.leave(Problem::default())
        {
            session.account.sign_out().await;
            session.database.close().await;
        }
        let _ = ops.keychain.forget(&id).await;
    }
    drop(turn);
    ops.notify(AppEvent::Retitled);
    Ok(start::bootstrap(&ops, start::LIMIT).await)
}

/// Tries the way to an API step by step; to sign-in and database where `id` is the environment of whoever is signed in.
#[tauri::command]
#[specta::specta]
pub async fn test_environment(ops: State<'_>, api_url: String, id: Option<String>) -> Answer<ConnectionTest> {
    let session = ops.session().filter(|session| Some(&session.environment.id) == id.as_ref());
    connection_test::run(&api_url, session.as_deref()).await
}

/// Opens production for changes for fifteen minutes. The reason goes along with each of them.
#[tauri::command]
#[specta::specta]
pub async fn unlock_production(ops: State<'_>, reason: String) -> Answer<Bootstrap> {
    let session = ops.session().ok_or_else(|| unauthorized("Sign in first."))?;
    let environment = ops.environment_of(&session);
    if environment.kind != EnvironmentKind::Production {
        return Err(validation("environment", "Only production is ever locked."));
    }
    ops.production.open(&environment, &reason, crate::clock::now())?;
    Ok(start::bootstrap(&ops, start::LIMIT).await)
}

/// Makes production read-only before its time is over.
#[tauri::command]
#[specta::specta]
pub async fn lock_production(ops: State<'_>) -> Answer<Bootstrap> {
    ops.production.close();
    Ok(start::bootstrap(&ops, start::LIMIT).await)
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
    ops.notify(AppEvent::Retitled);
    Ok(start::bootstrap(&ops, start::LIMIT).await)
}
