//! A user's state and timeline as plain text for a ticket. What came from outside passes the [`Redactor`]; ids of user and jobs
//! and times stay, so that whoever reads it can find everything again.

use crate::{
    failure::{Answer, unauthorized},
    ops::Ops,
    redact::Redactor,
    visible_text::visible,
};
use chrono::{DateTime, Utc};
use contract::users::{TimelineEntry, TimelineKind, UserView};
use std::fmt::Write;
use uuid::Uuid;

/// More than anybody reads in a ticket.
const ENTRIES_MAX: usize = 200;
const PAGE: u32 = 100;

/// Reads and writes it. `kinds`: of the timeline; none named is all.
pub async fn write(ops: &Ops, id: Uuid, kinds: &[TimelineKind]) -> Answer<String> {
    let session = ops.session().ok_or_else(|| unauthorized("Sign in first."))?;
    let view = ops.read(|model| async move { model.user(id).await }).await?;
    let mut entries = Vec::new();
    let mut next = None;
    while entries.len() < ENTRIES_MAX {
        let (kinds, cursor) = (kinds.to_vec(), next);
        let page =
            ops.read(|model| async move { model.user_timeline(id, &kinds, cursor.as_deref(), PAGE).await }).await?;
        entries.extend(page.rows);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    let redactor = redactor(&view, &session.account.staff().email, &session.account.staff().name);
    let place = ops.environment_of(&session).name;
    Ok(text(&place, &view, &entries, next.is_some(), &redactor))
}

fn redactor(view: &UserView, staff_email: &str, staff_name: &str) -> Redactor {
    let names = view.connections.iter().filter_map(|connection| connection.username.as_deref());
    let customer = [view.user.email.as_str()].into_iter().chain(view.user.full_name.as_deref()).chain(names);
    Redactor::new(customer, [staff_email, staff_name])
}

fn text(place: &str, view: &UserView, entries: &[TimelineEntry], more: bool, redactor: &Redactor) -> String {
    let UserView { user, demo, .. } = view;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<18}{value}");
    };
    line("Repruv Ops", &format!("{}, as of {}", visible(place), time(view.as_of)));
    line("User", &format!("{}  repruv-ops://user/{}", user.id, user.id));
    let since = demo.changed_at.map(|at| format!(" since {}", time(at))).unwrap_or_default();
    line("Demo mode", &format!("{}{since}", demo.status));
    line("Customer sees", &demo.customer_sees);
    if let Some(error) = &demo.error {
        line("Why", &redactor.redact(error));
    }
    if let Some(job) = &demo.job {
        let attempt = format!("attempt {} of {}", job.attempt, job.max_attempts);
        line(
            "Job",
            &format!("{} {} is {}, {attempt}, {} %", redactor.redact(&job.job_type), job.id, job.status, job.progress),
        );
    }
    text.push_str("\nTimeline, newest first\n");
    if entries.is_empty() {
        text.push_str("Nothing has happened yet.\n");
    }
    for entry in entries {
        let detail = entry.detail.as_ref().map(|detail| format!(" | {}", redactor.redact(detail))).unwrap_or_default();
        let job = entry.job_id.map(|id| format!(" | job {id}")).unwrap_or_default();
        let title = redactor.redact(&entry.title);
        let _ = writeln!(text, "{} | {title} | {}{detail}{job}", time(entry.at), actor(entry, redactor));
    }
    if more {
        text.push_str("Older entries are not in this copy.\n");
    }
    text.push_str(
        "\nE-mails, addresses, names and secrets were taken out. Read free text once more before you send it.\n",
    );
    text
}

/// A person of the staff is not named; a program is.
fn actor(entry: &TimelineEntry, redactor: &Redactor) -> String {
    if entry.actor.contains('@') || entry.kind == TimelineKind::Audit {
        return "[staff]".to_owned();
    }
    redactor.redact(&entry.actor)
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests;
