//! SQL lives in `store` and `read-model`, and `read-model` only reads.

use super::source::{code_lines, has_words};
use super::{File, Problem};

/// Where SQL may stand: the two crates that own it, and what tests and measures them.
const SQL_FOLDERS: [&str; 4] = ["crates/store", "crates/read-model", "crates/testkit", "crates/chaos"];

const QUERIES: [&str; 6] =
    ["sqlx::query", "query_as(", "query_as::<", "query_scalar(", "query_scalar::<", "QueryBuilder"];

const STATEMENTS: [&str; 4] = ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM "];

/// What a reader never says.
const WRITES: [&str; 9] = [
    "INSERT INTO",
    "DELETE FROM",
    "MERGE INTO",
    "ALTER TABLE",
    "ALTER ROLE",
    "CREATE TABLE",
    "CREATE ROLE",
    "DROP TABLE",
    "FOR UPDATE",
];

/// Checks one file.
pub fn check(file: &File) -> Vec<Problem> {
    if !file.is(&[".rs"]) || file.below(&["xtask"]) || file.path.contains("/tests/") || file.path.contains("/benches/")
    {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (number, line) in code_lines(&file.text) {
        if !file.below(&SQL_FOLDERS) && is_sql(line) {
            let what = "SQL outside crates/store and crates/read-model";
            let remedy = "move the statement to crates/store (the backend's) or crates/read-model (what staff see)";
            problems.push(Problem::new(&file.path, number, what, remedy));
        }
        if file.below(&["crates/read-model/src"]) && is_write(line) {
            let what = "read-model holds a statement that writes";
            problems.push(Problem::new(
                &file.path,
                number,
                what,
                "writes belong in crates/store; the window never writes",
            ));
        }
    }
    problems
}

fn is_sql(line: &str) -> bool {
    QUERIES.iter().any(|query| line.contains(query)) || STATEMENTS.iter().any(|statement| line.contains(statement))
}

fn is_write(line: &str) -> bool {
    // These are words of prose and of Rust as well; as a statement the keyword is written in capitals.
    let in_capitals = (line.contains("UPDATE ") && !line.contains("FOR UPDATE")) || line.contains("TRUNCATE ");
    in_capitals || WRITES.iter().any(|words| has_words(line, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&File { path: path.into(), text: text.into() }).iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn sql_in_a_handler_is_found() {
        let text = "fn x() {\n    sqlx::query(\"SELECT 1\");\n}\n";
        assert_eq!(lines("crates/server/src/api/jobs.rs", text), [2]);
        assert_eq!(lines("src-tauri/src/live.rs", "let q = \"DELETE FROM jobs\";"), [1]);
    }

    #[test]
    fn sql_in_its_place_and_in_tests_is_fine() {
        assert!(lines("crates/store/src/jobs.rs", "sqlx::query(\"UPDATE jobs SET a = 1\")").is_empty());
        assert!(lines("crates/server/tests/api.rs", "sqlx::query(\"SELECT 1\")").is_empty());
    }

    #[test]
    fn a_write_in_the_read_model_is_found() {
        assert!(lines("crates/read-model/src/page.rs", "rows.truncate(limit); // one page").is_empty());
        let text = "// never INSERT INTO\nlet a = \"SELECT 1\";\nlet b = \"insert into jobs\";\nlet c = r#\"UPDATE jobs\nSET a\"#;";
        assert_eq!(lines("crates/read-model/src/jobs.rs", text), [3, 4]);
    }
}
