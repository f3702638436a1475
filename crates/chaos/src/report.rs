//! One line a promise: what was seen, what was asked for, and whether it holds.

use crate::settings::Settings;
use serde::Serialize;
use std::fmt;

/// Whether a promise held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "why")]
pub enum Verdict {
    /// It held.
    Ok,
    /// It did not.
    Missed,
    /// Not asked, for this reason. Never counts as held.
    NotRun(String),
}

/// What a scenario found about a promise.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// `R8`
    pub promise: &'static str,
    /// Which scenario.
    pub scenario: String,
    /// What was seen, with its unit.
    pub figure: String,
    /// What was asked for.
    pub bar: String,
    /// Whether it holds.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The first few cases that break it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<String>,
}

impl Finding {
    /// A finding that holds when `held`.
    pub fn new(promise: &'static str, held: bool, figure: impl Into<String>, bar: impl Into<String>) -> Self {
        let verdict = if held { Verdict::Ok } else { Verdict::Missed };
        Self { promise, scenario: String::new(), figure: figure.into(), bar: bar.into(), verdict, cases: vec![] }
    }

    /// A finding that holds when nothing broke it.
    pub fn none_of(
        promise: &'static str,
        cases: Vec<String>,
        figure: impl Into<String>,
        bar: impl Into<String>,
    ) -> Self {
        let mut finding = Self::new(promise, cases.is_empty(), figure, bar);
        finding.cases = cases.into_iter().take(5).collect();
        finding
    }

    /// A promise that this run cannot ask about.
    pub fn not_run(promise: &'static str, why: impl Into<String>) -> Self {
        let mut finding = Self::new(promise, true, "", "");
        finding.verdict = Verdict::NotRun(why.into());
        finding
    }

    /// The harness itself could not go on: nothing is known, which is a miss.
    pub fn broken(scenario: &str, error: &anyhow::Error) -> Self {
        let mut finding = Self::new("?", false, format!("it could not be played: {error:#}"), "a verdict");
        finding.scenario = scenario.to_owned();
        finding
    }

    /// Whether it did not hold.
    pub fn missed(&self) -> bool {
        self.verdict == Verdict::Missed
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { promise, scenario, figure, bar, verdict, cases } = self;
        match verdict {
            Verdict::Ok => write!(f, "{promise:<4} {scenario:<9} {figure} | bar: {bar} | ok"),
            Verdict::Missed => write!(f, "{promise:<4} {scenario:<9} {figure} | bar: {bar} | MISSED"),
            Verdict::NotRun(why) => write!(f, "{promise:<4} {scenario:<9} not run: {why}"),
        }?;
        cases.iter().try_for_each(|case| write!(f, "\n       {case}"))
    }
}

/// Promises that this harness can ask about, in order.
pub const PROMISES: [&str; 26] = [
    "R1", "R2", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R15", "R16", "R17", "R19", "R20",
    "R21", "R22", "R23", "R24", "R30", "R31", "R32", "R33", "R34",
];

fn number(promise: &str) -> u32 {
    promise.trim_start_matches('R').parse().unwrap_or(u32::MAX)
}

/// In the order of the promises; each that nobody asked about says so.
pub fn complete(mut findings: Vec<Finding>) -> Vec<Finding> {
    for promise in PROMISES {
        if !findings.iter().any(|finding| finding.promise == promise) {
            findings.push(Finding::not_run(promise, "its scenario was not part of this run"));
        }
    }
    findings.sort_by_key(|finding| number(finding.promise));
    findings
}

/// Writes the report for programs.
pub fn write_json(settings: &Settings, findings: &[Finding], seconds: u64) -> anyhow::Result<()> {
    let Some(path) = &settings.json else { return Ok(()) };
    let report = serde_json::json!({
        "seed": settings.seed, "commit": settings.commit, "machine": settings.machine, "seconds": seconds,
        "short": settings.short, "planted": settings.planted, "findings": findings,
    });
    std::fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    Ok(())
}
