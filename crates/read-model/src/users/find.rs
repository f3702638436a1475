//! Users by what a person typed.

use crate::{ReadError, text};
use sqlx::PgConnection;
use uuid::Uuid;

/// Above this many, a list of theirs is cheaper read the other way round.
const FEW: usize = 1_000;

/// The expression of the index `users_search`, which must be repeated letter for letter.
pub(crate) const SEARCHED: &str = "(email || ' ' || coalesce(full_name, ''))";

const FIND: &str = "SELECT id FROM ops.users WHERE (email || ' ' || coalesce(full_name, '')) ILIKE $1 LIMIT $2";
const NEWEST: &str = "SELECT count(*) FROM (SELECT email, full_name FROM ops.users ORDER BY created_at DESC, id DESC LIMIT 2000) u \
  WHERE (email || ' ' || coalesce(full_name, '')) ILIKE $1";
const BY_EMAIL: &str = "SELECT id FROM ops.users WHERE lower(email) = lower($1) LIMIT 2";

/// The users whom `text` finds: a whole id, or part of e-mail or name. `None`: there are too many to name, or finding
/// out would cost too much.
pub(crate) async fn few(connection: &mut PgConnection, text: &str) -> Result<Option<Vec<Uuid>>, ReadError> {
    if let Ok(id) = Uuid::try_parse(text) {
        return Ok(Some(vec![id]));
    }
    if !text::has_trigram(text) {
        let exact: Vec<Uuid> = sqlx::query_scalar(BY_EMAIL).bind(text).fetch_all(connection).await?;
        return Ok(Some(exact).filter(|found| !found.is_empty()));
    }
    let pattern = text::contains(text);
    // A pattern that the newest users are full of would drag half the table out of the index.
    let dense: i64 = sqlx::query_scalar(NEWEST).bind(&pattern).persistent(false).fetch_one(&mut *connection).await?;
    if dense > 20 {
        return Ok(None);
    }
    let limit = i64::try_from(FEW + 1).unwrap_or(i64::MAX);
    let found: Vec<Uuid> =
        sqlx::query_scalar(FIND).bind(&pattern).bind(limit).persistent(false).fetch_all(connection).await?;
    Ok(Some(found).filter(|found| found.len() <= FEW))
}
