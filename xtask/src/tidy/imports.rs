//! Who imports whom in the page: app → features → components, ipc, lib, generated.

use super::{File, Problem};

/// What each folder of `ui/src` must not import, and why not.
const FORBIDDEN: [(&str, &[&str], &str); 5] = [
    ("features", &["app"], "pass it down from app, or move it to components or lib"),
    ("components", &["app", "features", "ipc", "generated"], "components know no domain: pass values and callbacks in"),
    ("ipc", &["app", "features", "components"], "ipc only wraps the commands"),
    ("lib", &["app", "features", "components", "ipc"], "lib is below all of them: pass the value in"),
    ("generated", &["app", "features", "components", "ipc", "lib"], "generated files stand alone"),
];

/// Checks one file.
pub fn check(file: &File) -> Vec<Problem> {
    let Some(place) = file.path.strip_prefix("ui/src/") else {
        return Vec::new();
    };
    if !file.is(&[".ts", ".tsx", ".js", ".jsx", ".mjs"]) {
        return Vec::new();
    }
    // A test may look at what it tests from anywhere.
    let is_test = file.path.contains(".test.") || file.below(&["ui/src/test", "ui/src/testing"]);
    let mut problems = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let Some(import) = imported(line) else {
            continue;
        };
        let mut report = |what: String, remedy| problems.push(Problem::new(&file.path, index + 1, what, remedy));
        if import.starts_with("@tauri-apps/") && !place.starts_with("ipc/") && !place.starts_with("generated/") {
            report(format!("imports {import}"), "only ui/src/ipc talks to the shell: wrap it there");
        }
        if is_test {
            continue;
        }
        let Some(target) = resolve(place, import) else {
            continue;
        };
        let (from, to) = (folders(place), folders(&target));
        let forbidden = FORBIDDEN.iter().find(|(folder, targets, _)| *folder == from.0 && targets.contains(&to.0));
        if let Some((folder, _, remedy)) = forbidden {
            report(format!("{folder} imports {}", to.0), remedy);
        }
        if from.0 == "features" && to.0 == "features" && from.1 != to.1 {
            report(
                format!("feature {} imports feature {}", from.1, to.1),
                "features do not know each other: share through components or lib, or join them in app",
            );
        }
    }
    problems
}

/// What a line imports or re-exports, if it does.
fn imported(line: &str) -> Option<&str> {
    let line = line.trim();
    let after = [" from ", "import(", "import "].iter().find_map(|word| {
        let at = line.find(word).or_else(|| line.strip_prefix("from ").map(|_| 0))?;
        Some(line[at..].trim_start().trim_start_matches(word.trim()).trim_start())
    })?;
    let quote = after.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    after[1..].split(quote).next()
}

/// The imported file below `ui/src`, or None for a package.
fn resolve(from: &str, import: &str) -> Option<String> {
    if let Some(path) = import.strip_prefix("@/").or_else(|| import.strip_prefix("~/")) {
        return Some(path.into());
    }
    if !import.starts_with('.') {
        return None;
    }
    let mut folder: Vec<&str> = from.split('/').collect();
    folder.pop();
    for step in import.split('/') {
        match step {
            "." => {}
            ".." => drop(folder.pop()?),
            name => folder.push(name),
        }
    }
    Some(folder.join("/"))
}

/// The first two folders of a path below `ui/src`.
fn folders(path: &str) -> (&str, &str) {
    let mut parts = path.split('/');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&File { path: path.into(), text: text.into() }).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn a_feature_that_imports_another_is_found() {
        let what = ["feature jobs imports feature users"];
        assert_eq!(found("ui/src/features/jobs/JobTable.tsx", "import { a } from \"../users/UserChip\";"), what);
        assert_eq!(found("ui/src/features/jobs/JobTable.tsx", "import a from '@/features/users/b';"), what);
        assert_eq!(found("ui/src/features/jobs/JobTable.tsx", "} from '../users';"), what);
    }

    #[test]
    fn a_feature_may_use_itself_and_what_is_below() {
        let text = "import a from './b';\nimport c from '../../components/Table';\nimport { d } from 'react';";
        assert!(found("ui/src/features/jobs/JobTable.tsx", text).is_empty());
    }

    #[test]
    fn only_ipc_talks_to_the_shell() {
        let text = "import { invoke } from '@tauri-apps/api/core';";
        assert_eq!(found("ui/src/app/main.tsx", text), ["imports @tauri-apps/api/core"]);
        assert!(found("ui/src/ipc/commands.ts", text).is_empty());
    }

    #[test]
    fn components_know_no_domain() {
        let what = ["components imports generated"];
        assert_eq!(found("ui/src/components/Table.tsx", "import type { Job } from '../generated/commands';"), what);
    }

    #[test]
    fn a_lazy_import_counts() {
        let what = ["feature jobs imports feature users"];
        assert_eq!(found("ui/src/features/jobs/a.ts", "const x = lazy(() => import('../users/Page'));"), what);
    }
}
