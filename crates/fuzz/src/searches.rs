//! What a person types into a search.

use read_model::fuzzing::search;

const CHARS_MAX: usize = 200;

/// Text is searched for as it stands: nothing in it is a wildcard, however it is escaped.
pub fn run(data: &[u8]) -> bool {
    let Ok(typed) = std::str::from_utf8(data) else { return false };
    let Ok(Some(found)) = search(typed) else { return false };
    assert_eq!(found.text, typed.trim());
    assert!(found.text.chars().count() <= CHARS_MAX && !found.text.contains('\0'));
    assert_eq!(literal(&found.pattern).as_deref(), Some(found.text.as_str()), "not this text, literally, anywhere");
    assert!(found.pattern.len() <= 2 * found.text.len() + 2, "an unbounded pattern");
    if let Some((low, high)) = found.ids {
        let digits = found.text.replace('-', "").to_ascii_lowercase();
        assert!(low <= high);
        for end in [low, high] {
            assert!(end.simple().to_string().starts_with(&digits), "{end} does not begin with {digits}");
        }
    }
    assert_eq!(search(&found.text).ok().flatten().as_ref(), Some(&found), "another search of the same text");
    true
}

/// The text that a pattern of ILIKE finds anywhere; `None` where it finds more than one text.
fn literal(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = pattern.strip_prefix('%')?.strip_suffix('%')?.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' | '_' => return None,
            '\\' => text.push(letters.next()?),
            letter => text.push(letter),
        }
    }
    Some(text)
}
