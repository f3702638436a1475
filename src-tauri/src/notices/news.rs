//! Tells of what newly needs this person, for who has asked for it in Settings: contradictions, and plans that wait for their
//! approval. What was there when the window began is not news.

use super::{Notice, place, show, words};
use crate::{approvals, ops::Ops};
use contract::triage::Contradiction;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tracing::{info, warn};

/// Time alone makes things overdue; and what a restart upsets together is told together.
const EVERY: Duration = Duration::from_secs(10);
const LINES: u32 = 100;

/// Looks for as long as the window lives.
pub async fn tell(ops: Arc<Ops>) {
    let (mut contradictions, mut plans) = (Known::default(), Known::default());
    loop {
        tokio::time::sleep(EVERY).await;
        let session = ops.session().filter(|_| ops.preferences.get().notify_contradictions);
        let Some(session) = session else {
            (contradictions, plans) = (Known::default(), Known::default());
            continue;
        };
        let whose = format!("{} {}", session.environment.id, session.account.staff().id);
        let live = &ops.live;
        let page = ops.read(|model| async move { live.contradictions(&model, None, LINES).await }).await;
        if let Ok(page) = page {
            let news = contradictions.news(&whose, page.rows.iter().map(name).collect());
            if !news.is_empty() {
                say(&ops, words::of_contradictions(&place(&ops), news.len(), page.count)).await;
            }
        }
        if let Ok(waiting) = approvals::read(&ops).await {
            if !plans.knows(&whose) {
                info!("Plans that newly wait for this person are told from now on");
            }
            let news = plans.news(&whose, waiting.yours.iter().map(|plan| plan.id).collect());
            if !news.is_empty() {
                say(&ops, words::of_approvals(&place(&ops), &news, waiting.yours.len())).await;
            }
        }
    }
}

async fn say(ops: &Arc<Ops>, notice: Notice) {
    if let Err(problem) = show(ops, notice).await {
        warn!("A notification was not shown: {problem}");
    }
}

/// What makes a line the same line: whom it is about and why.
fn name(line: &Contradiction) -> String {
    format!("{:?} {:?} {:?} {}", line.user_id, line.job_id, line.queue, line.verdict.cause)
}

/// What was there at the last look, and for whom.
struct Known<T>(Option<(String, BTreeSet<T>)>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Ord + Clone> Known<T> {
    /// Something was seen for these people before.
    fn knows(&self, whose: &str) -> bool {
        self.0.as_ref().is_some_and(|(before, _)| before == whose)
    }

    /// What was not there at the last look; nothing at the first one for these people.
    fn news(&mut self, whose: &str, now: BTreeSet<T>) -> Vec<T> {
        let known = self.knows(whose);
        let before = self.0.replace((whose.to_owned(), now.clone())).filter(|_| known);
        before.map_or_else(Vec::new, |(_, before)| now.difference(&before).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_not_there_is_news() {
        let mut known = Known::default();
        let mut look = |whose: &str, names: &[&'static str]| known.news(whose, names.iter().copied().collect());
        assert!(look("dana", &["a", "b"]).is_empty(), "what was there at the beginning");
        assert!(look("dana", &["b", "a"]).is_empty());
        assert!(look("dana", &["a"]).is_empty(), "one that is gone");
        assert_eq!(look("dana", &["b", "c"]), ["b", "c"]);
        assert!(look("eli", &["b", "d"]).is_empty(), "somebody else begins anew");
        assert_eq!(look("eli", &["b", "d", "e"]), ["e"]);
    }
}
