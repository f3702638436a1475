//! The checked-in input, and that it covers what the window takes.

use fuzz::{TARGETS, ipc::COMMANDS, planted};
use std::{collections::BTreeSet, fs, path::PathBuf};

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    // Tests run in the folder of their package.
    let folder = PathBuf::from("seeds").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.expect("a file").path())
        .map(|file| (file.clone(), fs::read(file).expect("reads")))
        .collect()
}

#[test]
fn every_seed_keeps_what_is_promised_and_says_by_its_name_whether_it_is_accepted() {
    for (target, run) in TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target} has no seeds");
        for (file, data) in seeds {
            let refused = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("no-"));
            assert_eq!(run(&data), !refused, "{}: a seed whose name begins with no- is refused", file.display());
        }
    }
}

#[test]
fn every_folder_of_seeds_is_a_target() {
    let folders: BTreeSet<String> = fs::read_dir("seeds")
        .expect("reads")
        .map(|entry| entry.expect("a folder").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(folders, TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect());
}

#[test]
fn the_planted_flaw_is_met_by_no_seed_and_by_a_link_that_the_window_takes() {
    for (file, data) in seeds(planted::SEEDS) {
        let met = std::panic::catch_unwind(|| planted::run(&data));
        assert!(met.is_ok(), "{} gives it away", file.display());
    }
    let link = "repruv-ops://job/C0DE0000-0000-7000-8000-000000000001";
    assert!(fuzz::deep_link::path(link).is_some());
    let met = std::panic::catch_unwind(|| planted::run(link.as_bytes())).expect_err("breaks");
    assert_eq!(met.downcast_ref(), Some(&planted::SAYS));
}

/// The page's side is generated from the commands themselves, so a new command without a row is seen here.
#[test]
fn every_command_of_the_window_has_a_row_with_its_arguments_and_a_seed_that_it_accepts() {
    let page = fs::read_to_string("../../ui/src/generated/commands.ts").expect("reads");
    let called =
        page.lines().filter_map(|line| line.split_once("__TAURI_INVOKE<")?.1.split_once(">(\"")).map(|call| call.1);
    let taken: BTreeSet<(String, Vec<String>)> = called
        .filter_map(|call| {
            let (name, arguments) = call.split_once("\", { ")?;
            let keys = arguments.split_once(" }")?.0.split(", ").filter(|key| *key != "channel");
            Some((name.to_owned(), keys.map(snake).collect()))
        })
        .collect();
    let rows =
        COMMANDS.iter().map(|(name, keys)| ((*name).to_owned(), keys.iter().map(|key| (*key).to_owned()).collect()));
    assert_eq!(rows.collect::<BTreeSet<_>>(), taken);

    let seeds: BTreeSet<_> = seeds("ipc").into_iter().map(|(file, _)| file).collect();
    for (name, _) in COMMANDS {
        assert!(seeds.contains(&PathBuf::from(format!("seeds/ipc/{name}"))), "seeds/ipc/{name} is missing");
    }
}

/// A name of the page's as it is in Rust.
fn snake(key: &str) -> String {
    let mut name = String::new();
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
