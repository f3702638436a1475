//! What a list shows, up to the statements that it becomes.

use crate::{bounds, headed, round_trip};
use contract::{audit::AuditFilter, jobs::JobFilter, sessions::SessionFilter, users::UserFilter};
use read_model::{ReadError, fuzzing};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// Bytes of a statement, whatever was asked for: its words are bound to it and do not stand in it.
const STATEMENT_MAX: usize = 4_000;

/// As the window's lists take it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Asked<F> {
    filter: F,
    cursor: Option<String>,
    limit: u32,
}

/// A list's name, then what is asked of it as JSON.
pub fn run(data: &[u8]) -> bool {
    let Some((list, json)) = headed(data) else { return false };
    match list {
        "jobs" => tried(json, fuzzing::jobs, |filter: &mut JobFilter| {
            filter
                .job_types
                .iter_mut()
                .chain([&mut filter.user, &mut filter.id, &mut filter.error].into_iter().flatten())
                .for_each(mask);
        }),
        "users" => tried(json, fuzzing::users, |filter: &mut UserFilter| filter.search.iter_mut().for_each(mask)),
        "sessions" => {
            tried(json, fuzzing::sessions, |filter: &mut SessionFilter| filter.user.iter_mut().for_each(mask))
        }
        "audit" => tried(json, fuzzing::audit, |filter: &mut AuditFilter| {
            filter
                .actions
                .iter_mut()
                .chain([&mut filter.by, &mut filter.user, &mut filter.reason].into_iter().flatten())
                .for_each(mask);
        }),
        _ => false,
    }
}

type Statements<F> = fn(&F, Option<&str>, u32) -> Result<Vec<String>, ReadError>;

fn tried<F>(json: &[u8], statements: Statements<F>, mask: impl Fn(&mut F)) -> bool
where
    F: Clone + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let Some(asked) = round_trip::read::<Asked<F>>(json) else { return false };
    let of = |filter: &F| statements(filter, asked.cursor.as_deref(), asked.limit);
    if bounds::page(asked.cursor.as_deref(), asked.limit).is_err() {
        return false;
    }
    let said = match of(&asked.filter) {
        Ok(said) => said,
        Err(ReadError::BadFilter { .. } | ReadError::BadCursor) => return false,
        Err(error) => panic!("{error:?} before anything was asked of the database"),
    };
    for statement in &said {
        assert!(statement.len() <= STATEMENT_MAX, "a statement of {} bytes", statement.len());
    }
    let mut masked = asked.filter.clone();
    mask(&mut masked);
    assert_eq!(of(&masked).ok().as_ref(), Some(&said), "a word of the filter stands in a statement");
    true
}

/// Another text that is treated the same: as long, with blanks, digits of an id and letters in the same places.
fn mask(text: &mut String) {
    let other = |letter: char| match letter {
        blank if blank.is_whitespace() => blank,
        '\0' | '-' => letter,
        digit if digit.is_ascii_hexdigit() => 'a',
        letter if letter.is_alphanumeric() => 'z',
        _ => '~',
    };
    *text = text.chars().map(other).collect();
}
