//! A staff person at work on customers of their own and on customers that several share. Every command carries a key and
//! the version that was seen; while its outcome is unknown it is repeated under the same key.

use super::{
    Load,
    ack_log::Ack,
    client::{Outcome, Request},
    people,
};
use crate::dice::Dice;
use anyhow::Result;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// What a person sees of a customer before they decide.
const LOOK: &str = "SELECT u.demo_mode_status, u.demo_mode_version, u.demo_profile_id IS NOT NULL, j.id, j.version, j.status \
    FROM users u LEFT JOIN background_jobs j ON j.id = u.demo_mode_job_id WHERE u.id = $1";

type Seen = (String, i32, bool, Option<Uuid>, Option<i32>, Option<String>);

/// A command as it was decided.
struct Decided {
    path: String,
    action: &'static str,
    target: Uuid,
    version: i32,
    body: serde_json::Value,
}

/// Plays one person until the load ends; then an unknown command is still repeated until it is known.
pub async fn play(load: Load, person: usize, mut dice: Dice) -> Result<()> {
    let token = people::staff_token(person);
    while !load.ended() {
        load.pause(dice.between(10, 150)).await;
        // Some customers are everybody's.
        let number = if dice.chance(0.2) { 300 + dice.index(10) } else { 200 + person * 10 + dice.index(10) };
        let user = people::user(number);
        let seen: sqlx::Result<Seen> = sqlx::query_as(LOOK).bind(user).fetch_one(&load.owner).await;
        let Ok(seen) = seen else { continue };
        let key = dice.key();
        let Some(decided) = decide(user, &seen, &key, &mut dice) else { continue };
        let request = Request {
            path: decided.path.clone(),
            token: &token,
            key: Some(&key),
            version: Some(decided.version),
            body: Some(decided.body.clone()),
        };
        let outcome = if dice.chance(0.25) {
            thrice(&load, &request).await?
        } else {
            load.client.send(dice.index(2), &request).await
        };
        settle(&load, person, &decided, &request, outcome).await?;
    }
    Ok(())
}

fn decide(user: Uuid, seen: &Seen, key: &str, dice: &mut Dice) -> Option<Decided> {
    let (status, version, has_profile, job, job_version, job_status) = seen;
    let reason = format!("chaos {key}");
    let on_user = |action: &'static str| {
        let mut body = json!({ "reason": reason });
        if action == "enable" {
            body["profile"] = json!({ "preset": "rising_creator" });
        }
        Decided {
            path: format!("/staff/users/{user}/demo-mode/{action}"),
            action,
            target: user,
            version: *version,
            body,
        }
    };
    let action = match status.as_str() {
        "disabled" => "enable",
        "enabled" => "disable",
        "failed" if *has_profile => "disable",
        "failed" => match (job, job_version, job_status.as_deref()) {
            (Some(job), Some(version), Some("failed")) if dice.chance(0.5) => {
                let body = json!({ "reason": reason });
                let path = format!("/staff/jobs/{job}/retry");
                return Some(Decided { path, action: "retry", target: *job, version: *version, body });
            }
            _ => ["enable", "dismiss"][dice.index(2)],
        },
        _ if dice.chance(0.15) => "cancel",
        _ => return None,
    };
    Some(on_user(action))
}

/// The same command three times at once, as a double click and an impatient proxy would: all must get the same answer.
async fn thrice(load: &Load, request: &Request<'_>) -> Result<Outcome> {
    let (a, b, c) =
        tokio::join!(load.client.send(0, request), load.client.send(1, request), load.client.send(0, request));
    let outcomes = [a, b, c];
    let done = outcomes.iter().find(|outcome| matches!(outcome, Outcome::Done(_)));
    if done.is_some() && outcomes.iter().any(|outcome| matches!(outcome, Outcome::Refused(..))) {
        load.split_answers.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
    load.repeated.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let first = outcomes.iter().find(|outcome| !matches!(outcome, Outcome::Unknown)).cloned();
    Ok(done.cloned().or(first).unwrap_or(Outcome::Unknown))
}

/// Repeats under the same key until the outcome is known, and writes it down.
async fn settle(load: &Load, person: usize, decided: &Decided, request: &Request<'_>, first: Outcome) -> Result<()> {
    let staff = people::staff(person);
    let key = request.key.unwrap_or_default().to_owned();
    let mut outcome = first;
    let mut api = 0;
    loop {
        match outcome {
            Outcome::Done(_) => {
                let (action, target) = (decided.action.to_owned(), decided.target);
                return load.log.write(&Ack::Staff { staff, key, action, target }).await;
            }
            Outcome::Refused(status, _) => return load.log.write(&Ack::StaffRefused { staff, key, status }).await,
            Outcome::Unknown => {
                if load.given_up() {
                    load.unresolved.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
                api += 1;
                outcome = load.client.send(api, request).await;
            }
        }
    }
}
