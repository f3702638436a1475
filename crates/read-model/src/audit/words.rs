//! Who has acted and what has been done, read by leaping from one value of an index to the next.

use crate::{ReadError, ReadModel};
use contract::audit::AuditWords;
use sqlx::PgConnection;

const PEOPLE: &str = "WITH RECURSIVE leap AS (\
    (SELECT actor FROM ops.audit ORDER BY actor LIMIT 1) \
    UNION ALL SELECT (SELECT a.actor FROM ops.audit a WHERE a.actor > leap.actor ORDER BY a.actor LIMIT 1) \
      FROM leap WHERE leap.actor IS NOT NULL) \
  SELECT actor FROM leap WHERE actor IS NOT NULL LIMIT 200";

const ACTIONS: &str = "WITH RECURSIVE leap AS (\
    (SELECT action FROM ops.audit ORDER BY action LIMIT 1) \
    UNION ALL SELECT (SELECT a.action FROM ops.audit a WHERE a.action > leap.action ORDER BY a.action LIMIT 1) \
      FROM leap WHERE leap.action IS NOT NULL) \
  SELECT action FROM leap WHERE action IS NOT NULL LIMIT 200";

impl ReadModel {
    /// Who has acted and what has been done so far.
    ///
    /// # Errors
    /// As every read.
    pub async fn audit_words(&self) -> Result<AuditWords, ReadError> {
        self.section(|connection| {
            Box::pin(async move {
                let people = people(connection).await?;
                let actions = sqlx::query_scalar(ACTIONS).fetch_all(connection).await?;
                Ok(AuditWords { people, actions })
            })
        })
        .await
    }
}

/// Everybody who has acted: the people of the staff, "customer" and "system".
pub(super) async fn people(connection: &mut PgConnection) -> Result<Vec<String>, ReadError> {
    Ok(sqlx::query_scalar(PEOPLE).fetch_all(connection).await?)
}
