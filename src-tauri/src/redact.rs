//! Takes out of text from outside what a ticket must not hold: e-mails, network addresses, the names of the people it is about,
//! telephone and card numbers, and whatever looks like a secret. Ids of users and jobs and times stay: they are what a ticket is for.
//!
//! Names of people that nobody told it about cannot be recognised, nor postal addresses: see [`Redactor::new`].

mod known;
mod patterns;

use crate::visible_text::is_hidden;
use known::Known;
use unicode_normalization::UnicodeNormalization;

/// More than anything that is stored holds; what is cut off goes with the word that it cut.
const CHARS_MAX: usize = 8_000;
/// Where what must stay waits while the rest is looked through: characters that no text may bring along.
const KEPT_FROM: u32 = 0xE000;
const KEPT_MAX: usize = 1_000;

/// What is known of the people that a text is about.
pub struct Redactor {
    known: Known,
}

impl Redactor {
    /// `customer`: e-mail, name, user names. `staff`: e-mail and name of whoever copies. Both are found in any case, with or
    /// without the accents' own way of writing, as a whole and by their parts of three letters and more.
    pub fn new<'a>(customer: impl IntoIterator<Item = &'a str>, staff: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known = Known::default();
        for text in customer {
            known.learn(&plain(text), "[customer]");
        }
        for text in staff {
            known.learn(&plain(text), "[staff]");
        }
        known.sort();
        Self { known }
    }

    /// One line without what a ticket must not hold. Characters that hide or reorder others are left out.
    pub fn redact(&self, text: &str) -> String {
        let mut kept = Vec::new();
        // E-mails before secrets: half of one may have the shape of a key, and the other half would stay.
        let text = patterns::emails(&patterns::links(&plain(text)));
        let text = patterns::secrets(&text);
        let text = patterns::keep(&text, &mut kept);
        let text = patterns::addresses(&text);
        let text = self.known.replace(&text);
        let text = patterns::long_words_and_numbers(&text);
        put_back(&text, &kept).nfc().collect()
    }
}

/// In one way of writing, on one line, with nothing hidden in it.
fn plain(text: &str) -> String {
    let mut whole: String = text.chars().take(CHARS_MAX).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        whole.truncate(whole.rfind(char::is_whitespace).unwrap_or_default());
        whole.push('…');
    }
    let is_private = |character: char| matches!(u32::from(character), KEPT_FROM..=0xF8FF | 0xF_0000..=0x10_FFFF);
    let shown = |character: &char| !is_hidden(*character) || character.is_whitespace();
    let decomposed: String = whole.chars().filter(shown).filter(|one| !is_private(*one)).nfkd().collect();
    // Once more: what hides may itself have been written in another way.
    let words =
        decomposed.split_whitespace().map(|word| word.chars().filter(|one| !is_hidden(*one)).collect::<String>());
    words.collect::<Vec<_>>().join(" ")
}

fn put_back(text: &str, kept: &[String]) -> String {
    let mut whole = String::with_capacity(text.len());
    for character in text.chars() {
        let place = u32::from(character).checked_sub(KEPT_FROM).and_then(|place| usize::try_from(place).ok());
        match place.and_then(|place| kept.get(place)) {
            Some(text) => whole.push_str(text),
            None => whole.push(character),
        }
    }
    whole
}

#[cfg(test)]
mod tests;
