//! A part of the audit trail as a file.

use crate::{
    exports::Draft,
    failure::{Answer, internal, unauthorized},
    ops::Ops,
    visible_text::cell,
};
use contract::{
    Page,
    audit::{AuditExport, AuditFilter, AuditFormat},
    ipc::{Environment, IpcError},
    staff::AuditEntry,
};
use serde_json::json;
use std::io::Write;
use tracing::info;

/// More than anybody reads, and still quick to write: some 40 MB.
const ROWS_MAX: usize = 100_000;
const PAGE_ROWS: u32 = 500;
/// A filter that lets little through is looked for window by window.
const PAGES_MAX: usize = 20_000;
/// A read may meet a login that has just run out: it is asked again under the new one.
const ATTEMPTS_MAX: u32 = 3;

const HEADINGS: [&str; 13] = [
    "number",
    "at",
    "by",
    "action",
    "user_email",
    "user_id",
    "job_id",
    "session_id",
    "reason",
    "before",
    "after",
    "request_id",
    "address",
];

/// Writes all lines that the filter lets through, newest first, at most 100,000.
pub async fn write(ops: &Ops, filter: &AuditFilter, format: AuditFormat) -> Answer<AuditExport> {
    let session = ops.session().ok_or_else(|| unauthorized("Sign in first."))?;
    let mut page = read(ops, filter, None).await?;
    let extension = match format {
        AuditFormat::Csv => "csv",
        AuditFormat::Json => "json",
    };
    let stem = format!("repruv-audit-{}-{}", slug(&session.environment), page.as_of.format("%Y%m%d-%H%M%S"));
    let mut sheet = Sheet::begin(ops.exports.begin(&stem, extension)?, format, &session.environment, filter, &page)?;
    for _ in 1..PAGES_MAX {
        for entry in &page.rows {
            sheet.put(entry)?;
        }
        match page.next {
            Some(cursor) if sheet.rows < ROWS_MAX => page = read(ops, filter, Some(cursor)).await?,
            _ => break,
        }
    }
    let (rows, complete) = (sheet.rows, page.next.is_none());
    let path = ops.exports.finish(sheet.end(complete)?)?;
    info!(rows, complete, "Exported the audit trail");
    Ok(AuditExport { path: path.display().to_string(), rows: u32::try_from(rows).unwrap_or(u32::MAX), complete })
}

async fn read(ops: &Ops, filter: &AuditFilter, cursor: Option<String>) -> Answer<Page<AuditEntry>> {
    let mut attempt = 1;
    loop {
        let (filter, cursor) = (filter.clone(), cursor.clone());
        let asked =
            ops.read(|model| async move { model.audit_page(&filter, cursor.as_deref(), PAGE_ROWS).await }).await;
        match asked {
            Err(IpcError::Unavailable { .. }) if attempt < ATTEMPTS_MAX => attempt += 1,
            other => return other,
        }
    }
}

/// The environment's name as a part of a file's name.
fn slug(environment: &Environment) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let slug: String = environment.name.chars().map(plain).collect();
    slug.trim_matches('-').to_owned()
}

/// A file in one of the formats, line after line.
struct Sheet {
    rows: usize,
    to: To,
}

enum To {
    Csv(Box<csv::Writer<Draft>>),
    Json(Draft),
}

impl Sheet {
    fn begin(
        mut draft: Draft,
        format: AuditFormat,
        environment: &Environment,
        filter: &AuditFilter,
        first: &Page<AuditEntry>,
    ) -> Answer<Self> {
        let to = match format {
            AuditFormat::Csv => {
                let mut csv = csv::Writer::from_writer(draft);
                csv.write_record(HEADINGS).map_err(failed)?;
                To::Csv(Box::new(csv))
            }
            AuditFormat::Json => {
                let about = json!({
                    "environment": environment.name, "api_url": environment.api_url, "read_at": first.as_of, "filter": filter,
                });
                write!(draft, "{{\"about\":{about},\n\"rows\":[").map_err(failed)?;
                To::Json(draft)
            }
        };
        Ok(Self { rows: 0, to })
    }

    fn put(&mut self, entry: &AuditEntry) -> Answer<()> {
        let comma = if self.rows == 0 { "\n" } else { ",\n" };
        self.rows += 1;
        match &mut self.to {
            To::Csv(csv) => csv.write_record(cells(entry)).map_err(failed),
            To::Json(draft) => {
                let line = serde_json::to_string(entry).map_err(failed)?;
                write!(draft, "{comma}{line}").map_err(failed)
            }
        }
    }

