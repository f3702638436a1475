//! A limit on silence: work on a connection goes on for as long as something comes from it.

use std::{
    future::{Future, poll_fn},
    io,
    pin::pin,
    task::Poll,
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// A timer that is later than this tells of a process that was stopped or starved: the silence was its own.
const LATE: Duration = Duration::from_secs(1);

/// Nothing came for longer than the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Silent;

impl From<Silent> for sqlx::Error {
    fn from(_: Silent) -> Self {
        Self::Io(io::Error::new(io::ErrorKind::TimedOut, "the database connection fell silent"))
    }
}

/// Whether it was silence: asking another connection at once would only wait as long again.
pub(crate) fn is_silence(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// Runs `work` to its end unless nothing wakes it for longer than `limit`.
///
/// # Errors
/// [`Silent`]; `work` is dropped where it stood, and the connection that it used must be closed.
pub(crate) async fn heard<F: Future>(limit: Duration, work: F) -> Result<F::Output, Silent> {
    let mut work = pin!(work);
    let mut timer = pin!(sleep(limit));
    let mut moved = Instant::now();
    poll_fn(move |context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Ok(done));
        }
        let mut woken_by_timer = false;
        while timer.as_mut().poll(context).is_ready() {
            woken_by_timer = true;
            let (now, due) = (Instant::now(), moved + limit);
            if now >= due + LATE {
                moved = now;
            } else if now >= due {
                return Poll::Ready(Err(Silent));
            }
            timer.as_mut().reset(moved + limit);
        }
        if !woken_by_timer {
            moved = Instant::now();
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    const LIMIT: Duration = Duration::from_secs(9);

    #[tokio::test(start_paused = true)]
    async fn work_that_moves_may_take_as_long_as_it_likes() {
        let moving = async {
            for _ in 0..20 {
                sleep(LIMIT - LATE).await;
            }
            "done"
        };
        assert_eq!(heard(LIMIT, moving).await, Ok("done"));
        assert_eq!(heard(LIMIT, ready(1)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_falls_silent_is_given_up() {
        let begun = Instant::now();
        let silent = async {
            sleep(LIMIT / 2).await;
            pending::<()>().await;
        };
        assert_eq!(heard(LIMIT, silent).await, Err(Silent));
        assert!(begun.elapsed() >= LIMIT / 2 + LIMIT, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_while_the_process_was_stopped_counts() {
        let work = async {
            sleep(LIMIT - LATE).await;
            sleep(LIMIT - LATE).await;
        };
        let mut work = pin!(heard(LIMIT, work));
        assert!(futures_util::poll!(work.as_mut()).is_pending());
        tokio::time::advance(LIMIT * 3).await;
        assert_eq!(work.await, Ok(()));
    }
}
