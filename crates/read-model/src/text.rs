//! What people type into a search box.

use crate::ReadError;
use uuid::Uuid;

const TEXT_CHARS_MAX: usize = 200;
/// Fewer digits of an id would let in half the table: all ids of a season start alike.
const ID_DIGITS_MIN: usize = 4;

/// `text` without the blanks around it; `None` when nothing is left.
pub(crate) fn clean<'a>(field: &'static str, text: Option<&'a str>) -> Result<Option<&'a str>, ReadError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(ReadError::BadFilter { field, message: format!("at most {TEXT_CHARS_MAX} characters") });
    }
    if text.contains('\0') {
        return Err(ReadError::BadFilter { field, message: "a NUL character cannot be searched for".into() });
    }
    Ok(Some(text))
}

/// The pattern that finds `text` literally, anywhere.
pub(crate) fn contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// A trigram index can narrow the search: three letters or digits stand together.
pub(crate) fn has_trigram(text: &str) -> bool {
    let mut run = 0;
    text.chars().any(|letter| {
        run = if letter.is_alphanumeric() { run + 1 } else { 0 };
        run >= 3
    })
}

/// The smallest and the largest id that begin with `text`, when it reads as the start of one.
pub(crate) fn id_range(text: &str) -> Option<(Uuid, Uuid)> {
    let digits: String = text.chars().filter(|&letter| letter != '-').collect();
    if !(ID_DIGITS_MIN..=32).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let bound = |fill: &str| Uuid::try_parse(&format!("{digits}{}", fill.repeat(32 - digits.len()))).ok();
    Some((bound("0")?, bound("f")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_underscore_and_backslash_are_searched_for_literally() {
        assert_eq!(contains(r"50%_a\b"), r"%50\%\_a\\b%");
    }

    #[test]
    fn an_id_is_found_by_its_first_digits_with_or_without_dashes() {
        let (low, high) = id_range("0193A7c2-4").expect("reads as an id");
        assert_eq!(low.to_string(), "0193a7c2-4000-0000-0000-000000000000");
        assert_eq!(high.to_string(), "0193a7c2-4fff-ffff-ffff-ffffffffffff");
        for not_an_id in ["abc", "ana@example.com", "", "g1234567", &"0".repeat(33)] {
            assert_eq!(id_range(not_an_id), None, "{not_an_id}");
        }
    }

    #[test]
    fn three_letters_in_a_row_can_be_narrowed() {
        assert!(has_trigram("@gma"));
        assert!(!has_trigram("a@b.io"));
    }
}
