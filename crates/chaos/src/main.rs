//! Breaks running processes and checks the promises of the job engine and of the commands: real PostgreSQL, two APIs, six
//! workers, a demo service that loses replies, and clients that remember what was acknowledged. `cargo xtask chaos` builds
//! and starts it; docs/RELIABILITY.md tells what was seen.

mod checker;
mod clock;
mod dice;
mod faults;
mod judge;
mod load;
mod planted;
mod report;
mod scenarios;
mod settings;
mod stage;

use anyhow::Result;
use report::Finding;
use settings::Settings;
use stage::Template;
use std::{process::ExitCode, time::Instant};

#[tokio::main]
async fn main() -> Result<ExitCode> {
    // Refused only when it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if std::env::args().nth(1).as_deref() == Some("--bugs") {
        planted::CATCHES.iter().for_each(|(bug, ..)| println!("{bug}"));
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::read()?;
    let begun = Instant::now();
    eprintln!("· seed {}: the same seed plans the same faults", settings.seed);
    let template = Template::make(&settings).await?;
    if let Some(bug) = settings.planted.clone() {
        return planted::run(&settings, &template, &bug).await;
    }
    let mut findings = vec![];
    for name in scenarios::ALL {
        if settings.scenarios.is_empty() || settings.scenarios.iter().any(|wanted| wanted == name) {
            findings.extend(play(&settings, &template, name).await?);
        }
    }
    if settings.scenarios.is_empty() {
        findings.push(judge::snapshots_in_all(scenarios::share_of(&settings, 500, 10_000)));
    }
    let findings = report::complete(findings);
    for finding in &findings {
        println!("{finding}");
    }
    let seconds = begun.elapsed().as_secs();
    report::write_json(&settings, &findings, seconds)?;
    let missed = findings.iter().filter(|finding| finding.missed()).count();
    println!("{missed} missed, {seconds} s, seed {}", settings.seed);
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one scenario and says how long it took.
async fn play(settings: &Settings, template: &Template, name: &str) -> Result<Vec<Finding>> {
    eprintln!("· {name}");
    let begun = Instant::now();
    let findings = match scenarios::run(name, &scenarios::Context { settings, template }).await {
        Ok(findings) => findings,
        // What the others find still counts.
        Err(error) => vec![Finding::broken(name, &error)],
    };
    eprintln!("  {name} took {} s", begun.elapsed().as_secs());
    for finding in findings.iter().filter(|finding| finding.missed()) {
        eprintln!("  {finding}");
    }
    Ok(findings)
}
