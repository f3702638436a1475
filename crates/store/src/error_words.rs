//! Plain words for errors that no rule has words for: written by a person, once for all errors that are the same.

use crate::{
    Command, Done, Store, StoreError,
    audit::{self, AuditLine},
    demo_mode::check_version,
    receipts::{self, Claimed},
};

/// What a person says about an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// 3 to 100 characters.
    pub title: String,
    /// What the customer sees, in 3 to 500 characters.
    pub customer_sees: String,
    /// To be sent with a ticket, 3 to 2,000 characters.
    pub ticket_reply: String,
}

impl Store {
    /// Gives an error its words, or other ones. Bound to the version that the person saw.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an error that never was; [`StoreError::VersionConflict`], [`StoreError::KeyReused`].
    pub async fn write_error_words(
        &self,
        fingerprint: &str,
        words: Words,
        command: &Command,
    ) -> Result<Done, StoreError> {
        let (fingerprint, command) = (fingerprint.to_owned(), command.clone());
        self.step("command", move |tx| {
            let (fingerprint, words, command) = (fingerprint.clone(), words.clone(), command.clone());
            Box::pin(async move {
                if receipts::claim(tx, &command).await? == Claimed::Replayed {
                    return Ok(Done { job_id: None, replayed: true });
                }
                let row: Option<(i32, Option<String>)> =
                    sqlx::query_as("SELECT version, title FROM error_words WHERE fingerprint = $1 FOR UPDATE")
                        .bind(&fingerprint)
                        .fetch_optional(&mut *tx)
                        .await?;
                let (version, before) = row.ok_or(StoreError::NotFound { what: "error" })?;
                check_version(&command, version.unsigned_abs())?;
                sqlx::query(
                    "UPDATE error_words SET title = $2, customer_sees = $3, ticket_reply = $4, written_by = $5, \
                     written_at = now(), version = version + 1 WHERE fingerprint = $1",
                )
                .bind(&fingerprint)
                .bind(&words.title)
                .bind(&words.customer_sees)
                .bind(&words.ticket_reply)
                .bind(command.actor.label())
                .execute(&mut *tx)
                .await?;
                let line = AuditLine {
                    action: "error_words.write",
                    before: Some(before.as_deref().unwrap_or("without words")),
                    after: Some(&words.title),
                    ..AuditLine::default()
                };
                audit::append(tx, &command, line).await?;
                Ok(Done { job_id: None, replayed: false })
            })
        })
        .await
    }
}
