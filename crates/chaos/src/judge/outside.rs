//! What the demo service was really asked to do: R10.

use crate::{report::Finding, stage::Stage};
use anyhow::Result;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

#[derive(Deserialize)]
struct Ledger {
    effects: Vec<Effect>,
    dropped: u64,
}

#[derive(Deserialize)]
struct Effect {
    kind: String,
    key: String,
    profile_id: String,
}

const COMPLETED: &str =
    "SELECT DISTINCT job_id::text FROM chaos.ends WHERE to_status = 'completed' AND job_type = 'demo_enable'";
const BORN: &str = "SELECT job_id FROM chaos.born WHERE job_type LIKE 'demo\\_%'";
const PROFILES: &str = "SELECT demo_profile_id FROM users WHERE demo_profile_id IS NOT NULL";

/// Every effect carries the id of its job and happens once, and every profile that stands at the end is somebody's. A user
/// whose job may have made one without hearing of it names the job instead, and has it.
pub async fn judge(stage: &Stage) -> Result<Finding> {
    let ledger: Ledger = reqwest::get(format!("{}/ledger", stage.simulator)).await?.json().await?;
    let completed: Vec<String> = sqlx::query_scalar(COMPLETED).fetch_all(&stage.owner).await?;
    let born: HashSet<Uuid> = sqlx::query_scalar(BORN).fetch_all(&stage.owner).await?.into_iter().collect();
    let known: HashSet<String> = sqlx::query_scalar(PROFILES).fetch_all(&stage.owner).await?.into_iter().collect();
    let mut by_key: HashMap<(&str, &str), u64> = HashMap::new();
    let mut standing: HashMap<&str, &str> = HashMap::new();
    let mut cases = vec![];
    for effect in &ledger.effects {
        *by_key.entry((&effect.kind, &effect.key)).or_default() += 1;
        match effect.kind.as_str() {
            "create" => standing.insert(&effect.profile_id, &effect.key),
            _ => standing.remove(effect.profile_id.as_str()),
        };
        if effect.key.parse().ok().is_none_or(|job: Uuid| !born.contains(&job)) {
            cases.push(format!("{} under the key {}, which is no job", effect.kind, effect.key));
        }
    }
    cases.extend(
        by_key.iter().filter(|(_, n)| **n > 1).map(|((kind, key), n)| format!("{kind} under {key}: {n} times")),
    );
    let made = completed.iter().filter(|job| by_key.contains_key(&("create", job.as_str()))).count();
    if made < completed.len() && ledger.dropped == 0 {
        cases.push(format!("{} completed jobs made nothing", completed.len() - made));
    }
    let has = |(profile, key): (&&str, &&str)| known.contains(*profile) || known.contains(&format!("made-by:{key}"));
    let forgotten: Vec<_> = standing.iter().filter(|made| !has(*made)).collect();
    let figure = format!(
        "{} effects under distinct keys; {made} of {} completed jobs made their profile; {} profiles that nobody has",
        by_key.len(),
        completed.len(),
        forgotten.len()
    );
    cases.extend(forgotten.iter().map(|(profile, key)| format!("nobody has {profile}, made under {key}")));
    Ok(Finding::none_of("R10", cases, figure, "one effect a key, every key a job, 0 profiles that nobody has"))
}
