//! Who does what at the same moment: generated, shrunk and replayed from a seed.

use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::{BoxedStrategy, Union},
};
use proptest_state_machine::ReferenceStateMachine;

pub const USERS: usize = 3;
pub const WORKERS: usize = 3;

/// Everybody who acts at the same moment; the next step begins when all have their answer.
#[derive(Clone, Debug)]
pub struct Step {
    /// What happens to the clock first.
    pub time: Time,
    /// The row of this user is held while they begin, one after the other, so that they meet in the order in which they
    /// are listed. `None`: they race.
    pub gate: Option<usize>,
    pub acts: Vec<Act>,
}

/// The tests move the database's deadlines, because they cannot move its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    Stays,
    /// Every lease runs out.
    LeasesEnd,
    /// Every attempt has taken too long, although its lease stands.
    DeadlinesPass,
}

/// What one actor does.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    Ask {
        by: Person,
        user: usize,
        ask: Ask,
        key: Key,
        seen: bool,
    },
    Claim {
        worker: usize,
        limit: u32,
    },
    /// A heartbeat for everything that the worker ever claimed.
    Beat {
        worker: usize,
    },
    /// `hand` counts back from the newest lease of the worker; old ones are never forgotten, because a paused worker does
    /// not forget them either.
    Progress {
        worker: usize,
        hand: usize,
    },
    Remember {
        worker: usize,
        hand: usize,
    },
    Finish {
        worker: usize,
        hand: usize,
        end: End,
    },
    Rescue,
    Prune,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    Customer,
    Dana,
    Milo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Enable,
    Disable,
    Dismiss,
    Cancel,
    CancelJob,
    RetryJob,
    RescheduleJob,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    None,
    /// Sent twice at once under one key, as a client does that lost patience.
    Twice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Succeed,
    FailOnce,
    FailForGood,
    Unsettled,
    Stop { touched: bool },
    HandBack,
}

/// Decides what can come next. Which of several concurrent acts wins is the database's matter, so this knows only what
/// makes an act worth generating: a worker that never claimed has nothing to write about. What must hold afterwards is
/// judged by queries and by the answers (`world.rs`, `judge.rs`).
pub struct Schedule;

#[derive(Clone, Debug, Default)]
pub struct Known {
    claimed: [usize; WORKERS],
}

impl ReferenceStateMachine for Schedule {
    type State = Known;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Known> {
        Just(Known::default()).boxed()
    }

    fn transitions(known: &Known) -> BoxedStrategy<Step> {
        let time = prop_oneof![5 => Just(Time::Stays), 3 => Just(Time::LeasesEnd), 1 => Just(Time::DeadlinesPass)];
        let gate = proptest::option::weighted(0.4, 0..USERS);
        (time, gate, vec(act(known), 2..=8)).prop_map(|(time, gate, acts)| Step { time, gate, acts }).boxed()
    }

    fn preconditions(known: &Known, step: &Step) -> bool {
        step.acts.iter().all(|act| match *act {
            Act::Progress { worker, .. } | Act::Remember { worker, .. } | Act::Finish { worker, .. } => {
                known.claimed[worker] > 0
            }
            _ => true,
        })
    }

    fn apply(mut known: Known, step: &Step) -> Known {
        for act in &step.acts {
            if let Act::Claim { worker, .. } = *act {
                known.claimed[worker] += 1;
            }
        }
        known
    }
}

fn act(known: &Known) -> BoxedStrategy<Act> {
    let worker = || 0..WORKERS;
    let mut acts = vec![
        (8, ask().boxed()),
        (4, (worker(), 1..=3_u32).prop_map(|(worker, limit)| Act::Claim { worker, limit }).boxed()),
        (1, worker().prop_map(|worker| Act::Beat { worker }).boxed()),
        (2, Just(Act::Rescue).boxed()),
        (1, Just(Act::Prune).boxed()),
    ];
    let at_work: Vec<usize> = (0..WORKERS).filter(|&worker| known.claimed[worker] > 0).collect();
    if !at_work.is_empty() {
        let hand = || (select(at_work.clone()), prop_oneof![3 => Just(0_usize), 1 => 1..4_usize]);
        acts.push((1, hand().prop_map(|(worker, hand)| Act::Progress { worker, hand }).boxed()));
        acts.push((2, hand().prop_map(|(worker, hand)| Act::Remember { worker, hand }).boxed()));
        acts.push((6, (hand(), end()).prop_map(|((worker, hand), end)| Act::Finish { worker, hand, end }).boxed()));
    }
    Union::new_weighted(acts).boxed()
}

fn ask() -> impl Strategy<Value = Act> {
    let by = select(vec![Person::Customer, Person::Dana, Person::Milo]);
    let ask = prop_oneof![
        4 => Just(Ask::Enable),
        3 => Just(Ask::Disable),
        1 => Just(Ask::Dismiss),
        2 => Just(Ask::Cancel),
        1 => Just(Ask::CancelJob),
        2 => Just(Ask::RetryJob),
        1 => Just(Ask::RescheduleJob),
    ];
    let key = prop_oneof![3 => Just(Key::None), 1 => Just(Key::Twice)];
    (by, 0..USERS, ask, key, any::<bool>()).prop_map(|(by, user, ask, key, seen)| Act::Ask { by, user, ask, key, seen })
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        4 => Just(End::Succeed),
        2 => Just(End::FailOnce),
        1 => Just(End::FailForGood),
        1 => Just(End::Unsettled),
        1 => any::<bool>().prop_map(|touched| End::Stop { touched }),
        1 => Just(End::HandBack),
    ]
}
