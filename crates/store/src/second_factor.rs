//! The second factor of staff, and the password that people change themselves.
//!
//! The store keeps the secret and which codes are used up; whoever calls it computes codes.

use crate::{
    Command, Store, StoreError,
    audit::{self, AuditLine},
    members::end_sessions,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::IllegalTransition;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A secret as the database has it. No `Debug`, because that of rows of before is in clear.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredSecret {
    /// The key that it is sealed with; `None`: it is not sealed.
    pub key_id: Option<String>,
    /// 20 to 64 bytes.
    #[sqlx(rename = "secret")]
    pub bytes: Vec<u8>,
}

/// What a code is checked against.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SecondFactor {
    /// The shared secret, sealed.
    #[sqlx(flatten)]
    pub stored: StoredSecret,
    /// It is asked for at sign-in.
    pub confirmed: bool,
    /// Database time: codes are a matter of time, and the database's is everybody's.
    pub now: DateTime<Utc>,
}

impl Store {
    /// The second factor of a person, whether or not it is confirmed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn second_factor(&self, staff_id: Uuid) -> Result<Option<SecondFactor>, StoreError> {
        self.section(move |store| async move {
            let found = sqlx::query_as(
                "SELECT key_id, secret, confirmed_at IS NOT NULL AS confirmed, now() AS now FROM staff_second_factors \
                 WHERE staff_id = $1",
            )
            .bind(staff_id)
            .fetch_optional(&store.pool)
            .await?;
            Ok(found)
        })
        .await
    }

    /// Begins enrolment with a new secret; one that was begun and not confirmed is replaced.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] when one is enrolled: only an admin can take that away.
    pub async fn begin_second_factor(&self, staff_id: Uuid, secret: StoredSecret) -> Result<(), StoreError> {
        self.section(move |store| async move {
            let begun = sqlx::query(
                "INSERT INTO staff_second_factors (staff_id, secret, key_id) VALUES ($1, $2, $3) \
                 ON CONFLICT (staff_id) DO UPDATE \
                 SET secret = excluded.secret, key_id = excluded.key_id, begun_at = now(), last_step = 0 \
                 WHERE staff_second_factors.confirmed_at IS NULL",
            )
            .bind(staff_id)
            .bind(secret.bytes)
            .bind(secret.key_id)
            .execute(&store.pool)
            .await?
            .rows_affected();
            if begun == 1 {
                return Ok(());
            }
            let reason = "A second factor is enrolled already. An admin can reset it.".into();
            Err(IllegalTransition { from: "enrolled", event: "begin", reason }.into())
        })
        .await
    }

    /// The code of `step` was right for the secret that was begun: from now on codes are asked for.
    /// False: nothing was begun, or it is confirmed already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn confirm_second_factor(
        &self,
        staff_id: Uuid,
        step: i64,
        command: &Command,
    ) -> Result<bool, StoreError> {
        let command = command.clone();
        self.transaction(move |tx| {
            let command = command.clone();
            Box::pin(async move {
                let confirmed = sqlx::query(
                    "UPDATE staff_second_factors SET confirmed_at = now(), last_step = $2 \
                     WHERE staff_id = $1 AND confirmed_at IS NULL",
                )
                .bind(staff_id)
                .bind(step)
                .execute(&mut *tx)
                .await?
                .rows_affected();
                if confirmed == 1 {
                    raise_version(&mut *tx, staff_id).await?;
                    let line = AuditLine { action: "staff.enrol_second_factor", ..AuditLine::default() };
                    audit::append(tx, &command, line).await?;
                }
                Ok(confirmed == 1)
            })
        })
        .await
    }

    /// Uses up the code of `step`. False: it, or a later one, was used before. Of two requests with one code one wins.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn use_code(&self, staff_id: Uuid, step: i64) -> Result<bool, StoreError> {
        self.section(move |store| async move {
            let used = sqlx::query(
                "UPDATE staff_second_factors SET last_step = $2 \
                 WHERE staff_id = $1 AND confirmed_at IS NOT NULL AND last_step < $2",
            )
            .bind(staff_id)
            .bind(step)
            .execute(&store.pool)
            .await?
            .rows_affected();
            Ok(used == 1)
        })
        .await
    }

    /// Replaces a secret by the same one under another key. False: it is another secret, or another one was faster.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn reseal_second_factor(
        &self,
        staff_id: Uuid,
        old: &StoredSecret,
        new: &StoredSecret,
    ) -> Result<bool, StoreError> {
        let (old, new) = (old.clone(), new.clone());
        self.section(move |store| async move {
            let sealed = sqlx::query(
                "UPDATE staff_second_factors SET secret = $3, key_id = $4 WHERE staff_id = $1 AND secret = $2",
            )
            .bind(staff_id)
            .bind(old.bytes)
            .bind(new.bytes)
            .bind(new.key_id)
            .execute(&store.pool)
            .await?
            .rows_affected();
            Ok(sealed == 1)
        })
        .await
    }

    /// The keys that secrets are sealed with; `None` among them: there are some that are not sealed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn second_factor_keys(&self) -> Result<BTreeSet<Option<String>>, StoreError> {
        self.section(|store| async move {
            let keys: Vec<Option<String>> =
                sqlx::query_scalar("SELECT DISTINCT key_id FROM staff_second_factors").fetch_all(&store.pool).await?;
            Ok(keys.into_iter().collect())
        })
        .await
    }

    /// A person's own new password; ends their other sessions. False: the password has changed meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn change_password(
        &self,
        session_id: Uuid,
        old_hash: &str,
        new_hash: &str,
        command: &Command,
    ) -> Result<bool, StoreError> {
        let (old, new, command) = (old_hash.to_owned(), new_hash.to_owned(), command.clone());
        self.transaction(move |tx| {
            let (old, new, command) = (old.clone(), new.clone(), command.clone());
            Box::pin(async move {
                let changed: Option<Uuid> = sqlx::query_scalar(
                    "UPDATE staff p SET password_hash = $3, password_expires_at = NULL, version = version + 1 \
                     FROM staff_sessions s WHERE s.id = $1 AND s.staff_id = p.id AND p.password_hash = $2 RETURNING p.id",
                )
                .bind(session_id)
                .bind(old)
                .bind(new)
                .fetch_optional(&mut *tx)
                .await?;
                let Some(staff_id) = changed else { return Ok(false) };
                end_sessions(&mut *tx, staff_id, Some(session_id)).await?;
                sqlx::query("UPDATE staff_sessions SET authenticated_at = now() WHERE id = $1")
                    .bind(session_id)
                    .execute(&mut *tx)
                    .await?;
                let line = AuditLine { action: "staff.change_password", ..AuditLine::default() };
                audit::append(tx, &command, line).await?;
                Ok(true)
            })
        })
        .await
    }
}

async fn raise_version(tx: &mut PgConnection, staff_id: Uuid) -> Result<(), StoreError> {
    sqlx::query("UPDATE staff SET version = version + 1 WHERE id = $1").bind(staff_id).execute(tx).await?;
    Ok(())
}
