//! A customer who wishes demo mode on, then off, and so on. A customer's requests carry no key: the same wish twice is
//! one operation.

use super::{
    Load,
    ack_log::Ack,
    client::{Outcome, Request},
    people,
};
use crate::dice::Dice;
use anyhow::Result;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A request without an answer may still be under way for this long; an opposite wish waits until it cannot arrive.
const UNKNOWN_MAX: Duration = Duration::from_secs(12);

struct Customer {
    number: usize,
    wish: Option<bool>,
    not_before: Option<Instant>,
}

/// Plays the customers of `numbers`, one request at a time, until the load ends.
pub async fn play(load: Load, numbers: std::ops::Range<usize>, mut dice: Dice) -> Result<()> {
    let mut customers: Vec<_> = numbers.map(|number| Customer { number, wish: None, not_before: None }).collect();
    while !load.ended() {
        let index = dice.index(customers.len());
        load.pause(dice.between(10, 120)).await;
        step(&load, &mut customers[index], &mut dice).await?;
    }
    Ok(())
}

async fn step(load: &Load, customer: &mut Customer, dice: &mut Dice) -> Result<()> {
    let token = people::user_token(customer.number);
    let api = dice.index(2);
    let Outcome::Done(now) = load.client.send(api, &ask(&token, "status", None)).await else { return Ok(()) };
    let status = now["status"].as_str().unwrap_or_default().to_owned();
    let reached = match customer.wish {
        None => true,
        Some(on) => status == if on { "enabled" } else { "disabled" },
    };
    if reached || status == "failed" {
        if customer.not_before.is_some_and(|at| at > Instant::now()) {
            return Ok(());
        }
        let on = match status.as_str() {
            "enabled" => false,
            "failed" => now["profile_id"].is_null(),
            _ => true,
        };
        customer.not_before = None;
        customer.wish = Some(on);
        load.log.write(&Ack::Wish { user: people::user(customer.number), on }).await?;
    }
    let (action, body) = match (customer.wish, status.as_str()) {
        (Some(true), "disabled" | "failed") => ("enable", json!({ "profile": { "preset": preset(dice) } })),
        (Some(false), "enabled" | "failed") => ("disable", json!({})),
        _ => return Ok(()),
    };
    match load.client.send(dice.index(2), &ask(&token, action, Some(body))).await {
        Outcome::Done(answer) => {
            let ack = Ack::Customer {
                user: people::user(customer.number),
                action: action.to_owned(),
                job: answer["job_id"].as_str().and_then(|id| id.parse().ok()),
            };
            load.log.write(&ack).await?;
        }
        Outcome::Unknown => customer.not_before = Some(Instant::now() + UNKNOWN_MAX),
        Outcome::Refused(..) => {}
    }
    Ok(())
}

fn ask<'a>(token: &'a str, word: &str, body: Option<Value>) -> Request<'a> {
    Request { path: format!("/demo/{word}"), token, body, ..Request::default() }
}

fn preset(dice: &mut Dice) -> &'static str {
    ["mid_tier_creator", "rising_creator", "established_brand", "local_business", "agency_roster"][dice.index(5)]
}
