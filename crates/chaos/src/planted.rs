//! The power of the harness: a run with one planted bug must miss a promise.

use crate::{report::Finding, scenarios, settings::Settings, stage::Template};
use anyhow::{Result, bail};
use std::process::ExitCode;

/// Each bug, the scenario that catches it soonest, and the promises that may do so.
pub const CATCHES: [(&str, &str, &[&str]); 16] = [
    ("finish-without-epoch", "stale", &["R8", "R9"]),
    ("heartbeat-without-epoch", "stale", &["R9"]),
    ("fail-without-epoch", "stale", &["R8", "R9"]),
    ("rescue-by-id-only", "stale", &["R8", "R9"]),
    ("ack-before-commit", "acks", &["R1"]),
    ("audit-apart", "acks", &["R34"]),
    ("worker-clock-leases", "clocks", &["R16"]),
    ("attempts-at-completion", "poison", &["R13"]),
    ("idempotency-without-index", "commands", &["R2"]),
    ("rows-affected-ignored", "stale", &["R8", "R9", "R4"]),
    ("rescue-forgets-user", "poison", &["R4", "R13"]),
    ("listener-loss-without-reread", "hints", &["R15"]),
    ("revoked-session-accepted", "access", &["R30"]),
    ("revoke-all-without-lock", "access", &["R31"]),
    ("reuse-forgiven", "access", &["R32"]),
    ("ended-login-stays", "access", &["R33"]),
];

/// Runs the scenario of `bug` on programs that have it. Succeeds when a promise was missed.
pub async fn run(settings: &Settings, template: &Template, bug: &str) -> Result<ExitCode> {
    let Some((_, scenario, promises)) = CATCHES.iter().find(|(name, ..)| *name == bug) else {
        bail!("no bug is called {bug}: use one of {}", CATCHES.map(|(name, ..)| name).join(", "));
    };
    let begun = std::time::Instant::now();
    let findings = scenarios::run(scenario, &scenarios::Context { settings, template }).await?;
    let caught: Vec<&Finding> =
        findings.iter().filter(|finding| finding.missed() && promises.contains(&finding.promise)).collect();
    for finding in &caught {
        println!("{finding}");
    }
    let by: Vec<&str> = caught.iter().map(|finding| finding.promise).collect();
    let seconds = begun.elapsed().as_secs();
    if by.is_empty() {
        println!("{bug}: NOT CAUGHT by {scenario} in {seconds} s, seed {}", settings.seed);
        for finding in &findings {
            println!("  {finding}");
        }
        return Ok(ExitCode::FAILURE);
    }
    println!("{bug}: caught by {} in {scenario} after {seconds} s, seed {}", by.join(", "), settings.seed);
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The backend's own lists. Read as text, because the harness knows the backend from the outside only.
    const NAMES: &str = include_str!("../../store/src/faults/names.rs");

    fn names(list: &str) -> BTreeSet<&'static str> {
        let begin = NAMES.find(list).unwrap();
        let text = &NAMES[begin..begin + NAMES[begin..].find("];").unwrap()];
        text.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect()
    }

    #[test]
    fn every_planted_bug_has_a_scenario_that_catches_it() {
        let ours: BTreeSet<_> = CATCHES.iter().map(|(bug, ..)| *bug).collect();
        assert_eq!(ours, names("PLANTED"));
        assert!(CATCHES.len() >= 10);
        for (bug, scenario, promises) in CATCHES {
            assert!(scenarios::ALL.contains(&scenario), "{bug}: there is no scenario {scenario}");
            assert!(promises.iter().all(|promise| crate::report::PROMISES.contains(promise)), "{bug}");
        }
    }

    #[test]
    fn every_failpoint_that_is_armed_exists() {
        let points = names("POINTS");
        let armed = crate::faults::points().chain(scenarios::points());
        assert_eq!(armed.filter(|point| !points.contains(point)).collect::<Vec<_>>(), [""; 0]);
    }
}
