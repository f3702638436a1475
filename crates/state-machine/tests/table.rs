//! Every machine's state × event table, for the reviewer of a change, and the same in the crate's README.
//!
//! `UPDATE=1 cargo test -p state-machine --test table` writes the README; without it a stale one fails. The snapshots
//! are written by `INSTA_UPDATE=always`.

#![expect(clippy::unwrap_used, reason = "writing into a string cannot fail, and a test may")]

mod facts;
mod machine;

use machine::{Cell, Machine};
use std::{collections::BTreeMap, fmt::Write as _, path::Path};

const BEGIN: &str = "<!-- written by tests/table.rs: begin -->\n";
const END: &str = "<!-- written by tests/table.rs: end -->\n";

#[test]
fn every_state_answers_every_event_as_reviewed() {
    for machine in machine::all() {
        insta::assert_snapshot!(machine.name.to_lowercase().replace(' ', "_"), grid(&machine));
    }
}

#[test]
fn the_readme_shows_the_machines_as_they_are() {
    // Tests run in the folder of their package.
    let path = Path::new("README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the begin marker");
    let (_, after) = rest.split_once(END).expect("the README has the end marker");
    let mut shown = String::from("\n");
    for machine in machine::all() {
        writeln!(shown, "### {}\n\n{}\n{}", machine.name, diagram(&machine), table(&machine)).unwrap();
    }
    let fresh = format!("{before}{BEGIN}{shown}{END}{after}");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, fresh).unwrap();
    } else {
        assert!(readme == fresh, "README.md is stale: run `UPDATE=1 cargo test -p state-machine --test table`");
    }
}

/// Every cell, refusals too.
fn grid(machine: &Machine) -> String {
    let mut text = String::new();
    let mut state = "";
    for cell in &machine.cells {
        if cell.from != state {
            state = &cell.from;
            writeln!(text, "{state}").unwrap();
        }
        match &cell.answer {
            Ok(after) => {
                let job = after.makes_job.map_or(String::new(), |job| format!("; makes {job}"));
                writeln!(text, "  {:<34} -> {}{job}", cell.event, after.facts).unwrap();
            }
            Err(refusal) => writeln!(text, "  {:<34}    {refusal}", cell.event).unwrap(),
        }
    }
    text
}

/// A Mermaid diagram of the statuses, each arrow with all its events.
fn diagram(machine: &Machine) -> String {
    let mut arrows: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    let place = |status| machine.statuses.iter().position(|s| *s == status).unwrap();
    for cell in &machine.cells {
        let Ok(after) = &cell.answer else { continue };
        let labels = arrows.entry((place(cell.from_status), place(after.status))).or_default();
        let label = cell.event_word.replace('_', " ");
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    let mut text = format!("```mermaid\nstateDiagram-v2\n  [*] --> {}\n", machine.start);
    for ((from, to), labels) in arrows {
        let (from, to) = (machine.statuses[from], machine.statuses[to]);
        writeln!(text, "  {from} --> {to}: {}", labels.join(", ")).unwrap();
    }
    text + "```\n"
}

/// The allowed moves as a Markdown table.
fn table(machine: &Machine) -> String {
    let allowed = |cell: &&Cell| cell.answer.is_ok();
    let makes_jobs = machine.cells.iter().any(|c| c.answer.as_ref().is_ok_and(|a| a.makes_job.is_some()));
    let mut text = String::from(if makes_jobs {
        "| from | event | to | makes the job |\n|---|---|---|---|\n"
    } else {
        "| from | event | to |\n|---|---|---|\n"
    });
    for cell in machine.cells.iter().filter(allowed) {
        let Ok(after) = &cell.answer else { continue };
        write!(text, "| {} | `{}` | {} |", cell.from, cell.event, after.facts).unwrap();
        if makes_jobs {
            write!(text, " {} |", after.makes_job.map_or(String::new(), |job| format!("`{job}`"))).unwrap();
        }
        text.push('\n');
    }
    text
}
