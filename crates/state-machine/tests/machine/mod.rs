//! Every machine as rows of text, for the table test.

use crate::facts::facts_in_words;
use state_machine::{
    BulkEvent, BulkStatus, ConnectionEvent, ConnectionStatus, DemoMode, DemoModeEvent, DemoModeStatus,
    IllegalTransition, JobEvent, JobStatus, SessionEvent, SessionStatus,
};

/// One cell of a machine's table.
pub struct Cell {
    /// The facts before, in words.
    pub from: String,
    /// The stored status before.
    pub from_status: &'static str,
    /// The event with its field, in words.
    pub event: String,
    /// The event's word alone.
    pub event_word: &'static str,
    /// The facts after with the stored status, or the refusal.
    pub answer: Result<After, IllegalTransition>,
}

/// Where an allowed event leads.
pub struct After {
    pub facts: String,
    pub status: &'static str,
    pub makes_job: Option<&'static str>,
}

/// A machine with all its cells, state by state.
pub struct Machine {
    pub name: &'static str,
    pub statuses: Vec<&'static str>,
    pub start: &'static str,
    pub cells: Vec<Cell>,
}

pub fn all() -> Vec<Machine> {
    vec![demo_mode(), job(), connection(), session(), bulk_plan()]
}

fn demo_mode() -> Machine {
    let mut cells = vec![];
    for state in DemoMode::all() {
        for &event in DemoModeEvent::ALL {
            let answer = state.transition(event).map(|change| After {
                facts: facts_in_words(change.to()),
                status: change.to().status.as_str(),
                makes_job: change.makes_job().map(|job_type| job_type.as_str()),
            });
            cells.push(Cell {
                from: facts_in_words(state),
                from_status: state.status.as_str(),
                event: event_in_words(event),
                event_word: event.as_str(),
                answer,
            });
        }
    }
    let statuses = DemoModeStatus::ALL.iter().map(|s| s.as_str()).collect();
    Machine { name: "Demo mode", statuses, start: "disabled", cells }
}

fn event_in_words(event: DemoModeEvent) -> String {
    use DemoModeEvent as E;
    let note = match event {
        E::EnableFailed { profile_exists: true } | E::EnableCancelled { profile_exists: true } => " (profile exists)",
        E::DisableCancelled { intact: true } => " (intact)",
        _ => "",
    };
    format!("{}{note}", event.as_str())
}

/// The cells of a machine whose state is its status alone.
macro_rules! plain {
    ($name:literal, $status:ident, $event:ident, $start:expr) => {{
        let mut cells = vec![];
        for &state in $status::ALL {
            for &event in $event::ALL {
                let answer = state.transition(event).map(|change| After {
                    facts: change.to().to_string(),
                    status: change.to().as_str(),
                    makes_job: None,
                });
                cells.push(Cell {
                    from: state.to_string(),
                    from_status: state.as_str(),
                    event: event.to_string(),
                    event_word: event.as_str(),
                    answer,
                });
            }
        }
        let statuses = $status::ALL.iter().map(|s| s.as_str()).collect();
        Machine { name: $name, statuses, start: $start.as_str(), cells }
    }};
}

fn job() -> Machine {
    plain!("Job", JobStatus, JobEvent, JobStatus::Pending)
}

fn connection() -> Machine {
    plain!("Connection", ConnectionStatus, ConnectionEvent, ConnectionStatus::Disconnected)
}

fn bulk_plan() -> Machine {
    plain!("Bulk plan", BulkStatus, BulkEvent, BulkStatus::Planned)
}

fn session() -> Machine {
    plain!("Session", SessionStatus, SessionEvent, SessionStatus::Active)
}
