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
    ipc::{Bootstrap, EnvironmentDraft, EnvironmentKind, Preferences},
};

/// Adds an environment.
#[tauri::command]
#[specta::specta]
pub async fn add_environment(ops: State<'_>, draft: EnvironmentDraft) -> Answer<Preferences> {
    let preferences = ops.preferences.add(&draft)?;
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

/// Changes an environment. At another address what was kept for the former one is forgotten: it must not go there. Under
/// another authority the person goes on with what is kept, or held for this session only, over connections that are made anew.
#[tauri::command]
#[specta::specta]
pub async fn edit_environment(ops: State<'_>, id: String, draft: EnvironmentDraft) -> Answer<Bootstrap> {
    let turn = ops.changing.lock().await;
    let (before, after) = ops.preferences.edit(&id, &draft)?;
    let after = after.environments.into_iter().find(|one| one.id == id);
    let moved = after.as_ref().is_some_and(|after| after.api_url != before.api_url);
    let trusts_others = after.as_ref().is_some_and(|after| after.authority != before.authority);
    let mut left = None;
    if (moved || trusts_others) && ops.session().is_some_and(|session| session.environment.id == id) {
        left = ops.leave(Problem::default());
    }
    if let Some(session) = &left {
        if moved {
            session.account.sign_out().await;
        }
        session.database.close().await;
    }
    if moved {
        let _ = ops.keychain.forget(&id).await;
    }
    let waits = ops.session().is_none() && ops.preferences.environment().is_some_and(|current| current.id == id);
    if waits && left.is_none() {
        // What stood in the way of signing in may have been this.
        ops.set_problem(Problem::default());
    }
    drop(turn);
    if let (true, true, Some(environment)) = (waits, trusts_others && !moved, after) {
        start::restore(&ops, &environment).await;
    }
    ops.notify(AppEvent::Retitled);
    Ok(start::bootstrap(&ops, start::LIMIT).await)
}

/// Tries the way to an API step by step; to sign-in and database where `id` is the environment of whoever is signed in.
#[tauri::command]
#[specta::specta]
pub async fn test_environment(
    ops: State<'_>,
    api_url: String,
    authority: Option<String>,
    id: Option<String>,
) -> Answer<ConnectionTest> {
    let session = ops.session().filter(|session| Some(&session.environment.id) == id.as_ref());
    connection_test::run(&api_url, authority.as_deref(), session.as_deref()).await
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
