//! What was acknowledged against what is there: R1, R2, R7, R34.

use super::lines;
use crate::{
    load::{Load, ack_log::Ack},
    report::Finding,
    stage::Stage,
};
use anyhow::Result;
use std::{
    collections::{HashMap, HashSet},
    sync::atomic::Ordering,
};
use uuid::Uuid;

/// How much a run must have done for its zeros to count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Enough {
    /// Acknowledgements.
    pub acks: u64,
    /// Kills.
    pub kills: u64,
    /// Jobs.
    pub jobs: u64,
    /// Faults.
    pub faults: u64,
}

const RECEIPTS: &str = "SELECT actor_id, key, count(*) FROM command_receipts GROUP BY 1, 2";
const AUDITS: &str = "SELECT staff_id, split_part(reason, ' ', 2), count(*) FROM chaos.audits \
    WHERE reason LIKE 'chaos %' GROUP BY 1, 2";
const BORN: &str = "SELECT job_id FROM chaos.born";
/// A change by a person and its audit row are in one transaction, one for one. A cancel of running work moves the user
/// only later, by the worker; a retry moves the user as well.
const AUDIT_GAPS: &str = "\
    SELECT format('user %s moved from %s to %s by %s with %s audit rows in its transaction', m.user_id, m.from_status, \
      m.to_status, m.app, n) \
    FROM chaos.moves m, LATERAL (SELECT count(*) AS n FROM chaos.audits a WHERE a.xid = m.xid AND a.user_id = m.user_id) audits \
    WHERE m.app LIKE 'api-%' AND n <> 1 \
    UNION ALL \
    SELECT format('audit row %s says %s of user %s from %s to %s, and its transaction moved nothing', a.id, a.action, a.user_id, \
      a.before_state, a.after_state) \
    FROM chaos.audits a WHERE a.action IN ('demo_mode.enable', 'demo_mode.disable', 'demo_mode.dismiss') \
      AND NOT EXISTS (SELECT FROM chaos.moves m WHERE m.xid = a.xid AND m.user_id = a.user_id)";
const STATES: &str = "SELECT id, demo_mode_status FROM users WHERE email LIKE 'customer%'";

/// All of them.
pub async fn judge(stage: &Stage, load: &Load, kills: u64, enough: Enough) -> Result<Vec<Finding>> {
    let log = load.log.read()?;
    let receipts = by_key(sqlx::query_as(RECEIPTS).fetch_all(&stage.owner).await?);
    let audits = by_key(sqlx::query_as(AUDITS).fetch_all(&stage.owner).await?);
    let born: HashSet<Uuid> = sqlx::query_scalar(BORN).fetch_all(&stage.owner).await?.into_iter().collect();
    let mut lost = vec![];
    let mut wrong = vec![];
    let mut acks = 0_u64;
    for ack in &log {
        match ack {
            Ack::Staff { staff, key, action, target } => {
                acks += 1;
                let at = (*staff, key.clone());
                let (receipt, audit) = (count(&receipts, &at), count(&audits, &at));
                if receipt == 0 || audit == 0 {
                    lost.push(format!("{action} of {target} under {key}: {receipt} receipts, {audit} audit rows"));
                } else if receipt > 1 || audit > 1 {
                    wrong.push(format!("{action} of {target} under {key}: {receipt} receipts, {audit} audit rows"));
                }
            }
            Ack::StaffRefused { staff, key, status } => {
                if count(&audits, &(*staff, key.clone())) > 0 {
                    wrong.push(format!("{key} was refused with {status} and is in the audit trail"));
                }
            }
            Ack::Customer { user, action, job } => {
                acks += 1;
                if job.is_some_and(|job| !born.contains(&job)) {
                    lost.push(format!("{action} of {user}: job {job:?} is not there"));
                }
            }
            Ack::Jobs { ids } => {
                acks += 1;
                lost.extend(ids.iter().filter(|id| !born.contains(id)).map(|id| format!("job {id} is not there")));
            }
            Ack::Wish { .. } => {}
        }
    }
    let split = load.split_answers.load(Ordering::Relaxed);
    let unresolved = load.unresolved.load(Ordering::Relaxed);
    wrong
        .extend((split > 0).then(|| format!("{split} times one of three equal requests was done and another refused")));
    wrong.extend((unresolved > 0).then(|| format!("{unresolved} commands never became known")));
    wrong.extend(audits.iter().filter(|(_, n)| **n > 1).map(|((_, key), n)| format!("{key} was done {n} times")));
    let unknown = load.client.counts.unknown.load(Ordering::Relaxed);
    let repeated = load.repeated.load(Ordering::Relaxed);
    let enough_done = acks >= enough.acks && kills >= enough.kills;
    let mut r1 = Finding::none_of(
        "R1",
        lost,
        format!("{acks} acknowledged, {kills} kills"),
        format!("0 lost of at least {} under at least {} kills", enough.acks, enough.kills),
    );
    if !enough_done {
        r1.verdict = crate::report::Verdict::Missed;
        r1.cases.push("the run did too little to count".into());
    }
    let gaps = lines(stage, AUDIT_GAPS).await?;
    Ok(vec![
        r1,
        Finding::none_of(
            "R2",
            wrong,
            format!(
                "{} staff commands, {unknown} outcomes unknown at first, {repeated} sent three times at once",
                receipts.len()
            ),
            "0 doubled, 0 lost, 0 split answers",
        ),
        intents(stage, &log).await?,
        Finding::none_of(
            "R34",
            gaps,
            format!("{} audit rows of staff", audits.len()),
            "one a change, in its transaction",
        ),
    ])
}

type Keyed = HashMap<(Uuid, String), i64>;

fn by_key(rows: Vec<(Uuid, String, i64)>) -> Keyed {
    rows.into_iter().map(|(staff, key, count)| ((staff, key), count)).collect()
}

fn count(known: &Keyed, at: &(Uuid, String)) -> i64 {
    known.get(at).copied().unwrap_or_default()
}

/// A customer's last wish is what they have, or they are told that it failed. A wish that was never answered may or may
/// not have arrived.
async fn intents(stage: &Stage, log: &[Ack]) -> Result<Finding> {
    let mut last: HashMap<Uuid, (bool, bool)> = HashMap::new();
    let mut bursts = 0;
    for ack in log {
        match ack {
            Ack::Wish { user, on } => {
                bursts += 1;
                last.insert(*user, (*on, false));
            }
            Ack::Customer { user, .. } => {
                if let Some((_, acked)) = last.get_mut(user) {
                    *acked = true;
                }
            }
            _ => {}
        }
    }
    let states: HashMap<Uuid, String> = sqlx::query_as(STATES).fetch_all(&stage.owner).await?.into_iter().collect();
    let wrong = last.iter().filter(|(_, (_, acked))| *acked).filter_map(|(user, (on, _))| {
        let state = states.get(user).map_or("nobody", String::as_str);
        let wanted = if *on { "enabled" } else { "disabled" };
        (state != wanted && state != "failed").then(|| format!("user {user} wished {wanted} and is {state}"))
    });
    let stuck = states.values().filter(|state| matches!(state.as_str(), "enabling" | "disabling")).count();
    let mut cases: Vec<_> = wrong.collect();
    cases.extend((stuck > 0).then(|| format!("{stuck} users are stuck in between")));
    Ok(Finding::none_of("R7", cases, format!("{bursts} wishes of {} customers", last.len()), "0 wrong, 0 stuck"))
}
