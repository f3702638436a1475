//! Rust text with its comments blanked out, so that prose about SQL is not taken for SQL.

/// The code of each line, without `//` comments. A `//` within a string (an address) stays.
pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, without_comment(line)))
}

fn without_comment(line: &str) -> &str {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") {
        return "";
    }
    match line.find(" // ") {
        Some(at) if line[..at].matches('"').count().is_multiple_of(2) => &line[..at],
        _ => line,
    }
}

/// Whether `word` stands in `line` on its own, whatever its case.
pub fn has_words(line: &str, words: &str) -> bool {
    let (line, words) = (line.to_ascii_uppercase(), words.to_ascii_uppercase());
    let part_of_a_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(&words).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + words.len()..].chars().next();
        !before.is_some_and(part_of_a_word) && !after.is_some_and(part_of_a_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_code() {
        let lines: Vec<_> = code_lines("//! DELETE FROM\nlet a = 1; // DELETE\nlet b = \"http://x\";").collect();
        assert_eq!(lines, [(1, ""), (2, "let a = 1;"), (3, "let b = \"http://x\";")]);
    }

    #[test]
    fn words_stand_alone() {
        assert!(has_words("\"delete from jobs\"", "DELETE FROM"));
        assert!(!has_words("undelete from_jobs", "DELETE FROM"));
    }
}
