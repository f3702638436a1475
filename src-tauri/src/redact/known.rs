//! What is known of people, found however it is written: in any case, with or without accents.

use unicode_normalization::char::is_combining_mark;

/// Parts that are names and words of this product at once: alone they tell nothing of a person.
const WORDS: [&str; 30] = [
    "account",
    "admin",
    "attempt",
    "cancelled",
    "completed",
    "contact",
    "customer",
    "demo",
    "disabled",
    "enabled",
    "error",
    "failed",
    "hello",
    "info",
    "job",
    "mail",
    "mode",
    "none",
    "office",
    "pending",
    "profile",
    "running",
    "service",
    "staff",
    "started",
    "support",
    "team",
    "test",
    "user",
    "worker",
];
const PART_MIN: usize = 3;
/// A name of more parts or letters than this is not one.
const PARTS_MAX: usize = 20;
const LETTERS_MAX: usize = 300;

/// Values with what stands in their place, the longest first.
#[derive(Default)]
pub struct Known(Vec<Value>);

struct Value {
    letters: Vec<char>,
    instead: &'static str,
    /// Only where no letter stands before or after it.
    as_word: bool,
}

/// A letter of the text as it is compared, and where it stands with its marks.
struct Letter {
    folded: char,
    from: usize,
    to: usize,
}

impl Known {
    /// Learns a value (decomposed, on one line) and its parts.
    pub fn learn(&mut self, value: &str, instead: &'static str) {
        if value.chars().count() >= 2 {
            self.push(value, instead, false);
        }
        let name = value.split_once('@').filter(|(name, _)| !name.is_empty()).map_or(value, |(name, _)| name);
        let parts = name.split(|one: char| !one.is_alphanumeric() && !is_combining_mark(one));
        for part in parts.take(PARTS_MAX) {
            let letters = part.chars().filter(|one| !is_combining_mark(*one)).count();
            // A word of two signs is a whole name where words are not parted.
            let signs = !part.is_ascii() && part.chars().all(|one| u32::from(one) >= 0x2E80);
            if (letters >= PART_MIN || (signs && letters >= 2)) && !WORDS.contains(&part.to_lowercase().as_str()) {
                self.push(part, instead, !signs);
            }
        }
    }

    /// The longest first: a whole name before its parts.
    pub fn sort(&mut self) {
        self.0.sort_by_key(|value| std::cmp::Reverse(value.letters.len()));
    }

    /// The text with what is known replaced.
    pub fn replace(&self, text: &str) -> String {
        let letters = folded(text);
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        while at < letters.len() {
            let found = self.0.iter().find_map(|value| Some((value.instead, value.ends_at(&letters, at)?)));
            match found {
                Some((instead, end)) => {
                    shown.push_str(instead);
                    at = end;
                }
                None => {
                    shown.push_str(&text[letters[at].from..letters[at].to]);
                    at += 1;
                }
            }
        }
        shown
    }

    fn push(&mut self, value: &str, instead: &'static str, as_word: bool) {
        let letters: Vec<char> = folded(value).iter().map(|letter| letter.folded).take(LETTERS_MAX).collect();
        self.0.push(Value { letters, instead, as_word });
    }
}

impl Value {
    /// Where the value ends that begins at this letter.
    fn ends_at(&self, text: &[Letter], start: usize) -> Option<usize> {
        if self.as_word && start > 0 && text[start - 1].folded.is_alphanumeric() {
            return None;
        }
        let mut at = start;
        for &wanted in &self.letters {
            if is_gap(wanted) {
                // Or none: what hid between them is gone.
                at += text[at..].iter().take_while(|letter| is_gap(letter.folded)).count();
            } else {
                if text.get(at)?.folded != wanted {
                    return None;
                }
                at += 1;
            }
        }
        let goes_on = text.get(at).is_some_and(|letter| letter.folded.is_alphanumeric());
        (at > start && !(self.as_word && goes_on)).then_some(at)
    }
}

/// What stands between the parts of a name, one way or another.
const fn is_gap(one: char) -> bool {
    matches!(one, ' ' | '.' | '_' | '-')
}

/// Letters without case and accents; marks belong to the letter before them.
fn folded(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::with_capacity(text.len());
    for (from, one) in text.char_indices() {
        let to = from + one.len_utf8();
        match letters.last_mut().filter(|_| is_combining_mark(one)) {
            Some(before) => before.to = to,
            None => letters.push(Letter { folded: one.to_lowercase().next().unwrap_or(one), from, to }),
        }
    }
    letters
}
