//! Faults on purpose and what is open for fuzzing stay in the tests: no program that is shipped carries them.

use super::Problem;

/// The programs that are shipped, as cargo's arguments.
pub const SHIPPED: [&str; 6] = ["--package", "repruv-server", "--package", "simulator", "--package", "repruv-ops"];

/// Checks what `cargo tree --format "{p} {f}"` says of them: a line a package, with its features.
pub fn check(tree: &str) -> Vec<Problem> {
    let carries =
        |line: &&str| line.starts_with("fail v") || line.contains("fault-injection") || line.contains("fuzzing");
    let mut lines: Vec<&str> = tree.lines().filter(carries).collect();
    lines.dedup();
    let remedy = "leave the features `fault-injection` and `fuzzing` to the tests: nothing turns them on by default";
    lines
        .into_iter()
        .map(|line| Problem::new("Cargo.toml", 1, format!("a shipped program is built with {line}"), remedy))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repo, run::output};

    fn tree(more: &[&str]) -> String {
        output(repo::cargo().args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{p} {f}"]).args(more))
            .expect("cargo tree")
    }

    #[test]
    fn what_is_shipped_carries_no_faults() {
        assert_eq!(check(&tree(&SHIPPED)), []);
    }

    #[test]
    fn a_build_that_is_open_for_fuzzing_is_found() {
        let found: Vec<String> = check(&tree(&["--package", "fuzz"])).iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|problem| problem.contains("read-model v")), "{found:?}");
    }

    #[test]
    fn a_build_with_faults_is_found() {
        let tree = tree(&["--package", "repruv-server", "--features", "fault-injection"]);
        let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        for carrier in ["fail v", "repruv-server v", "store v"] {
            assert!(found.iter().any(|problem| problem.contains(carrier)), "{carrier}: {found:?}");
        }
    }
}
