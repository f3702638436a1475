//! Links of this program.

use crate::deep_link::{path, path_in};
use uuid::Uuid;

/// A line a link. A link opens the page of one job or one user, or nothing: no other place, no query, no part of its own text.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let paths: Vec<_> = lines.iter().filter_map(|line| path(line)).collect();
    for path in &paths {
        leads_to_a_page(path);
    }
    // The first word of a program's arguments is its own name.
    let first = lines.iter().skip(1).find_map(|line| path(line));
    assert_eq!(path_in(&lines), first, "the first link among the arguments");
    !paths.is_empty()
}

fn leads_to_a_page(opened: &str) {
    let (kind, id) = match opened.split('/').collect::<Vec<_>>()[..] {
        ["", "jobs", id] => ("job", id),
        ["", "users", id] => ("user", id),
        _ => panic!("{opened:?} is no page of a job or a user"),
    };
    let printed = Uuid::parse_str(id).expect("an id").hyphenated().to_string();
    assert_eq!(id, printed, "the id in the one way that we write it");
    assert_eq!(path(&format!("repruv-ops://{kind}/{id}")).as_deref(), Some(opened), "the same link again");
}
