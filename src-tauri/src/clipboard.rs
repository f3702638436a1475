//! What is on the clipboard, for the palette: read once when it opens, passed on only when it looks like an id, an e-mail or a
//! link of this program, and neither kept nor logged.

use crate::deep_link;
use contract::notices::ClipboardOffer;
use std::time::Duration;
use uuid::Uuid;

/// Longer text is no e-mail, no id and no link.
const TEXT_MAX: usize = 320;
/// Another program answers for what it copied, or does not.
const PATIENCE: Duration = Duration::from_millis(400);

/// What to offer; `None` for everything else, and where there is no clipboard.
pub async fn offer() -> Option<ClipboardOffer> {
    let reading =
        tokio::task::spawn_blocking(|| arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get_text()));
    let text = tokio::time::timeout(PATIENCE, reading).await.ok()?.ok()?.ok()?;
    recognise(&text)
}

fn recognise(text: &str) -> Option<ClipboardOffer> {
    let text = text.trim();
    if text.len() > TEXT_MAX {
        return None;
    }
    let path = deep_link::path(text);
    let known = path.is_some() || is_id(text) || is_email(text);
    known.then(|| ClipboardOffer { text: text.to_owned(), path })
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// Strict enough that no sentence, password or address with a password in it passes.
fn is_email(text: &str) -> bool {
    let plain = |one: char| one.is_alphanumeric() || "._%+-'".contains(one);
    let Some((name, domain)) = text.split_once('@') else { return false };
    let labels = domain.split('.').collect::<Vec<_>>();
    (1..=64).contains(&name.len())
        && name.chars().all(plain)
        && labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty() && label.chars().all(|one| one.is_alphanumeric() || one == '-'))
        && labels.last().is_some_and(|last| last.chars().any(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0197a2b0-0000-7000-8000-000000000001";

    #[test]
    fn ids_e_mails_and_own_links_are_offered() {
        for text in [ID, " ana.silva+demo@kunde.example\n", "o'brien@a-b.co.uk", "jürgen@müller.example"] {
            assert_eq!(recognise(text).map(|offer| (offer.text, offer.path)), Some((text.trim().to_owned(), None)));
        }
        let link = recognise(&format!("repruv-ops://job/{ID}")).expect("a link");
        assert_eq!(link.path, Some(format!("/jobs/{ID}")));
    }

    #[test]
    fn nothing_else_reaches_the_page() {
        for text in [
            "",
            "correct horse battery staple",
            "hunter2",
            "P@ssw0rd",
            "p@ss.",
            "user:pw@host.example",
            "https://ana@kunde.example/x",
            "ana@kunde.example, ben@kunde.example",
            "ana@kunde.example\nsecret",
            "ana@kunde..example",
            "ana@1.2.3.4",
            "an\u{202E}a@kunde.example",
            "ana@kunde.example\u{200B}",
            "@kunde.example",
            "ana@",
            "0197a2b0000070008000000000000001",
            "{0197a2b0-0000-7000-8000-000000000001}",
            &format!("repruv-ops://job/{ID}/../../settings"),
            &format!("{}@kunde.example", "a".repeat(65)),
            &"x".repeat(100_000),
        ] {
            assert_eq!(recognise(text), None, "{text:?}");
        }
    }
}
