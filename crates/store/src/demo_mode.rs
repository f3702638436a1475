//! What people ask of a user's demo mode: enable, disable, dismiss, cancel.

use crate::{
    Command, Done, Store, StoreError,
    audit::{self, AuditLine},
    demo_rows::{self, DemoModeRow},
    engine::{self, NewJob},
    job_commands,
    receipts::{self, Claimed},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::{DemoModeEvent, DemoModeTransition, IllegalTransition};
use uuid::Uuid;

/// Which profile to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// `creator`, `brand` or `agency`.
    pub profile_type: String,
    /// Free words, at most 60 characters.
    pub niche: Option<String>,
    /// The preset's id, at most 64 characters.
    pub preset: Option<String>,
}

/// A request that the rules answer at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DemoModeRequest {
    /// Make a profile.
    Enable {
        /// Which.
        profile: Profile,
        /// Not before this time; `None`: at once.
        run_at: Option<DateTime<Utc>>,
    },
    /// Remove the profile.
    Disable,
    /// Acknowledge a failure that left nothing behind.
    Dismiss,
}

impl DemoModeRequest {
    const fn event(&self) -> DemoModeEvent {
        match self {
            Self::Enable { .. } => DemoModeEvent::RequestEnable,
            Self::Disable => DemoModeEvent::RequestDisable,
            Self::Dismiss => DemoModeEvent::Dismiss,
        }
    }

    const fn action(&self) -> &'static str {
        match self {
            Self::Enable { .. } => "demo_mode.enable",
            Self::Disable => "demo_mode.disable",
            Self::Dismiss => "demo_mode.dismiss",
        }
    }
}

impl Store {
    /// Changes a user's demo mode: key, lock, version, rule, job, event, user and audit row in one transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::VersionConflict`], [`StoreError::Illegal`], [`StoreError::KeyReused`].
    pub async fn change_demo_mode(
        &self,
        user_id: Uuid,
        command: &Command,
        request: DemoModeRequest,
    ) -> Result<Done, StoreError> {
        let command = command.clone();
        let done = self
            .step("command", move |tx| {
                let (command, request) = (command.clone(), request.clone());
                Box::pin(async move { change(tx, user_id, &command, &request).await })
            })
            .await?;
        self.wake.jobs();
        Ok(done)
    }

    /// Stops the operation in progress: at once when its job is pending, by the worker when it is running.
    ///
    /// # Errors
    /// As [`Store::change_demo_mode`].
    pub async fn cancel_demo_mode(&self, user_id: Uuid, command: &Command) -> Result<Done, StoreError> {
        let command = command.clone();
        let done = self
            .step("command", move |tx| {
                let command = command.clone();
                Box::pin(async move { cancel(tx, user_id, &command).await })
            })
            .await?;
        self.wake.jobs();
        self.wake.cancel();
        Ok(done)
    }
}

async fn change(
    tx: &mut PgConnection,
    user_id: Uuid,
    command: &Command,
    request: &DemoModeRequest,
) -> Result<Done, StoreError> {
    let replay = receipts::claim(tx, command).await?;
    let user = demo_rows::lock(tx, user_id).await?.ok_or(StoreError::NotFound { what: "user" })?;
    if replay == Claimed::Replayed {
        return Ok(Done { job_id: user.job_id, replayed: true });
    }
    check_version(command, user.version)?;
    let (change, job_id) = self::request(tx, &user, command, request).await?;
    audit_line(tx, &user, command, request, &change, job_id).await?;
    Ok(Done { job_id, replayed: false })
}

/// Moves a user who is locked as was asked for. Answers the change and the job that it made.
pub(crate) async fn request(
    tx: &mut PgConnection,
    user: &DemoModeRow,
    command: &Command,
    request: &DemoModeRequest,
) -> Result<(DemoModeTransition, Option<Uuid>), StoreError> {
    let change = user.demo.transition(request.event())?;
    if let DemoModeRequest::Enable { profile, .. } = request {
        choose_profile(tx, user.user_id, profile).await?;
    }
    let job_id = enqueue_for(tx, user, &change, command, request).await?;
    demo_rows::write(tx, user, &change, job_id.or(user.job_id), None).await?;
    Ok((change, job_id))
}

