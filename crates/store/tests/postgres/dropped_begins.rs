//! sqlx's trap itself: `begin()` dropped half-way leaves `BEGIN` open on a connection that goes back to the pool. Whoever
//! uses the pool past `Store::section` is caught by the net under it.

use crate::stand::{Stand, settings};
use rand::{Rng, SeedableRng, rngs::StdRng};
use sqlx::Row;
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use store::{PoolSettings, Store};
use testkit::Role;

const DROPS: u32 = 10_000;

/// Polls a future so many times, then gives it up.
struct AtMost<F>(Pin<Box<F>>, u32);

impl<F: Future> Future for AtMost<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.1 <= 1 => Poll::Ready(None),
            Poll::Pending => {
                self.1 -= 1;
                Poll::Pending
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_dropped_begins_leave_every_pooled_connection_outside_a_transaction() {
    let stand = Stand::new().await;
    let store = Store::connect(&stand.db.url(Role::Api), PoolSettings { max: 4, ..settings() }).await.unwrap();
    let (mut dice, mut drops) = (StdRng::seed_from_u64(7), 0);
    while drops < DROPS {
        let (polls, whole) = (dice.random_range(1..=3), dice.random_bool(0.2));
        let pool = store.pool().clone();
        let begun = AtMost(Box::pin(async move { pool.begin().await }), polls).await;
        match begun {
            None => drops += 1,
            // One that began is dropped as it is, or looks at the database and rolls back.
            Some(Ok(mut transaction)) if whole => {
                sqlx::query("SELECT 1").execute(&mut *transaction).await.unwrap();
                transaction.rollback().await.unwrap();
            }
            Some(begun) => drop(begun.unwrap()),
        }
    }
    testkit::wait_until("every connection is back or gone", Duration::from_secs(60), async || {
        store.pool().num_idle() == store.pool().size() as usize
    })
    .await;
    let mut held = vec![];
    for _ in 0..4 {
        let mut connection = store.pool().acquire().await.unwrap();
        let asked = sqlx::raw_sql("SELECT statement_timestamp() <> transaction_timestamp() AS inside");
        let inside: bool = sqlx::Executor::fetch_one(&mut *connection, asked).await.unwrap().get("inside");
        assert!(!inside, "a pooled connection is inside a transaction after {drops} drops");
        held.push(connection);
    }
    let open = "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(stand.count(open).await, 0);
}
