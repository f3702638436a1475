//! A plan on cases: what the verdict on each of many offers, as of one moment.

use super::choose::{Chosen, ChosenItem};
use crate::{ReadError, ReadModel, history::History, triage};
use contract::{
    bulk::{BULK_ITEMS_MAX, CaseFilter},
    state_machine::{BulkAction, BulkTarget, triage::diagnose},
};
use sqlx::PgConnection;
use uuid::Uuid;

impl ReadModel {
    /// The cases that stand in the list of contradictions, or would if it were longer, and that `filter` lets through: as many
    /// as a plan may hold.
    ///
    /// # Errors
    /// [`ReadError::BadFilter`] where the action is not on cases; otherwise as every read.
    pub async fn choose_cases(&self, action: BulkAction, filter: CaseFilter) -> Result<Chosen, ReadError> {
        super::choose::is_on(action, BulkTarget::Case, "cases")?;
        let history = self.history.clone();
        let (items, or_more) = self
            .snapshot(move |connection| {
                Box::pin(async move {
                    let standing = triage::standing(connection, &history, BULK_ITEMS_MAX.into()).await?;
                    let (mut ids, or_more) = standing.cases(filter);
                    let or_more = or_more || ids.len() > BULK_ITEMS_MAX as usize;
                    ids.truncate(BULK_ITEMS_MAX as usize);
                    Ok((outlook(connection, &history, action, &ids).await?, or_more))
                })
            })
            .await?;
        let words = |word: &str| word.replace('_', " ");
        let source =
            format!("all cases of “{}” whose fix is “{}”", words(filter.cause.as_str()), words(filter.fix.as_str()));
        Ok(Chosen { action, source, or_more, items })
    }
}

/// What is to be expected of the cases that there are, in no order.
pub(super) async fn outlook(
    connection: &mut PgConnection,
    history: &History,
    action: BulkAction,
    ids: &[Uuid],
) -> Result<Vec<ChosenItem>, ReadError> {
    let mut items = Vec::with_capacity(ids.len());
    for (target_id, case) in triage::cases(connection, history, ids).await? {
        let verdict = diagnose(&case.facts);
        items.extend(action.outlook_of_case(&case.facts, &verdict).map(|outlook| ChosenItem {
            target_id,
            job: case.job_id.zip(case.job_version),
            user: case.user_id.map(|user_id| (user_id, case.user_version)),
            now: verdict.fix.filter(|_| outlook.fix.is_some()).map(|offer| offer.preview.now),
            outlook,
        }));
    }
    Ok(items)
}
