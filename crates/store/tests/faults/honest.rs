//! The lists say what the sources hold, and the sources hold what the lists say.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use store::faults::{PLANTED, POINTS};

/// The code of the programs that are shipped, without the lists themselves.
fn sources() -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("crates");
    let mut folders: Vec<PathBuf> = vec![crates.join("store/src"), crates.join("server/src")];
    let mut texts = vec![];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("store/src/faults") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                texts.push(std::fs::read_to_string(&path).expect("a source"));
            }
        }
    }
    assert!(texts.len() > 50, "these are not the sources");
    texts
}

/// How often each name stands right after one of these words.
fn named_after(words: &[&str]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for text in sources() {
        for word in words {
            for (at, _) in text.match_indices(word) {
                let rest = text[at + word.len()..].trim_start();
                if let Some(name) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                    *found.entry(name.0.to_owned()).or_default() += 1;
                }
            }
        }
    }
    found
}

#[test]
fn every_planted_bug_is_one_place_in_the_sources() {
    let uses = named_after(&["planted!(", "planted_sql!("]);
    let listed: BTreeMap<String, usize> = PLANTED.iter().map(|bug| ((*bug).to_owned(), 1)).collect();
    assert_eq!(uses, listed);
    assert!(PLANTED.len() >= 10);
}

#[test]
fn every_point_is_one_place_in_the_sources() {
    let mut expected: BTreeMap<String, usize> = named_after(&["fault_point!("]);
    assert!(expected.values().all(|times| *times == 1), "{expected:?}");
    // Transactions and endings name their step; the moments of a step are always the same.
    let endings = ["finish", "retry", "fail", "cancel", "hand_back", "rescue"];
    for step in named_after(&["step("]).into_keys().chain(endings.map(str::to_owned)) {
        for moment in ["begun", "before_commit", "after_commit"] {
            expected.insert(format!("{step}.{moment}"), 1);
        }
        if endings.contains(&step.as_str()) {
            expected.insert(format!("{step}.fenced"), 1);
        }
    }
    let mut listed: Vec<&str> = POINTS.to_vec();
    listed.sort_unstable();
    assert_eq!(expected.keys().map(String::as_str).collect::<Vec<_>>(), listed);
}
