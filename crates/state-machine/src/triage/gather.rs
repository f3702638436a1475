//! What a verdict rests on: everything that was looked at, what decided first.

use super::{
    CaseFacts, CaseJob, Cause, Evidence, EvidenceSource as Source, UserFacts,
    words::{lasting, sentence, state},
};
use crate::JobStatus;

/// The evidence, the weightiest first; never empty.
pub(super) fn gather(cause: Cause, case: &CaseFacts) -> Vec<Evidence> {
    let mut all = Vec::new();
    if let Some(user) = &case.user {
        all.extend(of_user(user));
    }
    if let Some(job) = &case.job {
        all.extend(of_job(job));
        if job.status.is_live() {
            all.extend(of_workers(case, job));
        }
    }
    let needs_service = |job: &CaseJob| job.operation().is_some() && job.status != JobStatus::Completed;
    if case.job.as_ref().map_or(case.user.is_some(), needs_service) {
        all.extend(of_service(case));
    }
    if all.is_empty() {
        all.push(evidence(Source::Queue, "Neither a user nor a job was found.".into(), None));
    }
    let weighty = weighty(cause);
    all.sort_by_key(|one| weighty.iter().position(|&source| source == one.source).unwrap_or(weighty.len()));
    all
}

/// Where the reason for this cause stands.
const fn weighty(cause: Cause) -> &'static [Source] {
    match cause {
        Cause::QueuePaused => &[Source::Queue],
        Cause::NoWorker | Cause::NoWorkerKnowsType | Cause::WaitingForWorker => &[Source::Worker, Source::Job],
        Cause::WorkerLost => &[Source::Worker, Source::Lease],
        Cause::PastDeadline | Cause::StoppingOverdue => &[Source::Lease, Source::Job],
        Cause::RunningLong | Cause::RunningNormally => &[Source::Job, Source::History],
        Cause::ServiceSlow | Cause::ServiceRefusing | Cause::ServiceUnreachable => {
            &[Source::DemoService, Source::Error]
        }
        Cause::Retrying | Cause::FailedForGood => &[Source::Error, Source::Job],
        Cause::WaitingForTime | Cause::AttemptsUsedUp | Cause::Cancelling => &[Source::Job],
        _ => &[Source::User, Source::Job],
    }
}

fn evidence(source: Source, says: String, age_s: Option<i64>) -> Evidence {
    Evidence { source, says, age_s: age_s.map(super::decide::whole) }
}

fn of_user(user: &UserFacts) -> Vec<Evidence> {
    let mut all = vec![evidence(Source::User, sentence(&in_words(user)), user.changed_s)];
    let profile = match (user.demo.profile_exists, user.profile_presumed) {
        (true, true) => Some("A profile may have been made whose id nobody knows."),
        (true, false) => Some("A profile is recorded at the demo service."),
        (false, _) => None,
    };
    all.extend(profile.map(|says| evidence(Source::User, says.into(), None)));
    if user.legacy_on != user.demo.status.shows_demo_content() {
        let says = if user.legacy_on { "The old switch says on." } else { "The old switch says off." };
        all.push(evidence(Source::User, says.into(), None));
    }
    if !user.names_job && super::fix::waits_for(user.demo.status).is_some() {
        all.push(evidence(Source::User, "No job is named for it.".into(), None));
    }
    all
}

fn in_words(user: &UserFacts) -> String {
    match user.demo.failed_operation {
        Some(operation) => format!("Demo mode failed to {operation}"),
        None => format!("Demo mode is {}", state(user.demo.status)),
    }
}

