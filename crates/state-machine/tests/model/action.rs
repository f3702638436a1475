//! What can happen next, and who does it.

use crate::state::{Command, Hand, JOBS, Phase, State};
use state_machine::{AttemptEnd, DemoModeEvent, JobEvent, JobStatus, JobType};

/// One step of one party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A person's command, and whether its answer arrives.
    Ask(Command, Answer),
    /// The same command under the same key, because its answer did not arrive.
    AskAgain,
    Claim {
        worker: u8,
        job: u8,
    },
    /// A heartbeat that comes after the lease ran out.
    Renew {
        worker: u8,
        hand: u8,
    },
    RememberProfile {
        worker: u8,
        hand: u8,
    },
    Finish {
        worker: u8,
        hand: u8,
        end: AttemptEnd,
        answer: Answer,
    },
    /// A worker whose commit was not answered reads what became of it.
    Resolve {
        worker: u8,
        hand: u8,
    },
    /// Only where a flaw splits the end of a job: its second half.
    Settle {
        worker: u8,
        hand: u8,
    },
    /// Nobody renewed the lease in time.
    Lapse {
        job: u8,
    },
    Look {
        job: u8,
    },
    Rescue,
    Resume {
        worker: u8,
    },
    /// The process is stopped by the system, heartbeat and all.
    Pause {
        worker: u8,
    },
    /// The process dies; another one starts in its place.
    Crash {
        worker: u8,
    },
    /// The work hangs past its deadline while its lease is renewed.
    Hang {
        job: u8,
    },
    /// The claim is committed, and the worker never hears of it.
    ClaimUnheard {
        worker: u8,
        job: u8,
    },
}

/// What becomes of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Arrives,
    /// Committed, but the answer is lost.
    Lost,
    /// The connection breaks before the commit.
    NotCommitted,
}

impl Action {
    /// Steps that the system takes by itself, towards its rest.
    pub fn is_progress(self) -> bool {
        match self {
            Self::Claim { .. } | Self::Renew { .. } | Self::RememberProfile { .. } | Self::Resolve { .. } => true,
            Self::Settle { .. } | Self::Lapse { .. } | Self::Look { .. } | Self::Rescue | Self::Resume { .. } => true,
            Self::Finish { end, answer, .. } => end != AttemptEnd::HandedBack && answer == Answer::Arrives,
            _ => false,
        }
    }

    /// Steps that people take.
    pub fn is_command(self) -> bool {
        matches!(self, Self::Ask(..))
    }

    /// Steps that somebody wishes had not happened, a stop of a worker's process among them.
    pub fn is_fault(self) -> bool {
        let unanswered = matches!(self, Self::Ask(_, Answer::Lost));
        unanswered || !(self.is_progress() || self.is_command() || self == Self::AskAgain)
    }
}

/// Everything that the system can do by itself.
pub fn progress(state: &State, actions: &mut Vec<Action>) {
    for (job, row) in state.rows() {
        if row.status == JobStatus::Pending && row.attempt < crate::state::ATTEMPTS_MAX {
            actions.extend(free_workers(state).map(|worker| Action::Claim { worker, job }));
        }
        if row.status == JobStatus::Running {
            if !row.lapsed && state.keeper(job).is_none_or(|(_, paused)| paused) {
                actions.push(Action::Lapse { job });
            }
            if (row.lapsed || row.overdue) && state.note.is_none() {
                actions.push(Action::Look { job });
            }
        }
    }
    if state.note.is_some() {
        actions.push(Action::Rescue);
    }
    each_hand(state, |worker, hand, held| {
        let made = match held.phase {
            Phase::Unsure { .. } => return actions.push(Action::Resolve { worker, hand }),
            Phase::Owes => return actions.push(Action::Settle { worker, hand }),
            Phase::Working { made } => made,
        };
        let row = state.job(held.job);
        if row.lapsed && state.keeper(held.job).is_some_and(|(keeper, _)| keeper == held) {
            actions.push(Action::Renew { worker, hand });
        }
        if row.job_type == JobType::DemoEnable && !made {
            actions.push(Action::RememberProfile { worker, hand });
        }
        let answer = Answer::Arrives;
        actions.extend(ends(row.job_type, made, row.cancel_requested).map(|end| Action::Finish {
            worker,
            hand,
            end,
            answer,
        }));
    });
    for (worker, process) in (0..).zip(&state.workers) {
        if process.paused {
            actions.push(Action::Resume { worker });
        }
    }
}

