//! The people who operate: adding, listing, changing and disabling them.

use crate::{
    Command, Done, StaffMember, Store, StoreError,
    audit::{self, AuditLine},
    bulk, database_login,
    demo_mode::check_version,
    events::cut,
    receipts::{self, Claimed},
    staff::members,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::{IllegalTransition, MemberAction, MemberFacts};
use uuid::Uuid;

/// How long a password that an admin gave is accepted.
const TEMPORARY: &str = "72 hours";

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Their e-mail; case does not matter.
    pub email: String,
    /// Their name.
    pub name: String,
    /// `viewer`, `support` or `admin`.
    pub role: String,
    /// argon2id.
    pub password_hash: String,
}

/// A person with what an admin must know of them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    /// The person.
    #[sqlx(flatten)]
    pub staff: StaffMember,
    /// Last accepted request, to the minute.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Sessions that are active now.
    pub sessions: i64,
    /// The only admin who may sign in.
    pub is_last_admin: bool,
}

impl Member {
    /// What the rules must know when `asks` wants to change this person.
    pub fn facts(&self, asks: Option<Uuid>) -> MemberFacts {
        MemberFacts {
            is_oneself: asks == Some(self.staff.id),
            is_disabled: self.staff.disabled_at.is_some(),
            is_last_admin: self.is_last_admin,
            has_second_factor: self.staff.second_factor,
        }
    }
}

/// A change of a person.
#[derive(Clone, Debug)]
pub enum MemberChange {
    /// Ends their access at once.
    Disable,
    /// Lets them sign in again.
    Enable,
    /// Gives them a temporary password; the hash is argon2id.
    ResetPassword(String),
    /// `viewer`, `support` or `admin`.
    ChangeRole(String),
    /// Forgets their second factor.
    ResetSecondFactor,
    /// Requires one of them, or no longer.
    RequireSecondFactor(bool),
}

impl MemberChange {
    const fn action(&self) -> MemberAction {
        match self {
            Self::Disable => MemberAction::Disable,
            Self::Enable => MemberAction::Enable,
            Self::ResetPassword(_) => MemberAction::ResetPassword,
            Self::ChangeRole(_) => MemberAction::ChangeRole,
            Self::ResetSecondFactor => MemberAction::ResetSecondFactor,
            Self::RequireSecondFactor(_) => MemberAction::RequireSecondFactor,
        }
    }

    /// Whether the person must sign in anew.
    const fn ends_sessions(&self) -> bool {
        matches!(self, Self::Disable | Self::ResetPassword(_) | Self::ResetSecondFactor)
    }
}

macro_rules! seen {
    ($tail:literal) => {
        concat!(
            "SELECT p.*, (SELECT max(s.last_seen_at) FROM staff_sessions s WHERE s.staff_id = p.id) AS last_seen_at, \
             (SELECT count(*) FROM staff_sessions s WHERE s.staff_id = p.id AND s.revoked_at IS NULL \
             AND s.expires_at > now()) AS sessions, p.role = 'admin' AND p.disabled_at IS NULL AND NOT EXISTS \
             (SELECT FROM staff o WHERE o.role = 'admin' AND o.disabled_at IS NULL AND o.id <> p.id) AS is_last_admin \
             FROM (",
            members!(""),
            ") p ",
            $tail
        )
    };
}

