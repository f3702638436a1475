//! Believable customers, and a few whose names try the screen.

use crate::ids::id_at;
use chrono::{DateTime, Utc};
use rand::{Rng, rngs::StdRng};
use uuid::Uuid;

pub(super) struct Person {
    pub id: Uuid,
    pub email: String,
    pub name: Option<String>,
    pub active: bool,
    pub joined: DateTime<Utc>,
}

const FIRST: [&str; 32] = [
    "Ana", "Ben", "Chloé", "Dmitri", "Elif", "Farah", "Grzegorz", "Hana", "Ines", "Jonas", "Keiko", "Luca", "Maya",
    "Noor", "Oskar", "Priya", "Quinn", "Rosa", "Søren", "Tomás", "Uma", "Viktor", "Wanjiru", "Xin", "Yusuf", "Zoë",
    "Amara", "Björn", "Camille", "Diego", "Esther", "Finn",
];
const LAST: [&str; 24] = [
    "Almeida",
    "Becker",
    "Castellanos",
    "Dubois",
    "Eriksen",
    "Fernández",
    "Gruber",
    "Haddad",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Nakamura",
    "O’Connor",
    "Papadopoulos",
    "Qureshi",
    "Rossi",
    "Schneider",
    "Tanaka",
    "Ueda",
    "van der Berg",
    "Wójcik",
    "Yilmaz",
];
const DOMAINS: [&str; 6] =
    ["example.com", "studio.example", "creators.example", "mail.example.org", "agency.example.net", "example.co.uk"];

/// What a screen must bear.
const ODD: [(&str, &str); 5] = [
    ("hubert", "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff the Third, Estate and Heirs Communications"),
    ("markup", "<img src=x onerror=alert(1)> & <b>Sons</b>"),
    ("bidi", "Reversed \u{202e}gnirts\u{202c} and zero\u{200b}width"),
    ("formula", "=HYPERLINK(\"http://example.com\";\"press\")"),
    ("cjk", "山田 太郎 · 田中 花子 · 김민준"),
];

/// The first twelve have addresses at `repruv.test`: the local workspace signs in as them.
pub(super) fn person(n: u32, joined: DateTime<Utc>, dice: &mut StdRng) -> Person {
    let index = n as usize;
    let (first, last) = (FIRST[index % FIRST.len()], LAST[dice.random_range(0..LAST.len())]);
    let (local, name) = match index {
        0..12 => (first.to_lowercase().replace('é', "e"), Some(format!("{first} {last}"))),
        _ => match ODD.get(index.wrapping_sub(40)) {
            Some((local, name)) => ((*local).to_owned(), Some((*name).to_owned())),
            None => (
                format!("{}.{}{n}", ascii(first), ascii(last)),
                dice.random_bool(0.95).then(|| format!("{first} {last}")),
            ),
        },
    };
    let domain = if index < 12 { "repruv.test" } else { DOMAINS[dice.random_range(0..DOMAINS.len())] };
    Person {
        id: id_at(joined),
        email: format!("{local}@{domain}"),
        name,
        active: index < 12 || !dice.random_bool(0.02),
        joined,
    }
}

fn ascii(name: &str) -> String {
    name.to_lowercase().chars().filter(char::is_ascii_lowercase).collect()
}
