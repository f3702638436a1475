//! Commands: each is sent once. When its answer is lost it stays unknown, and the API is asked what became of it until it
//! says so. Asking never does it: a command that was not done is given up, so that nothing happens late and unseen.

use crate::{
    account::Account,
    api_client::{ApiFailure, to_ipc},
    failure::{Answer, unauthorized},
    ops::{AppEvent, Ops, lock},
    pending::Command,
    session::Session,
};
use chrono::TimeDelta;
use contract::{
    ipc::{CommandOutcome, IpcError, SettledCommand},
    live::FreshnessState,
};
use serde_json::Value;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::Notify;
use tracing::{info, warn};
use uuid::Uuid;

/// Between two attempts to ask; with [`ASK_PATIENCE`] it bounds how long an outcome stays unknown once the API is back.
const ASK_PAUSE: Duration = Duration::from_secs(1);
const ASK_PATIENCE: Duration = Duration::from_secs(3);
/// The API keeps the receipts of commands for seven days.
const ASKED_WITHIN: TimeDelta = TimeDelta::days(6);
/// It holds an e-mail at the most; longer ones would only fill the file.
const TITLE_MAX: usize = 400;
/// Outcomes found lately, for a page that asks while the answer is on its way to it.
const FOUND_MAX: usize = 50;

/// What is known of this window's commands beyond the file of pending ones.
#[derive(Default)]
pub struct Outcomes {
    /// Being sent at this moment: their own answer may still come.
    sending: Mutex<BTreeSet<Uuid>>,
    found: Mutex<VecDeque<SettledCommand>>,
    /// There is something to ask about.
    wake: Notify,
    turn: tokio::sync::Mutex<()>,
}

impl Outcomes {
    /// Somebody signed in, or an answer was lost.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    fn found(&self, command_id: Uuid) -> Option<CommandOutcome> {
        lock(&self.found).iter().find(|one| one.command_id == command_id).map(|one| one.outcome)
    }

    fn remember(&self, settled: SettledCommand) {
        let mut found = lock(&self.found);
        found.truncate(FOUND_MAX - 1);
        found.push_front(settled);
    }
}

/// Marks a command as being sent for as long as it lives.
struct Sending<'a>(&'a Outcomes, Uuid);

impl<'a> Sending<'a> {
    fn begin(outcomes: &'a Outcomes, command_id: Uuid) -> Self {
        lock(&outcomes.sending).insert(command_id);
        Self(outcomes, command_id)
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        lock(&self.0.sending).remove(&self.1);
    }
}

impl Ops {
    /// Sends a command: kept first, sent, and settled once its outcome is known. Refused while what is on the screen is stale.
    pub async fn send(&self, draft: Draft) -> Answer<Value> {
        let freshness = self.live.freshness();
        if freshness.state != FreshnessState::Live {
            let message = freshness.message.unwrap_or_else(|| "What is on the screen is too old to act on.".into());
            return Err(IpcError::Stale { message: format!("{message} Nothing was sent.") });
        }
        let session = self.session().ok_or_else(|| unauthorized("Sign in first."))?;
        let mut draft = draft;
        self.production.admit(&self.environment_of(&session), &mut draft.body, crate::clock::now())?;
        let kept = self.pending.find(draft.command_id);
        let earlier = kept.is_some();
        // What was sent once is sent as it was, also when production was unlocked for another reason since.
        let command = kept.unwrap_or_else(|| draft.of(&session));
        let _sending = Sending::begin(&self.outcomes, command.id);
        self.pending.put(&command)?;
        info!(command.id = %command.id, "Sending: {}", command.title);
        self.deliver(&session.account, &command, earlier).await.map_err(|failure| to_ipc(failure, Some(command.id)))
    }

