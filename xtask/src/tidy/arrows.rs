//! Which member of the workspace may use which.

use std::path::Path;

use serde_json::Value;

use super::Problem;

/// The arrows. What is not here is not allowed; `testkit` and `simulator` may be used by any member's tests.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("state-machine", &[]),
    ("contract", &["state-machine"]),
    ("store", &["state-machine"]),
    ("read-model", &["contract", "state-machine"]),
    ("repruv-server", &["contract", "read-model", "state-machine", "store"]),
    ("repruv-ops", &["contract", "read-model", "state-machine"]),
    ("simulator", &[]),
    ("testkit", &["contract", "read-model", "simulator", "state-machine", "store"]),
    // It judges from the outside, so of the backend it knows the rules only: no shared statement, no shared mistake.
    ("chaos", &["state-machine", "testkit"]),
    ("fuzz", &["contract", "read-model"]),
    ("xtask", &[]),
];

const FOR_TESTS: [&str; 2] = ["simulator", "testkit"];

/// What the rules may be built from: nothing that reads, writes, waits or asks the clock.
const PURE: [&str; 6] = ["chrono", "serde", "specta", "thiserror", "utoipa", "uuid"];

/// Checks what `cargo metadata --no-deps` says.
pub fn check(metadata: &Value, root: &Path) -> Vec<Problem> {
    let packages = || metadata["packages"].as_array().into_iter().flatten();
    let members: Vec<&str> = packages().filter_map(|package| package["name"].as_str()).collect();
    let mut problems = Vec::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap_or_default();
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let text = std::fs::read_to_string(manifest).unwrap_or_default();
        let path = Path::new(manifest).strip_prefix(root).unwrap_or(Path::new(manifest)).display().to_string();
        let mut report = |dependency: &str, what: String, remedy| {
            let is_it = |line: &str| {
                line.trim_start().strip_prefix(dependency).is_some_and(|rest| rest.starts_with([' ', '.', '=']))
            };
            let line = text.lines().position(is_it).map_or(1, |index| index + 1);
            problems.push(Problem::new(&path, line, what, remedy));
        };
        let Some((_, allowed)) = ALLOWED.iter().find(|(member, _)| *member == name) else {
            report(
                name,
                format!("{name} is no member that the arrows know"),
                "add its row to ALLOWED in xtask/src/tidy/arrows.rs",
            );
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            let for_tests = dependency["kind"].as_str() == Some("dev");
            if members.contains(&other) && !allowed.contains(&other) && !(for_tests && FOR_TESTS.contains(&other)) {
                report(
                    other,
                    format!("{name} uses {other}"),
                    "the arrows do not allow it: see ARCHITECTURE.md, and go the way of the arrows",
                );
            }
            if name == "state-machine" && !for_tests && !PURE.contains(&other) {
                report(
                    other,
                    format!("the rules depend on {other}"),
                    "state-machine has no I/O, async or clock: pass the value in",
                );
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(package: &str, dependency: &str, kind: Option<&str>) -> Vec<String> {
        let entry = |name: &str, dependencies: Value| json!({"name": name, "manifest_path": "/r/x/Cargo.toml", "dependencies": dependencies});
        let metadata = json!({"packages": [
            entry(package, json!([{"name": dependency, "kind": kind}])),
            entry("store", json!([])),
            entry("testkit", json!([])),
        ]});
        check(&metadata, Path::new("/r")).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn the_window_must_not_use_the_store() {
        assert_eq!(found("repruv-ops", "store", None), ["repruv-ops uses store"]);
        assert!(found("repruv-server", "store", None).is_empty());
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        assert_eq!(found("repruv-server", "testkit", None), ["repruv-server uses testkit"]);
        assert!(found("repruv-server", "testkit", Some("dev")).is_empty());
    }

    #[test]
    fn the_rules_have_no_io() {
        assert_eq!(found("state-machine", "tokio", None), ["the rules depend on tokio"]);
        assert!(found("state-machine", "insta", Some("dev")).is_empty());
    }

    #[test]
    fn a_new_member_needs_its_row() {
        assert_eq!(found("helpers", "serde", None), ["helpers is no member that the arrows know"]);
    }
}