impl Store {
    /// Everybody, by e-mail, at most 1,000, with database time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn members(&self) -> Result<(Vec<Member>, DateTime<Utc>), StoreError> {
        self.section(|store| async move {
            let as_of = sqlx::query_scalar("SELECT now()").fetch_one(&store.pool).await?;
            let all = sqlx::query_as(seen!("ORDER BY lower(p.email) LIMIT 1000")).fetch_all(&store.pool).await?;
            Ok((all, as_of))
        })
        .await
    }

    /// One person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn member(&self, id: Uuid) -> Result<Member, StoreError> {
        self.section(move |store| async move {
            let found: Option<Member> =
                sqlx::query_as(seen!("WHERE p.id = $1")).bind(id).fetch_optional(&store.pool).await?;
            found.ok_or(StoreError::NotFound { what: "staff member" })
        })
        .await
    }

    /// The person with this e-mail, in whatever case.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn member_by_email(&self, email: &str) -> Result<Member, StoreError> {
        let email = email.to_owned();
        self.section(move |store| async move {
            let found: Option<Member> = sqlx::query_as(seen!("WHERE lower(p.email) = lower($1)"))
                .bind(&email)
                .fetch_optional(&store.pool)
                .await?;
            found.ok_or(StoreError::NotFound { what: "staff member" })
        })
        .await
    }

    /// Adds a person with a temporary password.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] when the e-mail is somebody's, [`StoreError::KeyReused`].
    pub async fn add_member(&self, id: Uuid, new: NewStaff, command: &Command) -> Result<Done, StoreError> {
        let command = command.clone();
        self.step("command", move |tx| {
            let (new, command) = (new.clone(), command.clone());
            Box::pin(async move { add(tx, id, &new, &command).await })
        })
        .await
    }

    /// Changes a person by the rules: never oneself, never the last admin.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::VersionConflict`], [`StoreError::Illegal`], [`StoreError::KeyReused`].
    pub async fn change_member(&self, id: Uuid, change: MemberChange, command: &Command) -> Result<Done, StoreError> {
        let command = command.clone();
        let done = self
            .step("command", move |tx| {
                let (change, command) = (change.clone(), command.clone());
                Box::pin(async move { change_one(tx, id, &change, &command).await })
            })
            .await?;
        // Plans of theirs were asked to pause.
        self.wake.cancel();
        Ok(done)
    }

    /// Adds a person, or gives the one with this e-mail the name, role and password and lets them sign in again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn add_staff(&self, id: Uuid, new: NewStaff) -> Result<StaffMember, StoreError> {
        self.transaction(move |tx| {
            let new = new.clone();
            Box::pin(async move {
                let id: Uuid = sqlx::query_scalar(
                    "INSERT INTO staff (id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (lower(email)) DO UPDATE SET name = excluded.name, role = excluded.role, \
                     password_hash = excluded.password_hash, password_expires_at = NULL, disabled_at = NULL, \
                     version = staff.version + 1 RETURNING id",
                )
                .bind(id)
                .bind(&new.email)
                .bind(&new.name)
                .bind(&new.role)
                .bind(&new.password_hash)
                .fetch_one(&mut *tx)
                .await?;
                let after = format!("{} as {}", new.email, new.role);
                let line = AuditLine { action: "staff.add", after: Some(cut(&after, 500)), ..AuditLine::default() };
                audit::append(&mut *tx, &Command::by(crate::Actor::System), line).await?;
                Ok(sqlx::query_as(members!("WHERE p.id = $1")).bind(id).fetch_one(tx).await?)
            })
        })
        .await
    }

    /// Everybody, by e-mail, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn list_staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        self.section(|store| async move {
            Ok(sqlx::query_as(members!("ORDER BY lower(p.email) LIMIT 1000")).fetch_all(&store.pool).await?)
        })
        .await
    }

    /// Disables a person: sign-in, sessions and database logins end in one transaction, and plans of theirs are paused.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown e-mail.
    pub async fn disable_staff(&self, email: &str) -> Result<StaffMember, StoreError> {
        let email = email.to_owned();
        self.transaction(move |tx| {
            let email = email.clone();
            Box::pin(async move { disable(tx, &email).await })
        })
        .await
    }
}

async fn add(tx: &mut PgConnection, id: Uuid, new: &NewStaff, command: &Command) -> Result<Done, StoreError> {
    if receipts::claim(tx, command).await? == Claimed::Replayed {
        return Ok(Done { job_id: None, replayed: true });
    }
    let made = sqlx::query(
        "INSERT INTO staff (id, email, name, role, password_hash, password_expires_at) \
         VALUES ($1, $2, $3, $4, $5, now() + $6::interval) ON CONFLICT (lower(email)) DO NOTHING",
    )
    .bind(id)
    .bind(&new.email)
    .bind(&new.name)
    .bind(&new.role)
    .bind(&new.password_hash)
    .bind(TEMPORARY)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if made == 0 {
        let reason = "Somebody has this e-mail already: look for them among those who are disabled.".into();
        return Err(IllegalTransition { from: "known", event: "add", reason }.into());
    }
    let after = format!("{} as {}", new.email, new.role);
    let line = AuditLine { action: "staff.add", after: Some(cut(&after, 500)), ..AuditLine::default() };
    audit::append(tx, command, line).await?;
    Ok(Done { job_id: None, replayed: false })
}