fn of_job(job: &CaseJob) -> Vec<Evidence> {
    let (what, age_s) = match job.status {
        JobStatus::Pending if job.due_in_s > 0 => {
            (format!("waits until it may run in {}", lasting(job.due_in_s)), job.created_s)
        }
        JobStatus::Pending => ("is due".into(), -job.due_in_s),
        JobStatus::Running => (format!("is running at {} %", job.progress), job.started_s.unwrap_or(0)),
        ended => (format!("is {ended}"), job.ended_s.unwrap_or(0)),
    };
    let word = &job.type_word;
    let mut all = vec![evidence(
        Source::Job,
        format!("The {word} job {what}; {} of {} attempts are used.", job.attempt, job.max_attempts),
        Some(age_s),
    )];
    if let Some(asked_s) = job.stop_asked_s.filter(|_| job.status.is_live()) {
        all.push(evidence(Source::Job, "A stop was asked for and is not confirmed yet.".into(), Some(asked_s)));
    }
    if job.compensates {
        all.push(evidence(Source::Job, "It removes what a cancelled enable had made.".into(), None));
    }
    if !job.is_current && job.operation().is_some() {
        all.push(evidence(Source::Job, "The user's demo mode does not name this job.".into(), None));
    }
    if job.status == JobStatus::Running {
        let lease = job.lease_in_s.map(|in_s| match in_s {
            0.. => (format!("Its lease holds for another {}.", lasting(in_s)), in_s),
            _ => (format!("Its lease ran out {} ago.", lasting(in_s)), in_s),
        });
        all.extend(lease.map(|(says, in_s)| evidence(Source::Lease, says, Some(-in_s))));
        let limit = job.deadline_in_s.map(|in_s| match in_s {
            0.. => (format!("The attempt may take another {}.", lasting(in_s)), in_s),
            _ => (format!("The attempt's time limit passed {} ago.", lasting(in_s)), in_s),
        });
        all.extend(limit.map(|(says, in_s)| evidence(Source::Lease, says, Some(-in_s))));
    }
    if let Some(error) = job.error.as_deref().filter(|_| job.status != JobStatus::Completed) {
        all.push(evidence(Source::Error, sentence(error), job.last_event_s));
    }
    all
}

fn of_workers(case: &CaseFacts, job: &CaseJob) -> Vec<Evidence> {
    let (workers, queue) = (case.workers, &case.queue);
    let mut all = Vec::new();
    if let Some(holder) = &job.holder {
        let says = if holder.stopped {
            format!("Worker {} has said goodbye.", holder.name)
        } else {
            format!("Worker {} has it and was last heard of {} ago.", holder.name, lasting(holder.seen_s))
        };
        all.push(evidence(Source::Worker, says, Some(holder.seen_s)));
    }
    let places =
        workers.slots.map_or(String::new(), |slots| format!(", with {} of {slots} places taken", workers.in_hand));
    let says = match (workers.alive, workers.knowing) {
        (0, _) => "No worker of this queue is alive.".into(),
        (alive, knowing) => format!("{knowing} of {alive} live workers of this queue know this type{places}."),
    };
    all.push(evidence(Source::Worker, says, workers.seen_s));
    match (queue.paused_s, job.status) {
        (Some(paused_s), _) => {
            let by = queue.paused_by.as_deref().unwrap_or("somebody");
            let why = queue.reason.as_deref().map_or(String::new(), |why| format!(": {why}"));
            all.push(evidence(Source::Queue, sentence(&format!("Paused by {by}{why}")), Some(paused_s)));
        }
        (None, JobStatus::Pending) => {
            let ahead = if queue.ahead >= 1_000 { "1,000 or more".into() } else { queue.ahead.to_string() };
            all.push(evidence(
                Source::Queue,
                format!("The queue “{}” is open; {ahead} due jobs come first.", queue.name),
                None,
            ));
        }
        (None, _) => {}
    }
    if let Some(usual) = case.usual {
        let (p50, p95) = (lasting(usual.p50_s.into()), lasting(usual.p95_s.into()));
        let says = format!("Of {} such jobs half took up to {p50}, and 95 of 100 up to {p95}.", usual.count);
        all.push(evidence(Source::History, says, None));
    }
    all
}

fn of_service(case: &CaseFacts) -> Vec<Evidence> {
    let service = &case.service;
    let mut all = Vec::new();
    if let Some(error_s) = service.error_s.filter(|error_s| service.ok_s.is_none_or(|ok_s| *error_s <= ok_s)) {
        let says = service.error.as_deref().map_or_else(|| "The demo service did not answer well.".into(), sentence);
        all.push(evidence(Source::DemoService, says, Some(error_s)));
    }
    if let Some(ok_s) = service.ok_s {
        let took = service.latency_ms.map_or(String::new(), |ms| format!(" An answer takes about {ms} ms."));
        all.push(evidence(
            Source::DemoService,
            format!("The demo service last answered well {} ago.{took}", lasting(ok_s)),
            Some(ok_s),
        ));
    }
    if service.recent_errors > 0 {
        let asked = service.recent_ok + service.recent_errors;
        all.push(evidence(
            Source::DemoService,
            format!("{} of the last {asked} answers were errors.", service.recent_errors),
            None,
        ));
    }
    all
}
