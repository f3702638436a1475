//! Plans that wait for a second person, for whoever is signed in.

use crate::{failure::Answer, ops::Ops};
use contract::bulk::BulkApprovals;

/// Those that this person may approve, and those of theirs that wait for a colleague.
pub async fn read(ops: &Ops) -> Answer<BulkApprovals> {
    let account = ops.account()?;
    let me = account.staff().id;
    let mut waiting = ops.read(|model| async move { model.bulk_approvals(me).await }).await?;
    // Until the API has said what this person may do, nothing is theirs to approve.
    let access = account.access();
    waiting.yours.retain(|plan| access.as_ref().is_some_and(|access| access.may_approve(plan.action)));
    Ok(waiting)
}
