//! Waiting for a condition instead of sleeping.

use std::{
    panic::Location,
    time::{Duration, Instant},
};

const POLL_FIRST: Duration = Duration::from_millis(2);
const POLL_MOST: Duration = Duration::from_millis(50);

/// Returns when `condition` answers true; asks every 2 to 50 ms.
///
/// # Panics
/// After `limit`, naming `what` and the line that waited.
#[track_caller]
pub fn wait_until<F>(what: &str, limit: Duration, mut condition: impl FnMut() -> F) -> impl Future<Output = ()>
where
    F: Future<Output = bool>,
{
    wait_for(what, limit, move || {
        let asked = condition();
        async move { asked.await.then_some(()) }
    })
}

/// Returns the first value that `look` finds; asks every 2 to 50 ms.
///
/// # Panics
/// As [`wait_until`].
#[track_caller]
pub fn wait_for<T, F>(what: &str, limit: Duration, mut look: impl FnMut() -> F) -> impl Future<Output = T>
where
    F: Future<Output = Option<T>>,
{
    let caller = Location::caller();
    async move {
        let begun = Instant::now();
        let mut pause = POLL_FIRST;
        let mut looks = 0_u32;
        loop {
            looks += 1;
            // A look that hangs (a lost connection, a lock) must not outlive the limit silently.
            let left = limit.saturating_sub(begun.elapsed()).max(POLL_FIRST);
            match tokio::time::timeout(left, look()).await {
                Ok(Some(found)) => return found,
                Ok(None) if begun.elapsed() < limit => {}
                Ok(None) => panic!("{caller}: waited {limit:?} in vain, looking {looks} times, until {what}"),
                Err(_) => panic!("{caller}: waited {limit:?} in vain until {what}; the last look never answered"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(POLL_MOST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn waiting_ends_when_the_condition_holds() {
        let looks = Cell::new(0);
        let found = wait_for("three looks", Duration::from_secs(5), || {
            looks.set(looks.get() + 1);
            let looks = looks.get();
            async move { (looks == 3).then_some(looks) }
        });
        assert_eq!(found.await, 3);
    }

    #[tokio::test]
    #[should_panic(expected = "wait.rs")]
    async fn waiting_in_vain_names_the_line() {
        wait_until("pigs fly", Duration::from_millis(10), async || false).await;
    }

    #[tokio::test]
    #[should_panic(expected = "until pigs fly; the last look never answered")]
    async fn a_look_that_hangs_is_given_up() {
        wait_until("pigs fly", Duration::from_millis(10), std::future::pending).await;
    }
}
