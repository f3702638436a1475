//! What npm installs is what was locked: each package has the checksum that `npm ci` compares.

use serde_json::Value;

use super::{File, Problem};

/// Checks one file.
pub fn check(file: &File) -> Vec<Problem> {
    if file.path.rsplit('/').next() != Some("package-lock.json") {
        return Vec::new();
    }
    let remedy =
        "take its entry out of the lock file and run `npm install --package-lock-only`, which asks the registry";
    let problem = |line, what: String| Problem::new(&file.path, line, what, remedy);
    let lock: Value = match serde_json::from_str(&file.text) {
        Ok(lock) => lock,
        Err(error) => return vec![problem(error.line(), format!("is no JSON: {error}"))],
    };
    let Some(packages) = lock["packages"].as_object() else {
        return vec![problem(1, "names no packages".into())];
    };
    packages
        .iter()
        .filter(|(place, package)| is_fetched(place, package) && !has_checksum(package))
        .map(|(place, _)| {
            let entry = format!("\"{place}\": {{");
            let line = file.text.lines().position(|line| line.trim_start().starts_with(&entry)).map_or(1, |at| at + 1);
            problem(line, format!("{place} has no checksum"))
        })
        .collect()
}

/// The project itself, links within it and what another package carries along are not fetched by themselves.
fn is_fetched(place: &str, package: &Value) -> bool {
    !place.is_empty() && package["link"] != true && package["inBundle"] != true
}

/// SHA-512, as the registry gives it: 64 bytes in Base64.
fn has_checksum(package: &Value) -> bool {
    package["integrity"].as_str().and_then(|sum| sum.strip_prefix("sha512-")).is_some_and(|sum| sum.len() == 88)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(entry: &str) -> Vec<(usize, String)> {
        let text = format!(
            "{{\n\"packages\": {{\n\"\": {{}},\n\"node_modules/a\": {{ \"version\": \"1.0.0\"{entry} }}\n}}\n}}"
        );
        let problems = check(&File { path: "ui/package-lock.json".into(), text });
        problems.into_iter().map(|problem| (problem.line, problem.what)).collect()
    }

    #[test]
    fn a_package_without_its_checksum_is_found() {
        let missing = [(4, "node_modules/a has no checksum".to_owned())];
        assert_eq!(found(""), missing);
        assert_eq!(found(", \"integrity\": \"\""), missing);
        assert_eq!(found(", \"integrity\": \"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=\""), missing, "too weak");
        assert_eq!(found(&format!(", \"integrity\": \"sha512-{}\"", "x".repeat(87))), missing, "cut short");
        assert!(found(&format!(", \"integrity\": \"sha512-{}==\"", "x".repeat(86))).is_empty());
    }

    #[test]
    fn what_is_not_fetched_needs_none() {
        assert!(found(", \"link\": true").is_empty());
        assert!(found(", \"inBundle\": true").is_empty());
        assert!(check(&File { path: "ui/package.json".into(), text: "{}".into() }).is_empty());
    }
}
