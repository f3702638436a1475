//! Production begins read-only. A person opens it with a reason for fifteen minutes, and the reason goes along with every
//! change into the audit trail.

use crate::{
    failure::{Answer, validation},
    ops::lock,
};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    environments::ProductionLock,
    ipc::{Environment, EnvironmentKind, IpcError},
};
use serde_json::Value;
use std::{sync::Mutex, time::Duration};
use tokio::time::Instant;

/// How long it stays open.
pub const OPEN_FOR: Duration = Duration::from_secs(15 * 60);
const REASON_MIN: usize = 3;
/// Leaves most of what a change's own reason may hold.
const REASON_MAX: usize = 120;
const WHOLE_REASON_MAX: usize = 500;

/// Whether changes can be made where they are not harmless.
#[derive(Default)]
pub struct Production {
    open: Mutex<Option<Open>>,
}

struct Open {
    environment_id: String,
    reason: String,
    /// Both clocks: one stands still while the machine sleeps, the other may be set.
    since: Instant,
    since_wall: DateTime<Utc>,
}

impl Production {
    /// Opens an environment. An earlier opening is replaced.
    pub fn open(&self, environment: &Environment, reason: &str, now: DateTime<Utc>) -> Answer<()> {
        let reason = reason.trim();
        let length = reason.chars().count();
        if !(REASON_MIN..=REASON_MAX).contains(&length) {
            return Err(validation("reason", format!("Say why in {REASON_MIN} to {REASON_MAX} characters.")));
        }
        let environment_id = environment.id.clone();
        let open = Open { environment_id, reason: reason.into(), since: Instant::now(), since_wall: now };
        *lock(&self.open) = Some(open);
        Ok(())
    }

    /// Read-only from now on.
    pub fn close(&self) {
        *lock(&self.open) = None;
    }

    /// How an environment stands; `None` where everything may be changed at any time.
    pub fn state(&self, environment: &Environment, now: DateTime<Utc>) -> Option<ProductionLock> {
        if environment.kind != EnvironmentKind::Production {
            return None;
        }
        let open = self.left(environment, now);
        Some(ProductionLock {
            open_for_s: open.as_ref().map(|(left, _)| u32::try_from(left.as_secs()).unwrap_or_default().max(1)),
            reason: open.map(|(_, reason)| reason),
        })
    }

    /// Refuses a change where production is read-only; else adds the reason for which it was opened to the change's own.
    pub fn admit(&self, environment: &Environment, body: &mut Value, now: DateTime<Utc>) -> Answer<()> {
        if environment.kind != EnvironmentKind::Production {
            return Ok(());
        }
        let Some((_, why)) = self.left(environment, now) else {
            return Err(IpcError::ReadOnly {
                message: format!(
                    "{} is read-only. Unlock it at the top of the window. Nothing was sent.",
                    environment.name
                ),
            });
        };
        if let Some(Value::String(reason)) = body.get_mut("reason") {
            let whole = format!("{} [unlocked: {why}]", reason.trim());
            if whole.chars().count() > WHOLE_REASON_MAX {
                let over = whole.chars().count() - WHOLE_REASON_MAX;
                return Err(validation("reason", format!("The reason is too long by {over} characters.")));
            }
            *reason = whole;
        }
        Ok(())
    }

    fn left(&self, environment: &Environment, now: DateTime<Utc>) -> Option<(Duration, String)> {
        let open = lock(&self.open);
        let open = open.as_ref().filter(|open| open.environment_id == environment.id)?;
        let wall = (now - open.since_wall).max(TimeDelta::zero()).to_std().unwrap_or_default();
        let left = OPEN_FOR.checked_sub(open.since.elapsed().max(wall))?;
        (!left.is_zero()).then(|| (left, open.reason.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const REASON: &str = "ticket 4711";

    fn environment(id: &str, kind: EnvironmentKind) -> Environment {
        Environment {
            id: id.into(),
            name: "Production EU".into(),
            kind,
            api_url: "https://api.example.com".into(),
            authority: None,
        }
    }

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
    }

    fn admitted(production: &Production, environment: &Environment, now: DateTime<Utc>) -> Answer<Value> {
        let mut body = json!({"reason": " Asked by phone ", "run_at": null});
        production.admit(environment, &mut body, now).map(|()| body)
    }

    #[tokio::test(start_paused = true)]
    async fn production_begins_read_only_and_the_reason_for_opening_it_goes_along() {
        let (production, eu) = (Production::default(), environment("eu", EnvironmentKind::Production));
        assert!(matches!(admitted(&production, &eu, noon()), Err(IpcError::ReadOnly { .. })));
        assert_eq!(production.state(&eu, noon()).expect("is production").open_for_s, None);
        production.open(&eu, REASON, noon()).expect("opens");
        let body = admitted(&production, &eu, noon()).expect("is admitted");
        assert_eq!(body["reason"], "Asked by phone [unlocked: ticket 4711]");
        let state = production.state(&eu, noon()).expect("is production");
        assert_eq!((state.open_for_s, state.reason.as_deref()), (Some(900), Some(REASON)));
        let us = environment("us", EnvironmentKind::Production);
        assert!(admitted(&production, &us, noon()).is_err(), "another one");
        production.close();
        assert!(admitted(&production, &eu, noon()).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn it_closes_after_fifteen_minutes_by_either_clock() {
        let (production, eu) = (Production::default(), environment("eu", EnvironmentKind::Production));
        production.open(&eu, REASON, noon()).expect("opens");
        let later = noon() + TimeDelta::seconds(899);
        assert!(admitted(&production, &eu, later).is_ok());
        assert!(admitted(&production, &eu, later + TimeDelta::seconds(1)).is_err(), "the machine slept");
        assert!(admitted(&production, &eu, noon() - TimeDelta::hours(1)).is_ok(), "a clock set back is no longer time");
        tokio::time::advance(OPEN_FOR).await;
        assert!(admitted(&production, &eu, noon()).is_err());
    }

    #[tokio::test]
    async fn elsewhere_nothing_is_locked_and_nothing_is_added() {
        let production = Production::default();
        for kind in [EnvironmentKind::Local, EnvironmentKind::Staging] {
            let body = admitted(&production, &environment("x", kind), noon()).expect("is admitted");
            assert_eq!(body["reason"], " Asked by phone ");
            assert_eq!(production.state(&environment("x", kind), noon()), None);
        }
    }

    #[tokio::test]
    async fn a_reason_is_wanted_and_both_must_fit() {
        let (production, eu) = (Production::default(), environment("eu", EnvironmentKind::Production));
        for bad in ["", " ab ", &"x".repeat(121)] {
            assert!(production.open(&eu, bad, noon()).is_err(), "{bad}");
        }
        production.open(&eu, &"w".repeat(120), noon()).expect("opens");
        let mut body = json!({"reason": "r".repeat(400)});
        let refused = production.admit(&eu, &mut body, noon());
        assert!(matches!(refused, Err(IpcError::Validation { .. })), "{refused:?}");
    }
}
