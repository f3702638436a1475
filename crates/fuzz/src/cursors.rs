//! Where a list goes on.

use crate::bounds::{CURSOR_MAX, page};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use read_model::fuzzing::lists_of;

/// A cursor as text, and the same text as what stands in a cursor. It is that of one list at most, and of the same place when that
/// list writes it again, which the window lets through.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let inside = belongs_to_one_list(&URL_SAFE_NO_PAD.encode(text));
    belongs_to_one_list(text) || inside
}

fn belongs_to_one_list(cursor: &str) -> bool {
    let lists = lists_of(cursor);
    assert!(lists.len() <= 1, "one cursor, several lists: {lists:?}");
    for (list, same) in &lists {
        assert!(same.len() <= CURSOR_MAX && page(Some(same), 1).is_ok(), "{} bytes", same.len());
        assert_eq!(lists_of(same), [(*list, same.clone())], "another place after printing");
    }
    !lists.is_empty()
}
