//! The statements of the store, each in one step because each is one transaction that locks the user and the job.
//!
//! The rules are not copied: statuses move only by the transitions of `state_machine`, an attempt's end is judged by
//! [`AttemptEnd`]. What is copied is the shape of the statements in `store`: what each one checks before it writes.

use crate::{
    flaw::Flaw,
    state::{ATTEMPTS_MAX, Command, Hand, Holder, Job, Note, Phase, State},
};
use state_machine::{AttemptEnd, DemoModeEvent, JobEvent, JobOutcome, JobStatus, JobType};

/// Zero rows matched: nothing was written.
pub struct Lost;

/// `Store::claim`: the attempt is counted and the fence raised in the statement that takes the job.
pub fn claim(state: &mut State, flaw: Flaw, worker: u8, job: u8) -> Hand {
    let row = state.job_mut(job);
    row.status = row.status.transition(JobEvent::Start).expect("only pending jobs are claimed").to();
    if flaw != Flaw::AttemptsAtCompletion {
        row.attempt += 1;
    }
    row.epoch += 1;
    row.holder = Some(Holder::Worker(worker));
    (row.claims, row.spent) = (row.claims + 1, row.spent + 1);
    Hand { job, epoch: row.epoch, phase: Phase::Working { made: false }, claim: row.claims }
}

/// The fence of every write of a worker: `status = 'running' AND lease_epoch = $ AND locked_by = $`.
fn held(state: &State, flaw: Flaw, worker: u8, hand: Hand) -> bool {
    let row = state.job(hand.job);
    let running = row.status == JobStatus::Running;
    match flaw {
        Flaw::NoFence => running,
        Flaw::FenceByWorker => running && row.holder == Some(Holder::Worker(worker)),
        _ => running && row.holder == Some(Holder::Worker(worker)) && row.epoch == hand.epoch,
    }
}

/// Notes when a write is about to happen under a claim that is not the job's newest, or after its end.
fn write_under(state: &mut State, job: u8, claim: u8) {
    let row = state.job(job);
    if row.claims != claim || row.status != JobStatus::Running {
        state.broken.stale_wrote = true;
    }
}

/// `Store::renew`
pub fn renew(state: &mut State, flaw: Flaw, worker: u8, hand: Hand) -> Result<(), Lost> {
    if !held(state, flaw, worker, hand) {
        return Err(Lost);
    }
    write_under(state, hand.job, hand.claim);
    state.job_mut(hand.job).lapsed = false;
    Ok(())
}

/// `Store::remember_profile`
pub fn remember(state: &mut State, flaw: Flaw, worker: u8, hand: Hand) -> Result<(), Lost> {
    if state.user_of(hand.job).job != Some(hand.job) || !held(state, flaw, worker, hand) {
        return Err(Lost);
    }
    write_under(state, hand.job, hand.claim);
    state.user_of_mut(hand.job).demo.profile_exists = true;
    Ok(())
}

/// `Store::finish`
pub fn finish(state: &mut State, flaw: Flaw, worker: u8, hand: Hand, end: AttemptEnd) -> Result<(), Lost> {
    if !held(state, flaw, worker, hand) {
        return Err(Lost);
    }
    write_under(state, hand.job, hand.claim);
    if flaw == Flaw::AttemptsAtCompletion {
        state.job_mut(hand.job).attempt += 1;
    }
    if let Some(outcome) = end_attempt(state, hand.job, end) {
        match flaw {
            Flaw::AckBeforeCommit => return Ok(()), // the user's row comes in a transaction of its own
            _ => move_user(state, hand.job, outcome),
        }
    }
    Ok(())
}

/// The job's row in `engine::finish::end`; answers what its end means for the user, when it ended.
fn end_attempt(state: &mut State, job: u8, end: AttemptEnd) -> Option<JobOutcome> {
    let job_type = state.job(job).job_type;
    if end.may_have_made(job_type) {
        state.user_of_mut(job).demo.profile_exists = true;
    }
    let exists = state.user_of(job).demo.profile_exists;
    let row = state.job_mut(job);
    let event = end.event(row.attempt.into(), ATTEMPTS_MAX.into(), row.cancel_requested);
    let to = row.status.transition(event).expect("a running job takes every end").to();
    let unsettled = matches!(end, AttemptEnd::Failed { unsettled: true, .. });
    row.cancel_requested &= to == JobStatus::Cancelled || unsettled;
    if event == JobEvent::HandBack {
        (row.attempt, row.spent) = (row.attempt - 1, row.spent - 1);
    }
    (row.status, row.holder, row.lapsed, row.overdue) = (to, None, false, false);
    end.outcome(to, exists)
}