    /// `earlier`: it may have been sent before, so that not reaching the API now says nothing about it.
    async fn deliver(&self, account: &Account, command: &Command, earlier: bool) -> Result<Value, ApiFailure> {
        let outcome = account.command(command).await;
        let known = match &outcome {
            Ok(_) => true,
            Err(ApiFailure::Refused(body)) => !earlier || !is_passing(body),
            Err(ApiFailure::NotSent(_) | ApiFailure::Untrusted(_)) => !earlier,
            Err(ApiFailure::Lost(_) | ApiFailure::NotOurs | ApiFailure::OtherVersion(_)) => false,
        };
        if known {
            self.pending.settle(command.id);
        } else {
            warn!(command.id = %command.id, "The outcome is not known yet");
            self.outcomes.wake();
        }
        match outcome {
            Err(ApiFailure::NotSent(text) | ApiFailure::Untrusted(text)) if earlier => Err(ApiFailure::Lost(text)),
            other => other,
        }
    }

    /// Asks what became of a command, and settles it.
    pub async fn resolve(&self, command_id: Uuid) -> Answer<CommandOutcome> {
        let session = self.session().ok_or_else(|| unauthorized("Sign in first."))?;
        let _turn = self.outcomes.turn.lock().await;
        if let Some(outcome) = self.outcomes.found(command_id) {
            return Ok(outcome);
        }
        let own = self.pending.of(&session.environment.id, session.account.staff().id);
        let Some(command) = own.into_iter().find(|command| command.id == command_id) else {
            return Err(IpcError::NotFound { message: "No command of yours waits for this outcome.".into() });
        };
        let outcome = if crate::clock::now() - command.asked_at > ASKED_WITHIN {
            CommandOutcome::TooOld
        } else {
            let settled = session.account.settle(command_id).await;
            match settled.map_err(|failure| to_ipc(failure, Some(command_id)))?.done {
                true => CommandOutcome::Done,
                false => CommandOutcome::NotDone,
            }
        };
        info!(command.id = %command_id, ?outcome, "Found out: {}", command.title);
        self.pending.settle(command_id);
        let Command { title, user_id, job_id, .. } = command;
        let settled = SettledCommand { command_id, title, user_id, job_id, outcome };
        self.outcomes.remember(settled.clone());
        self.notify(AppEvent::CommandSettled(settled));
        Ok(outcome)
    }

    /// Commands of whoever is signed in that nobody waits for any more.
    fn unknown(&self) -> Vec<Uuid> {
        let Some(session) = self.session() else { return vec![] };
        let sending = lock(&self.outcomes.sending).clone();
        let own = self.pending.of(&session.environment.id, session.account.staff().id);
        own.into_iter().map(|command| command.id).filter(|id| !sending.contains(id)).collect()
    }
}

/// Finds out what became of commands whose answer was lost, for as long as the window lives.
pub async fn settle_unknown(ops: Arc<Ops>) {
    loop {
        let unknown = ops.unknown();
        if unknown.is_empty() {
            ops.outcomes.wake.notified().await;
            continue;
        }
        let mut all_known = true;
        for command_id in unknown {
            let asked = tokio::time::timeout(ASK_PATIENCE, ops.resolve(command_id)).await;
            all_known &= matches!(asked, Ok(Ok(_)));
        }
        if !all_known {
            tokio::time::sleep(ASK_PAUSE).await;
        }
    }
}

/// Says something about the sender or the moment, and nothing about a command that may have been applied before.
fn is_passing(body: &contract::ErrorBody) -> bool {
    use contract::ErrorCode::{RateLimited, Unauthorized, Unavailable};
    matches!(body.code, Unauthorized | RateLimited | Unavailable)
}

/// A command before it has a sender.
pub struct Draft {
    /// Made by the page.
    pub command_id: Uuid,
    /// Path below `/api/v1/staff`.
    pub path: String,
    /// The body.
    pub body: Value,
    /// For `If-Match`.
    pub version: Option<u32>,
    /// For people.
    pub title: String,
    /// The user it concerns.
    pub user_id: Option<Uuid>,
    /// The job it concerns.
    pub job_id: Option<Uuid>,
}

impl Draft {
    fn of(self, session: &Session) -> Command {
        let Self { command_id: id, path, body, version, title, user_id, job_id } = self;
        let title = title.chars().take(TITLE_MAX).collect();
        let (environment_id, staff_id) = (session.environment.id.clone(), session.account.staff().id);
        Command {
            id,
            environment_id,
            staff_id,
            asked_at: crate::clock::now(),
            path,
            body,
            version,
            title,
            user_id,
            job_id,
        }
    }
}
