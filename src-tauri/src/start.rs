//! The start: credentials and the first screen are read while the window is still hidden, so that its first paint is complete.

use crate::{
    keychain, live,
    ops::{AppEvent, Ops, Problem, lock},
    sign_in::{self, Entered, Restored},
};
use contract::{
    ipc::{Bootstrap, Entering, Environment, KeychainState},
    now::NowView,
    triage::ContradictionPage,
};
use read_model::ReadModel;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tracing::{info, warn};

/// The window opens after this, however far the start has come.
pub const LIMIT: Duration = Duration::from_millis(1_200);

/// Restores the session of the chosen environment. Goes on beyond [`LIMIT`] (a prompt of the keychain may be open) and tells the page then.
pub async fn run(ops: Arc<Ops>) {
    let began = Instant::now();
    if let Some(stack) = &ops.stack
        && let Err(error) = ops.preferences.adopt(stack.environment())
    {
        warn!("The environment of the stack is not kept: {}", crate::failure::message(&error));
    }
    if let Some(environment) = ops.preferences.environment() {
        restore(&ops, &environment).await;
    }
    ops.started.send_replace(true);
    info!(took_ms = began.elapsed().as_millis(), signed_in = ops.session().is_some(), "The start is over");
    if began.elapsed() > LIMIT {
        ops.notify(AppEvent::SessionChanged);
    }
}

/// Goes on with the kept credentials of an environment, or with those of a developer's stack.
pub async fn restore(ops: &Ops, environment: &Environment) {
    let restored = match &ops.stack {
        Some(stack) if stack.environment() == *environment => {
            let (email, password) = stack.credentials();
            match sign_in::by_password(environment, &ops.keychain, (email, password, None), true).await {
                Ok(Entered::Whole(session)) => Restored::Yes(session),
                Ok(Entered::Half(half)) => Restored::Half(half),
                Err(error) => Restored::NotNow(crate::failure::message(&error).into()),
            }
        }
        _ => sign_in::from_kept(environment, &ops.keychain).await,
    };
    let _turn = ops.changing.lock().await;
    if ops.session().is_some() || ops.preferences.environment().as_ref() != Some(environment) {
        return; // The person did not wait.
    }
    match restored {
        Restored::Yes(session) => ops.enter(session),
        Restored::Half(half) => ops.hold(half),
        Restored::Nothing => ops.set_problem(Problem::default()),
        Restored::Ended(message) => ops.set_problem(Problem { message: Some(message), ..Problem::default() }),
        Restored::NotNow(message) => {
            ops.set_problem(Problem { message: Some(message), may_try_again: true, ..Problem::default() });
        }
        Restored::Keychain(error) => {
            warn!("The keychain refused: {error}");
            let message = Some(keychain::advice(&error).to_owned());
            let state = keychain::state(&error);
            let may_try_again = matches!(state, KeychainState::Locked | KeychainState::Denied);
            ops.set_problem(Problem { message, keychain: Some(state), may_try_again });
        }
    }
}

/// Everything for the first paint, within `limit`.
pub async fn bootstrap(ops: &Ops, limit: Duration) -> Bootstrap {
    let deadline = tokio::time::Instant::now() + limit;
    let mut started = ops.started.subscribe();
    let in_time = tokio::time::timeout_at(deadline, started.wait_for(|done| *done)).await.is_ok();
    let (now, contradictions) = tokio::time::timeout_at(deadline, first_screen(ops)).await.ok().flatten().unzip();
    let (session, problem) = (ops.session(), ops.problem());
    if session.is_some() {
        info!(
            "{}",
            if now.is_some() { "The first screen is complete" } else { "The first screen could not be read in time" }
        );
    }
    let late = || {
        (!in_time).then(|| {
            "Still waiting for the keychain or the API. A question of the keychain may be open behind this window."
                .to_owned()
        })
    };
    let current = session.as_ref().map(|session| ops.environment_of(session));
    let environment = current.or_else(|| ops.preferences.environment());
    Bootstrap {
        preferences: ops.preferences.get(),
        production: environment.as_ref().and_then(|one| ops.production.state(one, crate::clock::now())),
        environment,
        may_try_again: session.is_none() && problem.may_try_again,
        sign_in_problem: if session.is_some() { None } else { problem.message.or_else(late) },
        access: session.as_ref().and_then(|session| session.account.access()),
        entering: ops
            .half()
            .filter(|_| session.is_none())
            .map(|half| Entering { staff: half.account.staff().clone(), to_do: half.account.to_do() }),
        session_only: session.as_ref().is_some_and(|session| session.account.session_only()),
        keychain: match &session {
            Some(session) => session.account.unkept().unwrap_or(KeychainState::Ready),
            None => problem.keychain.unwrap_or(if in_time { KeychainState::Ready } else { KeychainState::Locked }),
        },
        staff: session.map(|session| session.account.staff().clone()),
        now,
        contradictions,
        freshness: ops.live.freshness(),
        version: env!("CARGO_PKG_VERSION").into(),
        path: lock(&ops.first_path).take(),
    }
}

async fn first_screen(ops: &Ops) -> Option<(NowView, ContradictionPage)> {
    ops.session()?;
    ops.live.begun().await;
    let read = |model: ReadModel| async move {
        tokio::try_join!(model.now(), ops.live.contradictions(&model, None, live::LINES))
    };
    ops.read(read).await.ok()
}
