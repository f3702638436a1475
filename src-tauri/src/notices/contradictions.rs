//! Tells of new contradictions, for who has asked for it in Settings. What was there when the window began is not news.

use super::{place, show, words};
use crate::ops::Ops;
use contract::triage::Contradiction;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tracing::warn;

/// Time alone makes things overdue; and what a restart upsets together is told together.
const EVERY: Duration = Duration::from_secs(10);
const LINES: u32 = 100;

/// Looks for as long as the window lives.
pub async fn tell(ops: Arc<Ops>) {
    let mut known: Option<(String, BTreeSet<String>)> = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let session = ops.session().filter(|_| ops.preferences.get().notify_contradictions);
        let Some(session) = session else {
            known = None;
            continue;
        };
        let live = &ops.live;
        let page = ops.read(|model| async move { live.contradictions(&model, None, LINES).await }).await;
        let Ok(page) = page else { continue };
        let now: BTreeSet<String> = page.rows.iter().map(name).collect();
        let before = known.replace((session.environment.id.clone(), now.clone()));
        let Some((_, before)) = before.filter(|(environment, _)| *environment == session.environment.id) else {
            continue;
        };
        let news = news(&before, &now);
        if news > 0
            && let Err(problem) = show(&ops, words::of_contradictions(&place(&ops), news, page.count)).await
        {
            warn!("A notification was not shown: {problem}");
        }
    }
}

/// What makes a line the same line: whom it is about and why.
fn name(line: &Contradiction) -> String {
    format!("{:?} {:?} {:?} {}", line.user_id, line.job_id, line.queue, line.verdict.cause)
}

fn news(before: &BTreeSet<String>, now: &BTreeSet<String>) -> usize {
    now.difference(before).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_not_there_is_news() {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(news(&set(&["a", "b"]), &set(&["b", "a"])), 0);
        assert_eq!(news(&set(&["a", "b"]), &set(&["a"])), 0, "one that is gone");
        assert_eq!(news(&set(&["a"]), &set(&["b", "c"])), 2);
    }
}