async fn change_one(
    tx: &mut PgConnection,
    id: Uuid,
    change: &MemberChange,
    command: &Command,
) -> Result<Done, StoreError> {
    if receipts::claim(tx, command).await? == Claimed::Replayed {
        return Ok(Done { job_id: None, replayed: true });
    }
    // All admins with the person, in one order: two admins who remove each other come one after the other.
    sqlx::query("SELECT FROM staff WHERE role = 'admin' OR id = $1 ORDER BY id FOR NO KEY UPDATE")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let found: Option<Member> = sqlx::query_as(seen!("WHERE p.id = $1")).bind(id).fetch_optional(&mut *tx).await?;
    let before = found.ok_or(StoreError::NotFound { what: "staff member" })?;
    check_version(command, before.staff.version.unsigned_abs())?;
    before.facts(command.actor.staff_id()).allow(change.action())?;
    apply(tx, id, change).await?;
    if change.ends_sessions() {
        end_sessions(tx, id, None).await?;
    }
    if matches!(change, MemberChange::Disable) {
        bulk::pause_plans_of(tx, id, &before.staff.email, command).await?;
    }
    let now: Member = sqlx::query_as(seen!("WHERE p.id = $1")).bind(id).fetch_one(&mut *tx).await?;
    let line = AuditLine {
        action: &format!("staff.{}", change.action()),
        before: Some(&in_words(&before.staff)),
        after: Some(&in_words(&now.staff)),
        ..AuditLine::default()
    };
    audit::append(tx, command, line).await?;
    Ok(Done { job_id: None, replayed: false })
}

async fn apply(tx: &mut PgConnection, id: Uuid, change: &MemberChange) -> Result<(), StoreError> {
    let statement = match change {
        MemberChange::Disable => {
            sqlx::query("UPDATE staff SET disabled_at = now(), version = version + 1 WHERE id = $1")
        }
        MemberChange::Enable => sqlx::query("UPDATE staff SET disabled_at = NULL, version = version + 1 WHERE id = $1"),
        MemberChange::ResetPassword(_) => sqlx::query(
            "UPDATE staff SET password_hash = $2, password_expires_at = now() + interval '72 hours', \
             version = version + 1 WHERE id = $1",
        ),
        MemberChange::ChangeRole(_) => sqlx::query("UPDATE staff SET role = $2, version = version + 1 WHERE id = $1"),
        MemberChange::ResetSecondFactor => {
            sqlx::query("DELETE FROM staff_second_factors WHERE staff_id = $1").bind(id).execute(&mut *tx).await?;
            sqlx::query("UPDATE staff SET version = version + 1 WHERE id = $1")
        }
        MemberChange::RequireSecondFactor(_) => {
            sqlx::query("UPDATE staff SET second_factor_required = $2, version = version + 1 WHERE id = $1")
        }
    };
    let statement = statement.bind(id);
    let statement = match change {
        MemberChange::ResetPassword(text) | MemberChange::ChangeRole(text) => statement.bind(text),
        MemberChange::RequireSecondFactor(required) => statement.bind(*required),
        _ => statement,
    };
    statement.execute(tx).await?;
    Ok(())
}

/// Ends the sessions of a person with their database logins, all or all but one.
pub(crate) async fn end_sessions(tx: &mut PgConnection, id: Uuid, except: Option<Uuid>) -> Result<(), StoreError> {
    let sessions: Vec<Uuid> = sqlx::query_scalar(
        "UPDATE staff_sessions SET revoked_at = coalesce(revoked_at, now()) WHERE staff_id = $1 \
         AND id IS DISTINCT FROM $2 AND (revoked_at IS NULL OR database_login IS NOT NULL) RETURNING id",
    )
    .bind(id)
    .bind(except)
    .fetch_all(&mut *tx)
    .await?;
    for session_id in sessions {
        database_login::end_of_session(&mut *tx, session_id).await?;
    }
    Ok(())
}

/// A person in one line of the trail, which outlives them.
fn in_words(staff: &StaffMember) -> String {
    let mut text = format!("{}: {}", staff.email, staff.role);
    for (holds, words) in [
        (staff.disabled_at.is_some(), ", disabled"),
        (staff.password_expires_at.is_some(), ", temporary password"),
        (staff.second_factor, ", second factor"),
        (staff.second_factor_required, ", second factor required"),
    ] {
        text.push_str(if holds { words } else { "" });
    }
    cut(&text, 500).to_owned()
}

async fn disable(tx: &mut PgConnection, email: &str) -> Result<StaffMember, StoreError> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "UPDATE staff SET disabled_at = coalesce(disabled_at, now()), version = version + 1 \
         WHERE lower(email) = lower($1) RETURNING id",
    )
    .bind(email)
    .fetch_optional(&mut *tx)
    .await?;
    let id = id.ok_or(StoreError::NotFound { what: "staff member" })?;
    end_sessions(&mut *tx, id, None).await?;
    let command = Command::by(crate::Actor::System);
    bulk::pause_plans_of(&mut *tx, id, email, &command).await?;
    let line = AuditLine { action: "staff.disable", after: Some(cut(email, 500)), ..AuditLine::default() };
    audit::append(&mut *tx, &command, line).await?;
    Ok(sqlx::query_as(members!("WHERE p.id = $1")).bind(id).fetch_one(tx).await?)
}