/// The audit line of [`request`].
pub(crate) async fn audit_line(
    tx: &mut PgConnection,
    user: &DemoModeRow,
    command: &Command,
    request: &DemoModeRequest,
    change: &DemoModeTransition,
    job_id: Option<Uuid>,
) -> Result<(), StoreError> {
    let line = AuditLine {
        action: request.action(),
        user_id: Some(user.user_id),
        user_email: Some(&user.email),
        job_id,
        before: Some(change.from().status.as_str()),
        after: Some(change.to().status.as_str()),
        ..AuditLine::default()
    };
    audit::append(tx, command, line).await
}

async fn cancel(tx: &mut PgConnection, user_id: Uuid, command: &Command) -> Result<Done, StoreError> {
    let replay = receipts::claim(tx, command).await?;
    let user = demo_rows::lock(tx, user_id).await?.ok_or(StoreError::NotFound { what: "user" })?;
    if replay == Claimed::Replayed {
        return Ok(Done { job_id: user.job_id, replayed: true });
    }
    check_version(command, user.version)?;
    let nothing = || IllegalTransition {
        from: user.demo.status.as_str(),
        event: "cancel",
        reason: "Nothing is in progress.".into(),
    };
    if !matches!(user.demo.status, state_machine::DemoModeStatus::Enabling | state_machine::DemoModeStatus::Disabling) {
        return Err(nothing().into());
    }
    let job_id = user.job_id.ok_or_else(nothing)?;
    job_commands::cancel_locked(tx, Some(&user), job_id, command, "demo_mode.cancel").await?;
    Ok(Done { job_id: Some(job_id), replayed: false })
}

/// Refuses when the person saw another version than the one that is there.
pub(crate) fn check_version(command: &Command, current: u32) -> Result<(), StoreError> {
    match command.version {
        Some(seen) if seen != current => Err(StoreError::VersionConflict { current }),
        _ => Ok(()),
    }
}

async fn choose_profile(tx: &mut PgConnection, user_id: Uuid, profile: &Profile) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE users SET demo_mode_type = $2, demo_profile_niche = $3, demo_profile_preset = $4 WHERE id = $1",
    )
    .bind(user_id)
    .bind(&profile.profile_type)
    .bind(&profile.niche)
    .bind(&profile.preset)
    .execute(tx)
    .await?;
    Ok(())
}

async fn enqueue_for(
    tx: &mut PgConnection,
    user: &DemoModeRow,
    change: &DemoModeTransition,
    command: &Command,
    request: &DemoModeRequest,
) -> Result<Option<Uuid>, StoreError> {
    let Some(job_type) = change.makes_job() else { return Ok(None) };
    let mut job = NewJob::for_demo_mode(job_type, user.user_id);
    match request {
        DemoModeRequest::Enable { profile, run_at } => {
            job.payload = serde_json::json!({
                "profile_type": profile.profile_type, "niche": profile.niche, "preset": profile.preset,
            });
            if let Some(left_over) = &user.profile_id {
                job.payload["old_profile_id"] = left_over.as_str().into();
            }
            job.run_at = *run_at;
        }
        _ => job.payload = disable_payload(tx, user).await?,
    }
    engine::enqueue_in(tx, &job, &command.actor.label()).await.map(Some)
}

/// What a `demo_disable` job must know.
pub(crate) async fn disable_payload(
    tx: &mut PgConnection,
    user: &DemoModeRow,
) -> Result<serde_json::Value, StoreError> {
    let Some(key) = user.presumed() else {
        return Ok(serde_json::json!({ "profile_id": user.profile_id }));
    };
    // The job itself, or an earlier removal that remembers of it what is needed.
    let choice: Option<serde_json::Value> = sqlx::query_scalar(
        "SELECT coalesce((SELECT payload #> '{made_by,choice}' FROM background_jobs \
         WHERE id = $2 AND payload #>> '{made_by,key}' = $1::text), (SELECT payload FROM background_jobs WHERE id = $1))",
    )
    .bind(key)
    .bind(user.job_id)
    .fetch_one(tx)
    .await?;
    Ok(serde_json::json!({ "made_by": { "key": key, "choice": choice } }))
}
