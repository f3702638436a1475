//! What a filter, a search and a cursor go through before the database is asked: for `crates/fuzz`, which tries hostile ones.
//!
//! Nothing is read. A word that would be looked up counts as found by nobody in particular, and as found by a few.

use crate::{
    ReadError, audit, bulk,
    jobs::{self, filter::Whose},
    page::{Key, clamp},
    sessions, text, timeline, triage, users,
};
use contract::{audit::AuditFilter, jobs::JobFilter, sessions::SessionFilter, users::UserFilter};
use uuid::Uuid;

/// What a search makes of what a person typed.
#[derive(Debug, PartialEq)]
pub struct Search {
    /// Without the blanks around it.
    pub text: String,
    /// For ILIKE.
    pub pattern: String,
    /// The index can narrow it.
    pub has_trigram: bool,
    /// The smallest and the largest id that begin so.
    pub ids: Option<(Uuid, Uuid)>,
}

/// Understands a search; `None`: nothing is searched for.
///
/// # Errors
/// [`ReadError::BadFilter`]
pub fn search(typed: &str) -> Result<Option<Search>, ReadError> {
    let text = text::clean("search", Some(typed))?;
    Ok(text.map(|text| Search {
        text: text.to_owned(),
        pattern: text::contains(text),
        has_trigram: text::has_trigram(text),
        ids: text::id_range(text),
    }))
}

/// The lists that take `text` for a cursor of theirs, each with the cursor of the same place as it would write it.
pub fn lists_of(text: &str) -> Vec<(&'static str, String)> {
    let by_time = [jobs::list::LIST, users::list::LIST, sessions::LIST, bulk::plans::LIST]
        .map(|list| (list, Key::decode(list, text).map(|key| key.encode(list))));
    let others = [
        ("audit", audit::same_place(text)),
        ("timeline", timeline::same_place(text)),
        ("contradictions", triage::same_place(text)),
        ("items", bulk::items::same_place(text)),
    ];
    by_time.into_iter().chain(others).filter_map(|(list, same)| Some((list, same.ok()?))).collect()
}

/// The statements of a page of jobs, of every source it may come from; none where nothing can be let through.
///
/// # Errors
/// [`ReadError::BadFilter`], [`ReadError::BadCursor`]
pub fn jobs(filter: &JobFilter, cursor: Option<&str>, limit: u32) -> Result<Vec<String>, ReadError> {
    let after = cursor.map(|cursor| Key::decode(jobs::list::LIST, cursor)).transpose()?;
    let Some((mut wanted, user)) = jobs::filter::Wanted::checked(filter)? else { return Ok(vec![]) };
    let mut statements = vec![];
    let whose = user.map_or(Whose::Anyone, |user| Whose::Matching(text::contains(user)));
    for (whose, source) in [
        (whose, jobs::list::Source::Newest(1)),
        (Whose::Anyone, jobs::list::Source::Live),
        (Whose::Anyone, jobs::list::Source::Troubled(1)),
        (Whose::Of(vec![Uuid::nil()]), jobs::list::Source::Users(vec![Uuid::nil()])),
    ] {
        wanted.whose = whose;
        statements.push(jobs::list::statement(&wanted, &source, after, clamp(limit)).into_string());
    }
    Ok(statements)
}

/// The same for users.
///
/// # Errors
/// [`ReadError::BadFilter`], [`ReadError::BadCursor`]
pub fn users(filter: &UserFilter, cursor: Option<&str>, limit: u32) -> Result<Vec<String>, ReadError> {
    use users::list::{LIST, Source, Wanted, statement};
    let after = cursor.map(|cursor| Key::decode(LIST, cursor)).transpose()?;
    let wanted = Wanted::checked(filter)?;
    let sources = [Source::Newest(1), Source::Found, Source::Restless];
    Ok(sources.iter().map(|source| statement(&wanted, source, after, clamp(limit)).into_string()).collect())
}

/// The same for sessions.
///
/// # Errors
/// [`ReadError::BadFilter`], [`ReadError::BadCursor`]
pub fn sessions(filter: &SessionFilter, cursor: Option<&str>, limit: u32) -> Result<Vec<String>, ReadError> {
    use sessions::{LIST, Whose, statement};
    let after = cursor.map(|cursor| Key::decode(LIST, cursor)).transpose()?;
    let user = text::clean("user", filter.user.as_deref())?;
    let whose = [
        user.map_or(Whose::Anyone, |user| Whose::Matching(text::contains(user))),
        Whose::Of(vec![filter.user_id.unwrap_or_default()]),
    ];
    Ok(whose.iter().map(|whose| statement(whose, filter.active_only, after, clamp(limit)).into_string()).collect())
}

/// The same for the audit trail.
///
/// # Errors
/// [`ReadError::BadFilter`], [`ReadError::BadCursor`]
pub fn audit(filter: &AuditFilter, cursor: Option<&str>, limit: u32) -> Result<Vec<String>, ReadError> {
    use audit::filter::{Wanted, Whom};
    let below = cursor.map_or(Ok(i64::MAX), audit::decode_id)?;
    let (mut wanted, words) = Wanted::checked(filter)?;
    wanted.by = words.by.map(|by| vec![by.to_owned()]);
    let mut statements = vec![];
    for whom in [
        words.user.map_or(Whom::Anyone, |user| Whom::Matching(text::contains(user))),
        Whom::Of(vec![filter.user_id.unwrap_or_default()]),
    ] {
        wanted.whom = whom;
        statements.push(wanted.rows(below, clamp(limit)).into_string());
        statements.push(wanted.window_end(below).into_string());
    }
    Ok(statements)
}
