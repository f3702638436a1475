//! What can be run, by name.

mod access;
mod acks;
mod clocks;
mod commands;
mod crash;
mod disk;
mod hints;
mod mixed;
mod poison;
mod postgres;
mod rate;
mod restore;
mod stale;
mod storm;

use crate::{report::Finding, settings::Settings, stage::Template};
use anyhow::{Result, bail};
use std::time::Duration;

/// Every scenario, in the order in which they run.
pub const ALL: [&str; 12] = [
    "storm", "stale", "acks", "crash", "postgres", "commands", "access", "poison", "hints", "clocks", "disk", "restore",
];

/// Every failpoint that scenarios arm themselves.
#[cfg(test)]
pub fn points() -> impl Iterator<Item = &'static str> {
    stale::points().chain(access::points())
}

/// What a scenario is given.
pub struct Context<'a> {
    /// How the run was asked for.
    pub settings: &'a Settings,
    /// The database to begin with.
    pub template: &'a Template,
}

impl Context<'_> {
    /// A length: `short_s` seconds in the short size, this share of the whole in the long one.
    pub fn length(&self, short_s: u64, share: f64) -> Duration {
        if self.settings.short {
            return Duration::from_secs(short_s);
        }
        Duration::from_secs_f64((self.settings.minutes * 60.0 * share).max(5.0))
    }

    /// Jobs of one drain when speeds are compared, and the share of the speed before that counts as the same. A drain of
    /// the short size takes half a second, in which whatever else the machine does shows: it only finds a gross loss.
    pub fn speed(&self, promised: f64) -> (u64, f64) {
        if self.settings.short { (1_500, 0.3) } else { (10_000, promised) }
    }

    /// What a wait may take beyond its promise before it counts. The short size runs where others work too: there it finds
    /// what waits for a lost message or a lost turn, which takes far longer.
    pub const fn slack(&self) -> Duration {
        if self.settings.short { Duration::from_secs(3) } else { Duration::from_millis(500) }
    }

    /// A bar that counts: what the promise asks of the long size, or the short size's own.
    pub fn bar(&self, short: u64, long: u64) -> u64 {
        share_of(self.settings, short, long)
    }
}

/// The short size's own number, or the long size's: promised for the default of 25 minutes, and a shorter run is asked for its
/// share.
pub fn share_of(settings: &Settings, short: u64, long: u64) -> u64 {
    if settings.short {
        return short;
    }
    let share = (settings.minutes / 25.0).min(1.0);
    // A bar is a count of thousands at most: the conversion is exact enough.
    Duration::from_secs_f64(Duration::from_secs(long).as_secs_f64() * share).as_secs()
}

/// Runs one; its findings carry its name.
pub async fn run(name: &str, context: &Context<'_>) -> Result<Vec<Finding>> {
    let found = match name {
        "storm" => storm::run(context).await,
        "stale" => stale::run(context).await,
        "acks" => acks::run(context).await,
        "crash" => crash::run(context).await,
        "postgres" => postgres::run(context).await,
        "commands" => commands::run(context).await,
        "access" => access::run(context).await,
        "poison" => poison::run(context).await,
        "hints" => hints::run(context).await,
        "clocks" => clocks::run(context).await,
        "disk" => disk::run(context).await,
        "restore" => restore::run(context).await,
        other => bail!("there is no scenario {other}: use one of {}", ALL.join(", ")),
    };
    Ok(found?.into_iter().map(|finding| Finding { scenario: name.to_owned(), ..finding }).collect())
}
