//! What the database holds, what the processes believe, and what no program sees but the promises are about.

use state_machine::{DemoMode, DemoModeStatus, JobStatus, JobType};

pub const USERS: usize = 2;
pub const JOBS: usize = 3;
pub const WORKERS: usize = 3;
/// Handlers of one worker process: a stale one may still run when the process has claimed the same job again.
pub const HANDS: usize = 2;
/// The budget of a job.
pub const ATTEMPTS_MAX: u8 = 2;

/// One moment of the whole system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub users: [User; USERS],
    pub jobs: [Option<Job>; JOBS],
    pub workers: [Worker; WORKERS],
    /// What the rescuer has read and not yet acted on.
    pub note: Option<Note>,
    /// A command whose answer was lost: its sender will send it again under the same key.
    pub unanswered: Option<Unanswered>,
    /// How often people still act.
    pub commands: u8,
    /// How often something still goes wrong.
    pub faults: u8,
    pub broken: Broken,
}

/// A row of `users`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct User {
    pub demo: DemoMode,
    /// `demo_mode_job_id`
    pub job: Option<u8>,
}

/// A row of `background_jobs`. The last three fields are the promises' own bookkeeping, which no statement reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Job {
    pub user: u8,
    pub job_type: JobType,
    pub status: JobStatus,
    pub attempt: u8,
    /// `lease_epoch`
    pub epoch: u8,
    /// `locked_by`
    pub holder: Option<Holder>,
    /// `lease_expires_at < now()`
    pub lapsed: bool,
    /// `deadline_at < now()`
    pub overdue: bool,
    pub cancel_requested: bool,
    /// Every claim there ever was.
    pub claims: u8,
    /// Claims since the budget was granted that were not handed back.
    pub spent: u8,
    /// How often its success reached its user.
    pub applied: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    Worker(u8),
    /// A session that is gone and never comes back: every start of a process is a new one.
    Gone,
}

/// A worker process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Worker {
    /// Stopped by the system in the middle of something; no heartbeat either.
    pub paused: bool,
    pub hands: [Option<Hand>; HANDS],
}

/// A handler at work, with the lease that it believes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hand {
    pub job: u8,
    pub epoch: u8,
    pub phase: Phase,
    /// Which of the job's claims this was, for the promises.
    pub claim: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// At work; `made`: the profile exists and is remembered.
    Working { made: bool },
    /// The commit of its end was not answered.
    Unsure { made: bool },
    /// Only where a flaw tells the queue before the work is committed: the user's row is still to be written.
    Owes,
}

/// What the rescuer has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    pub job: u8,
    pub epoch: u8,
    pub claim: u8,
}

/// What a person asks for. Refused commands change nothing and are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Enable(u8),
    Disable(u8),
    Dismiss(u8),
    Cancel(u8),
    Retry(u8),
}

/// A command that was done although its sender does not know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unanswered {
    pub command: Command,
}

/// Promises about single steps that were broken on the way here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Broken {
    /// Somebody whose lease was over, or who had looked too long ago, changed a row.
    pub stale_wrote: bool,
    /// A repeated command did something again.
    pub done_twice: bool,
    /// A worker was told that its success is written, and it is not.
    pub told_wrong: bool,
    /// A step came no nearer to the end.
    pub no_nearer: bool,
    /// A job ended and the rules or its user's row had no place for it.
    pub no_place: bool,
}

impl State {
    /// A user who is off, one who is on, idle workers.
    pub fn first(commands: u8, faults: u8) -> Self {
        let on = DemoMode { status: DemoModeStatus::Enabled, profile_exists: true, ..DemoMode::OFF };
        Self {
            users: [User { demo: DemoMode::OFF, job: None }, User { demo: on, job: None }],
            jobs: [None; JOBS],
            workers: [Worker { paused: false, hands: [None; HANDS] }; WORKERS],
            note: None,
            unanswered: None,
            commands,
            faults,
            broken: Broken::default(),
        }
    }

    /// The job in this row; rows are never removed here.
    pub fn job(&self, job: u8) -> &Job {
        self.jobs[usize::from(job)].as_ref().expect("the row exists")
    }

    pub fn job_mut(&mut self, job: u8) -> &mut Job {
        self.jobs[usize::from(job)].as_mut().expect("the row exists")
    }

    pub fn user_of(&self, job: u8) -> &User {
        &self.users[usize::from(self.job(job).user)]
    }

    pub fn user_of_mut(&mut self, job: u8) -> &mut User {
        let user = self.job(job).user;
        &mut self.users[usize::from(user)]
    }

    /// The rows of jobs, by number.
    pub fn rows(&self) -> impl Iterator<Item = (u8, &Job)> {
        (0..).zip(self.jobs.iter().flatten())
    }

    pub fn hand(&self, worker: u8, hand: u8) -> Option<Hand> {
        self.workers[usize::from(worker)].hands[usize::from(hand)]
    }

    /// Replaces what this hand holds.
    pub fn put(&mut self, worker: u8, hand: u8, now: Option<Hand>) {
        self.workers[usize::from(worker)].hands[usize::from(hand)] = now;
    }

    /// The hand that works under the job's newest lease, if anybody does, and whether its process is paused.
    pub fn keeper(&self, job: u8) -> Option<(Hand, bool)> {
        let row = self.job(job);
        let Some(Holder::Worker(worker)) = row.holder else { return None };
        let worker = &self.workers[usize::from(worker)];
        let keeps = |hand: &&Hand| hand.job == job && hand.epoch == row.epoch;
        worker.hands.iter().flatten().find(keeps).map(|hand| (*hand, worker.paused))
    }

    /// A process is no more, and neither is what it held in its hands.
    pub fn crash(&mut self, worker: u8) {
        self.workers[usize::from(worker)] = Worker { paused: false, hands: [None; HANDS] };
        for job in self.jobs.iter_mut().flatten().filter(|job| job.holder == Some(Holder::Worker(worker))) {
            job.holder = Some(Holder::Gone);
        }
    }

    /// Workers are alike: of all states that differ only in their order, the same one.
    pub fn in_order(mut self) -> Self {
        let mut order: [u8; WORKERS] = std::array::from_fn(|at| u8::try_from(at).expect("few"));
        for worker in &mut self.workers {
            worker.hands.sort_unstable_by(|a, b| b.cmp(a));
        }
        // Holding a job without knowing it tells two workers apart as well.
        let holds = |worker: u8| -> [bool; JOBS] {
            self.jobs.map(|job| job.is_some_and(|job| job.holder == Some(Holder::Worker(worker))))
        };
        order.sort_by_key(|&at| (self.workers[usize::from(at)], holds(at)));
        let workers = order.map(|at| self.workers[usize::from(at)]);
        for job in self.jobs.iter_mut().flatten() {
            if let Some(Holder::Worker(was)) = job.holder {
                let now = order.iter().position(|&at| at == was).and_then(|at| u8::try_from(at).ok());
                job.holder = now.map(Holder::Worker);
            }
        }
        self.workers = workers;
        self
    }
}
