//! Jobs as text for a terminal.

use chrono::{DateTime, Utc};
use contract::{
    jobs::{JobDetail, JobRow},
    state_machine::JobStatus,
};
use std::fmt::Write;

/// Over the lines of [`row`].
pub(super) const HEAD: &str =
    "ID                                    STATE       TRIES  TYPE          SINCE (UTC)          USER · ERROR";

/// One line of the list.
pub(super) fn row(job: &JobRow) -> String {
    let tries = format!("{}/{}", job.attempt, job.max_attempts);
    let user = job.user_email.as_deref().unwrap_or("-");
    let tail = match (job.status, &job.error, &job.step) {
        (JobStatus::Running, _, Some(step)) => format!(" · {}% {step}", job.progress),
        (_, Some(error), _) => format!(" · {error}"),
        _ => String::new(),
    };
    let (state, since) = (state(job), time(since(job)));
    visible(&format!("{}  {state:<11} {tries:<6} {:<13} {since}  {user}{tail}", job.id, job.job_type))
}

/// Everything about one job.
pub(super) fn detail(detail: &JobDetail) -> String {
    let job = &detail.job;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<10} {}", visible(value));
        }
    };
    let at = |value: Option<DateTime<Utc>>| value.map(time).unwrap_or_default();
    line("id", &job.id.to_string());
    line("type", &job.job_type);
    line("state", &format!("{}, version {}", state(job), job.version));
    line("attempt", &format!("{} of {}", job.attempt, job.max_attempts));
    let demo_mode = detail.user_demo_mode.map(|demo| format!(", demo mode {demo}")).unwrap_or_default();
    line("user", &job.user_email.as_ref().map(|email| format!("{email}{demo_mode}")).unwrap_or_default());
    line("user id", &job.user_id.map(|id| id.to_string()).unwrap_or_default());
    line("queue", &job.queue);
    line("created", &time(job.created_at));
    line("due", &time(job.run_at));
    line("started", &at(job.started_at));
    line("ended", &at(job.completed_at));
    line("worker", job.worker.as_deref().unwrap_or_default());
    line("lease", &job.lease_expires_at.map(|end| format!("until {}", time(end))).unwrap_or_default());
    line("progress", &job.step.as_ref().map(|step| format!("{}% {step}", job.progress)).unwrap_or_default());
    line("error", job.error.as_deref().unwrap_or_default());
    line("payload", &detail.payload);
    line("result", detail.result.as_deref().unwrap_or_default());
    for offer in &detail.offers {
        let preview = offer.preview.as_ref().map(|preview| format!("becomes {}. {}", preview.becomes, preview.note));
        let refusal = offer.refusal.as_ref().map(|refusal| format!("not now. {refusal}"));
        line(offer.action.as_str(), &preview.or(refusal).unwrap_or_default());
    }
    text.push_str("\nHistory, oldest first (UTC)\n");
    for event in &detail.events {
        let said = event.detail.as_ref().map(|detail| format!(" · {detail}")).unwrap_or_default();
        let what = format!("{}, attempt {}: {} by {}{said}", event.to_status, event.attempt, event.event, event.actor);
        let _ = writeln!(text, "{}  {}", time(event.at), visible(&what));
    }
    text.trim_end().to_owned()
}

fn state(job: &JobRow) -> &'static str {
    if job.cancel_requested && job.status == JobStatus::Running { "cancelling" } else { job.status.as_str() }
}

fn since(job: &JobRow) -> DateTime<Utc> {
    match job.status {
        JobStatus::Pending => job.run_at,
        JobStatus::Running => job.started_at.unwrap_or(job.created_at),
        JobStatus::Completed | JobStatus::Failed | JobStatus::Cancelled => job.completed_at.unwrap_or(job.created_at),
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// What is stored may be a stranger's: nothing of it may steer a terminal or turn the direction of the text.
fn visible(text: &str) -> String {
    let steers = |letter: char| {
        let turns =
            matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        (letter.is_control() && letter != '\n') || turns
    };
    text.chars().fold(String::with_capacity(text.len()), |mut clean, letter| {
        if steers(letter) {
            clean.extend(letter.escape_unicode())
        } else {
            clean.push(letter)
        }
        clean
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_text_cannot_steer_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\u{9b}c\u{202e}d\u{7}"), "a\\u{1b}[31mb\\u{9b}c\\u{202e}d\\u{7}");
        assert_eq!(visible("Grüße, 東京\n"), "Grüße, 東京\n");
    }
}