/// `job_commands::move_user`: the end of a job moves the user who names it, and the rules may want a further job.
pub fn move_user(state: &mut State, job: u8, outcome: JobOutcome) {
    let user = *state.user_of(job);
    let operation = state.job(job).job_type.demo_operation().expect("every job here is one of demo mode");
    let change = user.demo.transition(operation.ended(outcome));
    let Some(change) = change.ok().filter(|_| user.job == Some(job)) else {
        state.broken.no_place = true;
        return;
    };
    let next = change.makes_job().map(|job_type| enqueue(state, state.job(job).user, job_type));
    let user = state.user_of_mut(job);
    (user.demo, user.job) = (change.to(), next.or(Some(job)));
    if outcome == JobOutcome::Succeeded {
        state.job_mut(job).applied += 1;
    }
}

fn enqueue(state: &mut State, user: u8, job_type: JobType) -> u8 {
    let free = state.jobs.iter().position(Option::is_none).expect("a row was kept free for it");
    state.jobs[free] = Some(Job {
        user,
        job_type,
        status: JobStatus::Pending,
        attempt: 0,
        epoch: 0,
        holder: None,
        lapsed: false,
        overdue: false,
        cancel_requested: false,
        claims: 0,
        spent: 0,
        applied: 0,
    });
    u8::try_from(free).expect("few")
}

/// `Store::finish` after a commit without an answer: the row tells. `None`: not written, the lease still stands.
pub fn resolve(state: &mut State, hand: Hand) -> Result<Option<JobStatus>, Lost> {
    let row = *state.job(hand.job);
    if row.epoch != hand.epoch {
        return Err(Lost);
    }
    if row.status == JobStatus::Completed && (row.applied, row.claims) != (1, hand.claim) {
        state.broken.told_wrong = true;
    }
    Ok((row.status != JobStatus::Running).then_some(row.status))
}

/// What the rescuer's search answers for this job.
pub fn look(state: &State, job: u8) -> Note {
    let row = state.job(job);
    Note { job, epoch: row.epoch, claim: row.claims }
}

/// `Store::rescue`, some time after [`look`]: everything is checked again under the locks.
pub fn rescue(state: &mut State, flaw: Flaw, note: Note) -> Result<(), Lost> {
    let row = state.job(note.job);
    let running = row.status == JobStatus::Running;
    let late = row.lapsed || row.overdue;
    let still = match flaw {
        Flaw::RescueWithoutRecheck => running,
        _ => running && row.epoch == note.epoch && late,
    };
    if !still {
        return Err(Lost);
    }
    if !late {
        state.broken.stale_wrote = true;
    }
    write_under(state, note.job, note.claim);
    if let Some(outcome) = end_attempt(state, note.job, AttemptEnd::Expired)
        && flaw != Flaw::RescueForgetsUser
    {
        move_user(state, note.job, outcome);
    }
    Ok(())
}

/// What a person asks for, in one transaction with its receipt. `Err`: the rules refuse, and nothing is written.
pub fn command(state: &mut State, command: Command) -> Result<(), Lost> {
    match command {
        Command::Enable(user) => request(state, user, DemoModeEvent::RequestEnable),
        Command::Disable(user) => request(state, user, DemoModeEvent::RequestDisable),
        Command::Dismiss(user) => request(state, user, DemoModeEvent::Dismiss),
        Command::Cancel(job) => cancel(state, job),
        Command::Retry(job) => retry(state, job),
    }
}

/// `Store::change_demo_mode`
fn request(state: &mut State, user: u8, event: DemoModeEvent) -> Result<(), Lost> {
    let row = state.users[usize::from(user)];
    let change = row.demo.transition(event).map_err(|_| Lost)?;
    let job = change.makes_job().map(|job_type| enqueue(state, user, job_type));
    let row = &mut state.users[usize::from(user)];
    (row.demo, row.job) = (change.to(), job.or(row.job));
    Ok(())
}

/// `Store::cancel_job`, and `Store::cancel_demo_mode`, which is the same for the job that the user names.
fn cancel(state: &mut State, job: u8) -> Result<(), Lost> {
    let row = *state.job(job);
    let change = row.status.transition(JobEvent::RequestCancel).map_err(|_| Lost)?;
    if row.cancel_requested && row.status.is_live() {
        return Err(Lost);
    }
    (state.job_mut(job).status, state.job_mut(job).cancel_requested) = (change.to(), true);
    if change.to() == JobStatus::Cancelled {
        let profile_exists = state.user_of(job).demo.profile_exists;
        move_user(state, job, JobOutcome::Cancelled { profile_exists, touched: row.epoch > 0 });
    }
    Ok(())
}

/// `Store::retry_job`
fn retry(state: &mut State, job: u8) -> Result<(), Lost> {
    let row = *state.job(job);
    let change = row.status.transition(JobEvent::ManualRetry).map_err(|_| Lost)?;
    let user = *state.user_of(job);
    if user.job != Some(job) {
        return Err(Lost);
    }
    let operation = row.job_type.demo_operation().ok_or(Lost)?;
    let user_change = user.demo.transition(operation.request()).map_err(|_| Lost)?;
    let row = state.job_mut(job);
    (row.status, row.attempt, row.spent, row.cancel_requested) = (change.to(), 0, 0, false);
    state.user_of_mut(job).demo = user_change.to();
    Ok(())
}
