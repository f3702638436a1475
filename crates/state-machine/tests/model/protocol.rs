//! The protocol as a model that `stateright` explores.

use crate::{
    action::{self, Action, Answer},
    flaw::Flaw,
    promises, rank,
    state::{Hand, Phase, State, Unanswered},
    statements::{self, Lost},
};
use state_machine::AttemptEnd;
use stateright::{Model, Property};

/// How much happens, and what is wrong.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// How often people act.
    pub commands: u8,
    /// How often something goes wrong.
    pub faults: u8,
    pub flaw: Flaw,
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::first(self.commands, self.faults)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        // What follows a broken promise explains nothing.
        if self.flaw != Flaw::None && !promises::all_kept(state) {
            return;
        }
        action::progress(state, actions);
        if state.unanswered.is_some() {
            actions.push(Action::AskAgain);
        }
        let mut asked = vec![];
        if state.commands > 0 {
            action::commands(state, &mut asked);
        }
        if state.faults > 0 {
            action::faults(state, actions);
            if state.unanswered.is_none() {
                let lost = asked.iter().filter_map(|asked| match asked {
                    Action::Ask(command, _) => Some(Action::Ask(*command, Answer::Lost)),
                    _ => None,
                });
                actions.extend(lost);
            }
        }
        actions.extend(asked);
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        let mut state = before.clone();
        self.step(&mut state, action);
        state.commands -= u8::from(action.is_command());
        state.faults -= u8::from(action.is_fault());
        if action.is_progress() && rank::of(&state) >= rank::of(before) {
            state.broken.no_nearer = true;
        }
        // A counterexample is easier to read when every worker keeps its number.
        Some(if self.flaw == Flaw::None { state.in_order() } else { state })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::all()
    }
}

impl Protocol {
    fn step(&self, state: &mut State, action: Action) {
        match action {
            Action::Ask(command, answer) => {
                // What the rules refuse is not offered, so there is nothing else to tell apart here.
                let _ = statements::command(state, command);
                if answer == Answer::Lost {
                    state.unanswered = Some(Unanswered { command });
                }
            }
            Action::AskAgain => self.ask_again(state),
            Action::Claim { worker, job } => {
                let hand = statements::claim(state, self.flaw, worker, job);
                let free = state.workers[usize::from(worker)].hands.iter().position(Option::is_none);
                let free = free.and_then(|at| u8::try_from(at).ok()).expect("only a worker with a free hand claims");
                state.put(worker, free, Some(hand));
            }
            Action::ClaimUnheard { worker, job } => {
                statements::claim(state, self.flaw, worker, job);
            }
            Action::Renew { worker, hand } => self.with(state, worker, hand, |state, held| {
                statements::renew(state, self.flaw, worker, held).map(|()| Some(held))
            }),
            Action::RememberProfile { worker, hand } => self.with(state, worker, hand, |state, held| {
                statements::remember(state, self.flaw, worker, held)?;
                Ok(Some(Hand { phase: Phase::Working { made: true }, ..held }))
            }),
            Action::Finish { worker, hand, end, answer } => {
                self.with(state, worker, hand, |state, held| self.finish(state, worker, held, end, answer));
            }
            Action::Resolve { worker, hand } => self.with(state, worker, hand, |state, held| {
                let Phase::Unsure { made } = held.phase else { return Ok(None) };
                let written = statements::resolve(state, held)?;
                Ok(written.is_none().then_some(Hand { phase: Phase::Working { made }, ..held }))
            }),
            Action::Settle { worker, hand } => self.with(state, worker, hand, |state, held| {
                let exists = state.user_of(held.job).demo.profile_exists;
                let outcome = AttemptEnd::Succeeded.outcome(state.job(held.job).status, exists);
                if let Some(outcome) = outcome {
                    statements::move_user(state, held.job, outcome);
                }
                Ok(None)
            }),
            Action::Lapse { job } => state.job_mut(job).lapsed = true,
            Action::Look { job } => state.note = Some(statements::look(state, job)),
            Action::Rescue => {
                if let Some(note) = state.note.take() {
                    let _ = statements::rescue(state, self.flaw, note);
                }
            }
            Action::Pause { worker } => state.workers[usize::from(worker)].paused = true,
            Action::Resume { worker } => state.workers[usize::from(worker)].paused = false,
            Action::Crash { worker } => state.crash(worker),
            Action::Hang { job } => state.job_mut(job).overdue = true,
        }
    }

    /// Lets a hand write; a lost lease makes it drop its work.
    fn with(
        &self,
        state: &mut State,
        worker: u8,
        hand: u8,
        write: impl FnOnce(&mut State, Hand) -> Result<Option<Hand>, Lost>,
    ) {
        let held = state.hand(worker, hand).expect("an empty hand does nothing");
        let now = write(state, held).unwrap_or(None);
        state.put(worker, hand, now);
    }

    fn finish(
        &self,
        state: &mut State,
        worker: u8,
        hand: Hand,
        end: AttemptEnd,
        answer: Answer,
    ) -> Result<Option<Hand>, Lost> {
        let Phase::Working { made } = hand.phase else { return Ok(Some(hand)) };
        let unsure = Some(Hand { phase: Phase::Unsure { made }, ..hand });
        if answer == Answer::NotCommitted {
            return Ok(unsure);
        }
        statements::finish(state, self.flaw, worker, hand, end)?;
        if answer == Answer::Lost {
            return Ok(unsure);
        }
        let owes = self.flaw == Flaw::AckBeforeCommit && state.job(hand.job).status.is_terminal();
        Ok(owes.then_some(Hand { phase: Phase::Owes, ..hand }))
    }

    fn ask_again(&self, state: &mut State) {
        let Some(Unanswered { command }) = state.unanswered.take() else { return };
        // The receipt was committed with the command, so the key is known: nothing is done, and the sender hears it.
        if self.flaw == Flaw::NoReceipt && statements::command(state, command).is_ok() {
            state.broken.done_twice = true;
        }
    }
}
