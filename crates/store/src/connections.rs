//! The pool's connections, each call on them with a limit of our own.
//!
//! sqlx waits for an answer without end, and a connection whose other side vanished without a word keeps its place in the
//! pool for ever. So a call is given up when the connection has been silent for longer than the server lets any statement
//! of ours run, and then the connection is closed, never used again. Whoever takes one without giving it back closes it too.

use crate::{
    StoreError,
    error::is_lost,
    pool::{Losses, OUTSIDE},
    silence::{Silent, heard, is_silence},
};
use futures_util::{
    FutureExt, StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Describe, Either, Execute, Executor, PgConnection, PgPool, Postgres, SqlStr,
    pool::PoolConnection,
    postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// A pool, and how long its connections may be silent. An [`Executor`]: each statement on a connection of its own.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    pub pool: PgPool,
    pub silence_max: Duration,
    pub losses: Losses,
    /// None: connections go back to the pool each time.
    pub waiting: Option<Waiting>,
}

/// Those who wait while every connection of the pool is in use. A connection goes from hand to hand among them, because the
/// pool asks the server about each that comes back, and that takes as long as a statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waiting(Arc<Mutex<VecDeque<oneshot::Sender<Free>>>>);

/// A connection outside a transaction, and how often it went from hand to hand since the pool had it.
#[derive(Debug)]
struct Free(PoolConnection<Postgres>, u32);

/// Then the pool has it again, for those who wait for the pool alone.
const HANDS_MAX: u32 = 8;

impl Waiting {
    fn queue(&self) -> std::sync::MutexGuard<'_, VecDeque<oneshot::Sender<Free>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line_up(&self) -> oneshot::Receiver<Free> {
        let (give, take) = oneshot::channel();
        let mut queue = self.queue();
        // The pool was quicker for these.
        while queue.front().is_some_and(oneshot::Sender::is_closed) {
            queue.pop_front();
        }
        queue.push_back(give);
        take
    }

    /// To whoever has waited longest; back when nobody waits.
    fn give(&self, mut free: Free) -> Option<Free> {
        loop {
            let Some(next) = self.queue().pop_front() else { return Some(free) };
            match next.send(free) {
                Ok(()) => return None,
                Err(back) => free = back,
            }
        }
    }
}

/// A connection in hand. Dropped, it is closed at once: only [`Held::give_back`] puts it into the pool again.
pub(crate) struct Held {
    connection: Option<PoolConnection<Postgres>>,
    hands: u32,
    from: Connections,
}

impl Drop for Held {
    fn drop(&mut self) {
        // A detached connection closes its socket when it is dropped, and its place in the pool is free.
        drop(self.connection.take().map(PoolConnection::detach));
    }
}

impl Connections {
    /// A connection outside a transaction.
    pub async fn hold(&self) -> Result<Held, sqlx::Error> {
        let all_in_use = self.pool.num_idle() == 0 && self.pool.size() >= self.pool.options().get_max_connections();
        let Free(connection, hands) = match &self.waiting {
            // Nothing is lost when one of the two is given up: both only wait.
            Some(waiting) if all_in_use => tokio::select! {
                Ok(free) = waiting.line_up() => free,
                acquired = self.pool.acquire() => Free(acquired?, 0),
            },
            _ => Free(self.pool.acquire().await?, 0),
        };
        Ok(Held { connection: Some(connection), hands, from: self.clone() })
    }

    /// A connection inside a new transaction.
    ///
    /// One that turns out to be dead is replaced once: nothing was asked of it yet, and after a loss that is known the pool
    /// looks at each of the others before it hands it out.
    pub async fn begin(&self) -> Result<Held, StoreError> {
        let mut again = true;
        loop {
            let mut held = self.hold().await?;
            match held.say("BEGIN").await {
                Ok(()) => return Ok(held),
                Err(error) if again && is_lost(&error) && !is_silence(&error) => again = false,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Held {
    /// The connection.
    ///
    /// # Errors
    /// Never while it is in hand.
    pub fn connection(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        self.connection.as_deref_mut().ok_or(sqlx::Error::PoolClosed)
    }

    async fn say(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let silence_max = self.from.silence_max;
        let answer = heard(silence_max, sqlx::raw_sql(sql).execute(self.connection()?)).await;
        self.told(answer).map(drop)
    }

    /// What came of a call. A connection that was lost makes the others doubtful.
    fn told<T>(&self, answer: Result<Result<T, sqlx::Error>, Silent>) -> Result<T, sqlx::Error> {
        let answer = answer.unwrap_or_else(|silent| Err(silent.into()));
        if let Err(error) = &answer {
            self.from.losses.note(error);
        }
        answer
    }

    /// What came of the only statement that this connection was taken for.
    pub(crate) fn done<T>(self, answer: Result<Result<T, sqlx::Error>, Silent>) -> Result<T, sqlx::Error> {
        let answer = self.told(answer);
        if answer.as_ref().err().is_none_or(|error| !is_lost(error)) {
            self.give_back();
        }
        answer
    }

    /// Ends the transaction and gives the connection back.
    pub async fn end(mut self, how: &'static str) -> Result<(), sqlx::Error> {
        self.say(how).await?;
        self.give_back();
        Ok(())
    }

    /// Back into the pool: the connection is outside a transaction.
    fn give_back(mut self) {
        let Some(connection) = self.connection.take() else { return };
        let free = Free(connection, self.hands + 1);
        let free = match &self.from.waiting {
            Some(waiting) if free.1 < HANDS_MAX && !self.from.pool.is_closed() => waiting.give(free),
            _ => Some(free),
        };
        if let Some(Free(mut connection, _)) = free {
            // The future that gives it back closes it and frees its place when it is given up half-way.
            let back = tokio::time::timeout(self.from.silence_max, connection.return_to_pool());
            tokio::spawn(OUTSIDE.scope((), back));
        }
    }
}

impl<'p> Executor<'p> for &'_ Connections {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let from = self.clone();
        let all = async move {
            let mut held = from.hold().await?;
            let items = held.connection()?.fetch_many(query).try_collect::<Vec<_>>();
            let answer = heard(from.silence_max, items).await;
            Ok::<_, sqlx::Error>(stream::iter(held.done(answer)?.into_iter().map(Ok)))
        };
        stream::once(all).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let from = self.clone();
        async move {
            let mut held = from.hold().await?;
            let answer = heard(from.silence_max, held.connection()?.fetch_optional(query)).await;
            held.done(answer)
        }
        .boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        let pool = self.pool.clone();
        async move { pool.prepare_with(sql, parameters).await }.boxed()
    }

    #[doc(hidden)]
    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        'p: 'e,
    {
        let pool = self.pool.clone();
        async move { pool.describe(sql).await }.boxed()
    }
}