/// Everything that can go wrong.
pub fn faults(state: &State, actions: &mut Vec<Action>) {
    for (job, row) in state.rows() {
        match row.status {
            JobStatus::Pending => {
                actions.extend(free_workers(state).map(|worker| Action::ClaimUnheard { worker, job }));
            }
            JobStatus::Running if !row.overdue => actions.push(Action::Hang { job }),
            _ => {}
        }
    }
    each_hand(state, |worker, hand, held| {
        if let Phase::Working { made } = held.phase {
            let row = state.job(held.job);
            let finish = |end, answer| Action::Finish { worker, hand, end, answer };
            actions.push(finish(AttemptEnd::HandedBack, Answer::Arrives));
            for end in ends(row.job_type, made, row.cancel_requested) {
                actions.push(finish(end, Answer::Lost));
            }
            actions.push(finish(AttemptEnd::Succeeded, Answer::NotCommitted));
        }
    });
    for (worker, process) in (0..).zip(&state.workers) {
        // A process without work has nothing to lose: neither step would be seen.
        let works = process.hands.iter().any(Option::is_some);
        if works && !process.paused {
            actions.push(Action::Pause { worker });
        }
        if works {
            actions.push(Action::Crash { worker });
        }
    }
}

/// Everything that people can ask for and the rules do not refuse.
pub fn commands(state: &State, actions: &mut Vec<Action>) {
    let mut ask = |command| actions.push(Action::Ask(command, Answer::Arrives));
    for (number, user) in (0..).zip(&state.users) {
        let allowed = |event| user.demo.transition(event).is_ok();
        if allowed(DemoModeEvent::RequestEnable) && rows_free(state) >= 2 {
            ask(Command::Enable(number));
        }
        if allowed(DemoModeEvent::RequestDisable) && rows_free(state) >= 1 {
            ask(Command::Disable(number));
        }
        if allowed(DemoModeEvent::Dismiss) {
            ask(Command::Dismiss(number));
        }
    }
    for (job, row) in state.rows() {
        if row.status.transition(JobEvent::RequestCancel).is_ok() && !row.cancel_requested {
            ask(Command::Cancel(job));
        }
        let room = row.job_type == JobType::DemoDisable || rows_free(state) >= 1;
        if row.status.transition(JobEvent::ManualRetry).is_ok() && state.user_of(job).job == Some(job) && room {
            ask(Command::Retry(job));
        }
    }
}

/// Rows that are not taken and not kept for the removal that a cancelled enable may need.
fn rows_free(state: &State) -> usize {
    let kept = state.rows().filter(|(_, job)| job.job_type == JobType::DemoEnable && job.status.is_live()).count();
    JOBS.saturating_sub(state.rows().count() + kept)
}

fn free_workers(state: &State) -> impl Iterator<Item = u8> {
    let free = (0_u8..).zip(&state.workers).filter(|(_, w)| !w.paused && w.hands.iter().any(Option::is_none));
    free.map(|(worker, _)| worker)
}

fn each_hand(state: &State, mut each: impl FnMut(u8, u8, Hand)) {
    for (worker, process) in (0..).zip(&state.workers).filter(|(_, process)| !process.paused) {
        for (number, hand) in (0..).zip(&process.hands) {
            if let Some(hand) = hand {
                each(worker, number, *hand);
            }
        }
    }
}

/// How an attempt may end by itself. Only an enable that made a profile succeeds; a stop ends it once it was asked for.
fn ends(job_type: JobType, made: bool, stop: bool) -> impl Iterator<Item = AttemptEnd> {
    let failed = |permanent, unsettled| AttemptEnd::Failed { permanent, unsettled };
    let enable = job_type == JobType::DemoEnable;
    [
        (AttemptEnd::Succeeded, !enable || made),
        (failed(false, false), true),
        (failed(true, false), true),
        (failed(false, true), enable && !made && stop),
        (AttemptEnd::Cancelled { touched: false }, stop),
        (AttemptEnd::Cancelled { touched: true }, stop && !enable),
    ]
    .into_iter()
    .filter_map(|(end, possible)| possible.then_some(end))
}
