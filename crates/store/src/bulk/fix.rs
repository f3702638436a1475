//! A plan that applies fixes: each item is the fix that its verdict offered when it was planned, on exactly what it was seen as.

use super::{
    item::{BulkItem, ItemEnd, ItemFailure, end, fence, take},
    run::BulkRun,
};
use crate::{Store, StoreError, engine::Lease, fixes, fixes::FixOrder};
use sqlx::PgConnection;

impl Store {
    /// Executes an item by its fix, as [`Store::run_bulk_item`] does the others. `order` is what the rules planned on the case as
    /// it is now; where that is not what the plan says, or no longer true under the locks, the item fails as moved and nothing is
    /// written.
    ///
    /// # Errors
    /// As [`Store::run_bulk_item`].
    pub async fn run_bulk_fix(
        &self,
        lease: &Lease,
        run: &BulkRun,
        item: BulkItem,
        order: FixOrder,
    ) -> Result<ItemEnd, StoreError> {
        let (held, run_of) = (lease.clone(), run.clone());
        let tried = self
            .step("bulk", move |tx| {
                let (lease, run, order) = (held.clone(), run_of.clone(), order.clone());
                Box::pin(async move { execute(tx, &lease, &run, item, &order).await })
            })
            .await;
        self.told(lease, run, item, tried).await
    }

    /// Ends an item without trying it. `why`: for people, a sentence; 500 characters are kept.
    ///
    /// # Errors
    /// As [`Store::run_bulk_item`].
    pub async fn fail_bulk_item(
        &self,
        lease: &Lease,
        run: &BulkRun,
        item: BulkItem,
        failure: ItemFailure,
        why: String,
    ) -> Result<ItemEnd, StoreError> {
        self.write_failure(lease, run, item, failure.code(), why).await
    }
}

async fn execute(
    tx: &mut PgConnection,
    lease: &Lease,
    run: &BulkRun,
    item: BulkItem,
    order: &FixOrder,
) -> Result<ItemEnd, StoreError> {
    if !take(tx, run.plan_id, item.seq).await? {
        return Ok(ItemEnd::Already);
    }
    if !is_as_planned(item, order) {
        return Err(StoreError::CaseMoved);
    }
    let fixed = fixes::carry_out(tx, order, &run.command).await?;
    fence(tx, lease).await?;
    end(tx, run.plan_id, item.seq, "done", "done", &fixed.words()).await?;
    fixed.audit(tx, order, &run.command).await?;
    Ok(ItemEnd::Done)
}

/// The same fix, of the same user and job in the same versions.
fn is_as_planned(item: BulkItem, order: &FixOrder) -> bool {
    let user = item.user_id.zip(item.user_version.map(i32::unsigned_abs));
    let job = item.job_id.zip(item.job_version.map(i32::unsigned_abs));
    item.fix == Some(order.fix) && user == order.user && job == order.job
}
