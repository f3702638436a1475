//! The power of the harness: a run with one planted bug must miss a promise.

use crate::{report::Finding, scenarios, settings::Settings, stage::Template};
use anyhow::{Result, bail};
use std::process::ExitCode;

/// Each bug, the scenario that catches it soonest, and the promises that may do so.
pub const CATCHES: [(&str, &str, &[&str]); 12] = [
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