    fn end(self, complete: bool) -> Answer<Draft> {
        match self.to {
            To::Csv(csv) => csv.into_inner().map_err(|error| failed(error.into_error())),
            To::Json(mut draft) => {
                write!(draft, "\n],\"complete\":{complete}}}\n").map_err(failed)?;
                Ok(draft)
            }
        }
    }
}

fn cells(entry: &AuditEntry) -> [String; 13] {
    let or_empty = |text: &Option<String>| text.as_deref().map(cell).unwrap_or_default();
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    [
        entry.id.clone(),
        entry.at.to_rfc3339(),
        cell(&entry.actor),
        cell(&entry.action),
        or_empty(&entry.user_email),
        id(entry.user_id),
        id(entry.job_id),
        id(entry.session_id),
        or_empty(&entry.reason),
        or_empty(&entry.before),
        or_empty(&entry.after),
        or_empty(&entry.request_id),
        or_empty(&entry.address),
    ]
}

fn failed(error: impl std::fmt::Display) -> IpcError {
    internal("Writing the file", error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{exports::Exports, pending::tests::folder};
    use contract::ipc::EnvironmentKind;

    fn entry(number: u32, reason: &str) -> AuditEntry {
        AuditEntry {
            id: number.to_string(),
            at: chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
            staff_id: None,
            actor: "dana@repruv.test".into(),
            action: "job.cancel".into(),
            user_id: Some(uuid::Uuid::from_u128(7)),
            user_email: Some("ana@repruv.test".into()),
            job_id: None,
            session_id: None,
            reason: Some(reason.into()),
            before: None,
            after: Some("cancelled".into()),
            request_id: None,
            address: Some("10.1.2.3".into()),
        }
    }

    fn written(format: AuditFormat, reasons: &[&str]) -> String {
        let exports = Exports::new(folder(&format!("audit-{format:?}-{}", reasons.len())));
        let environment = Environment {
            id: "one".into(),
            name: "Production EU".into(),
            kind: EnvironmentKind::Production,
            api_url: "https://api.example.com".into(),
            authority: None,
        };
        let first = Page { rows: vec![], next: None, as_of: entry(1, "").at };
        let draft = exports.begin("audit", "txt").expect("begins");
        let mut sheet = Sheet::begin(draft, format, &environment, &AuditFilter::all(), &first).expect("begins");
        for (number, reason) in (1..).zip(reasons) {
            sheet.put(&entry(number, reason)).expect("writes");
        }
        let path = exports.finish(sheet.end(true).expect("ends")).expect("finishes");
        assert_eq!(slug(&environment), "production-eu");
        std::fs::read_to_string(path).expect("is there")
    }

    const HOSTILE: [&str; 4] = ["=cmd|' /C calc'!A0", "two\r\nlines, \"quoted\"", "Mall\u{202E}gnp", "plain"];

    #[test]
    fn a_table_keeps_its_cells_apart_and_holds_no_formula() {
        let text = written(AuditFormat::Csv, &HOSTILE);
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(rows.headers().expect("headings"), &csv::StringRecord::from(HEADINGS.to_vec()));
        let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
        let reasons: Vec<_> = rows.iter().map(|row| row[8].to_owned()).collect();
        assert_eq!(reasons, ["'=cmd|' /C calc'!A0", "two⟨U+000D⟩\nlines, \"quoted\"", "Mall⟨U+202E⟩gnp", "plain"]);
        assert!(rows.iter().all(|row| row.len() == 13 && &row[4] == "ana@repruv.test" && &row[12] == "10.1.2.3"));
    }

    #[test]
    fn a_file_for_programs_holds_every_character_as_it_is() {
        let value: serde_json::Value = serde_json::from_str(&written(AuditFormat::Json, &HOSTILE)).expect("is JSON");
        let reasons: Vec<_> = value["rows"].as_array().expect("rows").iter().map(|row| row["reason"].clone()).collect();
        assert_eq!(reasons, HOSTILE);
        assert_eq!(value["rows"][0]["address"], json!("10.1.2.3"));
        assert_eq!((&value["complete"], &value["about"]["environment"]), (&json!(true), &json!("Production EU")));
        let empty: serde_json::Value = serde_json::from_str(&written(AuditFormat::Json, &[])).expect("is JSON");
        assert_eq!(empty["rows"], json!([]));
    }
}
