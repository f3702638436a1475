//! Lengths, and words that do not belong in the project.

use super::{File, Problem};

const SOURCE: [&str; 8] = [".rs", ".ts", ".tsx", ".mjs", ".js", ".css", ".sql", ".html"];
const LINES_MAX: usize = 400;

/// Documents and the lines they may have.
const DOCUMENTS: [(&str, usize); 2] = [("README.md", 100), ("ARCHITECTURE.md", 200)];

/// Where packages come from, for everybody.
const REGISTRIES: [(&str, &str, &str); 2] = [
    ("Cargo.lock", "source = \"", "registry+https://github.com/rust-lang/crates.io-index\""),
    ("package-lock.json", "\"resolved\": \"", "https://registry.npmjs.org/"),
];

/// Checks one file.
pub fn check(file: &File) -> Vec<Problem> {
    let mut problems: Vec<Problem> = length(file).into_iter().collect();
    problems.extend(registries(file));
    // Generated pages and lock files hold paths of web addresses.
    if !file.is(&["-lock.json", ".lock", ".svg", "openapi.json"]) && !file.below(&["xtask/src/tidy"]) {
        problems.extend(machine_paths(file));
    }
    problems
}

fn length(file: &File) -> Option<Problem> {
    let count = written_lines(&file.text);
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let generated = file.below(&["ui/src/generated"]);
    let document = DOCUMENTS.iter().find(|(document, _)| *document == name);
    let (max, remedy) = match document {
        Some((_, max)) => (*max, "say less, or say it nearer to the code"),
        None if file.is(&SOURCE) && !generated => (LINES_MAX, "split it by what its parts are about"),
        None => return None,
    };
    (count > max).then(|| Problem::new(&file.path, count, format!("{count} lines, and {max} are the most"), remedy))
}

/// The lines that a person wrote: what a test writes between two marks does not count.
fn written_lines(text: &str) -> usize {
    let mut generated = false;
    let written = text.lines().filter(|line| {
        let mark = line.starts_with("<!-- written by ");
        generated = if mark { line.ends_with(": begin -->") } else { generated };
        !generated
    });
    written.count()
}

fn registries(file: &File) -> Vec<Problem> {
    let Some((_, key, home)) = REGISTRIES.iter().find(|(lock, _, _)| file.path.rsplit('/').next() == Some(lock)) else {
        return Vec::new();
    };
    let foreign = |line: &&str| line.trim_start().strip_prefix(key).is_some_and(|value| !value.starts_with(home));
    let lines = file.text.lines().enumerate().filter(|(_, line)| foreign(line));
    let remedy = "make the lock file anew without a mirror in the configuration";
    lines
        .map(|(index, line)| Problem::new(&file.path, index + 1, format!("another registry: {}", line.trim()), remedy))
        .collect()
}

fn machine_paths(file: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        for home in ["/work/", "/root/", "/home/", "/Users/"] {
            let starts_a_path =
                |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~/}*$)@".contains(c));
            if line.match_indices(home).any(|(at, _)| starts_a_path(at)) {
                let remedy = "write it relative to the repository, or ask the system for the folder";
                problems.push(Problem::new(&file.path, index + 1, format!("a path of one machine ({home}…)"), remedy));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&File { path: path.into(), text: text.into() }).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn long_files_are_found() {
        let long = "x\n".repeat(401);
        assert_eq!(found("crates/a/src/lib.rs", &long), ["401 lines, and 400 are the most"]);
        assert_eq!(found("README.md", &"x\n".repeat(101)), ["101 lines, and 100 are the most"]);
        assert!(found("ui/src/generated/commands.ts", &long).is_empty());
        let table = format!("<!-- written by a test: begin -->\n{long}<!-- written by a test: end -->\n");
        assert!(found("crates/a/README.md", &table).is_empty());
        assert!(found("docs/long.md", &long).is_empty());
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        assert_eq!(found("src-tauri/src/a.rs", "let a = \"/home/ada/x\";"), ["a path of one machine (/home/…)"]);
        assert!(found("src-tauri/src/a.rs", "GET https://x.test/work/1 and src/work/mod.rs").is_empty());
    }

    #[test]
    fn another_registry_is_found() {
        let text = "source = \"registry+https://example.test/index\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(found("Cargo.lock", text), ["another registry: source = \"registry+https://example.test/index\""]);
    }
}
