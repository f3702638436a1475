//! What a notification says. Pure; it is given no e-mail and no name, so none can get in.

use super::Notice;
use crate::{live::watches::Ending, visible_text::visible};
use contract::{
    ipc::Environment,
    state_machine::{DemoModeStatus, JobStatus},
};
use uuid::Uuid;

/// "Repruv Ops · Production EU".
pub fn title(environment: Option<&Environment>) -> String {
    match environment {
        Some(environment) => format!("Repruv Ops · {}", visible(&environment.name)),
        None => "Repruv Ops".into(),
    }
}

/// What ended, one or several. The last digits of an id are those that the window shows.
pub fn of_endings(title: &str, endings: &[Ending]) -> Notice {
    let (body, path) = match endings {
        [Ending::Job { id, status }] => {
            let id = id.to_string();
            (format!("Job …{} {}.", &id[id.len() - 8..], job_word(*status)), format!("/jobs/{id}"))
        }
        [Ending::User { id, status }] => {
            (format!("Demo mode of the user you wait for: {}.", demo_word(*status)), format!("/users/{id}"))
        }
        several => (count(several), "/".to_owned()),
    };
    Notice { title: title.to_owned(), body, path }
}

/// "2 new contradictions; 5 need a person." Leads to the first screen, where they stand.
pub fn of_contradictions(title: &str, news: usize, all: u32) -> Notice {
    let what = if news == 1 { "A new contradiction".to_owned() } else { format!("{news} new contradictions") };
    let body = format!("{what}; {all} in all. Each stands on Now with its cause.");
    Notice { title: title.to_owned(), body, path: "/".to_owned() }
}

/// "A plan waits for your approval." Leads to it; several, to the first screen, where they stand.
pub fn of_approvals(title: &str, news: &[Uuid], all: usize) -> Notice {
    let (what, path) = match news {
        [one] => ("A plan waits".to_owned(), format!("/bulk/{one}")),
        several => (format!("{} plans wait", several.len()), "/".to_owned()),
    };
    let others = if all > news.len() { format!(" {all} in all.") } else { String::new() };
    let body = format!("{what} for your approval.{others} Nothing is changed until then.");
    Notice { title: title.to_owned(), body, path }
}

/// "3 things you wait for have ended, 1 of them in failure."
fn count(endings: &[Ending]) -> String {
    let failed = endings
        .iter()
        .filter(|ending| {
            matches!(
                ending,
                Ending::Job { status: JobStatus::Failed, .. } | Ending::User { status: DemoModeStatus::Failed, .. }
            )
        })
        .count();
    let how = match failed {
        0 => String::new(),
        failed => format!(", {failed} of them in failure"),
    };
    format!("{} things you wait for have ended{how}.", endings.len())
}

const fn job_word(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Completed => "is completed",
        JobStatus::Failed => "failed for good",
        JobStatus::Cancelled => "is cancelled",
        JobStatus::Pending | JobStatus::Running => "goes on",
    }
}

const fn demo_word(status: DemoModeStatus) -> &'static str {
    match status {
        DemoModeStatus::Enabled => "enabled",
        DemoModeStatus::Disabled => "disabled",
        DemoModeStatus::Failed => "failed",
        DemoModeStatus::Enabling | DemoModeStatus::Disabling => "in progress",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ending_is_told_by_what_it_is_and_leads_there() {
        let id = Uuid::from_u128(0x1234_abcd);
        let job = of_endings("Repruv Ops · EU", &[Ending::Job { id, status: JobStatus::Failed }]);
        assert_eq!((job.title.as_str(), job.body.as_str()), ("Repruv Ops · EU", "Job …1234abcd failed for good."));
        assert_eq!(job.path, format!("/jobs/{id}"));
        let user = of_endings("x", &[Ending::User { id, status: DemoModeStatus::Enabled }]);
        assert_eq!(user.body, "Demo mode of the user you wait for: enabled.");
        assert!(!user.body.contains("1234") && user.path == format!("/users/{id}"));
    }

    #[test]
    fn a_plan_that_waits_for_approval_is_opened_and_several_stand_on_the_first_screen() {
        let [one, other] = [1, 2].map(Uuid::from_u128);
        let single = of_approvals("x", &[one], 1);
        assert_eq!(single.body, "A plan waits for your approval. Nothing is changed until then.");
        assert_eq!(single.path, format!("/bulk/{one}"));
        let several = of_approvals("x", &[one, other], 3);
        assert_eq!(several.body, "2 plans wait for your approval. 3 in all. Nothing is changed until then.");
        assert_eq!(several.path, "/");
    }

    #[test]
    fn several_are_one_and_lead_to_the_first_screen() {
        let id = Uuid::nil();
        let job = |status| Ending::Job { id, status };
        let both = of_endings("x", &[job(JobStatus::Completed), job(JobStatus::Cancelled)]);
        assert_eq!((both.body.as_str(), both.path.as_str()), ("2 things you wait for have ended.", "/"));
        let failed = Ending::User { id, status: DemoModeStatus::Failed };
        let three = of_endings("x", &[job(JobStatus::Completed), failed, job(JobStatus::Failed)]);
        assert_eq!(three.body, "3 things you wait for have ended, 2 of them in failure.");
    }
}
