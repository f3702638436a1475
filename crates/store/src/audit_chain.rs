//! The seals of the audit trail: where it ends, and whether it is whole.
//!
//! The database seals each line as it is written. What is computed here repeats that from the columns alone, so that a
//! changed trigger or function in the database deceives nobody who verifies.

use crate::{Store, StoreError};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use std::{collections::BTreeMap, fmt::Write};
use uuid::Uuid;

type Seal = [u8; 32];

/// Where a chain ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// 0 is over the lines of before chains; lines join 1 to 32.
    pub chain: i16,
    /// Its lines.
    pub entries: i64,
    /// The seal of its last line, in hexadecimal.
    pub seal: String,
}

/// Where the whole trail ends. Kept elsewhere, it shows later that nothing of it was changed or removed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailHead {
    /// Database time.
    pub at: DateTime<Utc>,
    /// Lines of all chains.
    pub entries: i64,
    /// One seal for all chains, in hexadecimal: enough to compare, not enough to verify against.
    pub head: String,
    /// Each chain.
    pub chains: Vec<ChainHead>,
}

/// The first thing that is wrong with the trail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("chain {chain}, line {seq}{}: {why}", id.map(|id| format!(" (audit entry {id})")).unwrap_or_default())]
pub struct Broken {
    /// The line, when there is one.
    pub id: Option<i64>,
    /// Its chain.
    pub chain: i16,
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// What is wrong, for people.
    pub why: &'static str,
}

#[derive(sqlx::FromRow)]
struct Line {
    id: i64,
    at: DateTime<Utc>,
    staff_id: Option<Uuid>,
    actor: String,
    action: String,
    user_id: Option<Uuid>,
    user_email: Option<String>,
    job_id: Option<Uuid>,
    session_id: Option<Uuid>,
    reason: Option<String>,
    before_state: Option<String>,
    after_state: Option<String>,
    request_id: Option<String>,
    address: Option<String>,
    chain: Option<i16>,
    chain_seq: Option<i64>,
    seal: Option<Vec<u8>>,
}

impl Line {
    /// As `audit_seal` of the database.
    fn sealed_after(&self, previous: &Seal) -> Seal {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string());
        let fields = [
            Some(self.id.to_string()),
            Some(self.at.timestamp_micros().to_string()),
            id(self.staff_id),
            Some(self.actor.clone()),
            Some(self.action.clone()),
            id(self.user_id),
            self.user_email.clone(),
            id(self.job_id),
            id(self.session_id),
            self.reason.clone(),
            self.before_state.clone(),
            self.after_state.clone(),
            self.request_id.clone(),
            self.address.clone(),
            self.chain.map(|chain| chain.to_string()),
            self.chain_seq.map(|seq| seq.to_string()),
        ];
        let fields = fields.map(|field| field.map_or("-".to_owned(), |text| format!("{}:{text}", text.len())));
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(fields.join(","));
        hash.finalize().into()
    }
}

/// A chain as far as it was read.
struct Reached {
    entries: i64,
    seal: Seal,
    broken: Option<Broken>,
    /// What an earlier head says of it.
    earlier: Option<ChainHead>,
}

impl Reached {
    fn start(chain: i16, against: Option<&TrailHead>) -> Self {
        let seal = Sha256::digest(format!("repruv audit chain {chain}")).into();
        let earlier = against.and_then(|head| head.chains.iter().find(|known| known.chain == chain)).cloned();
        Self { entries: 0, seal, broken: None, earlier }
    }

    fn take(&mut self, chain: i16, line: &Line) {
        if self.broken.is_some() {
            return;
        }
        let seq = self.entries + 1;
        let sealed = line.sealed_after(&self.seal);
        let stored = line.seal.as_deref();
        let why = if chain != 0 && line.chain_seq != Some(seq) {
            "a line before this one is missing"
        } else if chain != 0 && stored != Some(&sealed[..]) {
            "its seal is not that of what it says: it was changed, or put here"
        } else if self.earlier.as_ref().is_some_and(|known| known.entries == seq && known.seal != hex(&sealed)) {
            "it is not the line that the earlier head was taken of"
        } else {
            (self.entries, self.seal) = (seq, sealed);
            return;
        };
        self.broken = Some(Broken { id: Some(line.id), chain, seq, why });
    }

    /// Compares with where the database says that the chain ends, and with an earlier head.
    fn close(&mut self, head: Option<&(i64, Vec<u8>)>, chain: i16) {
        let ends = head.is_some_and(|(entries, seal)| *entries == self.entries && seal[..] == self.seal[..]);
        let shrunk = self.earlier.as_ref().is_some_and(|known| known.entries > self.entries);
        if self.broken.is_none() && (!ends || shrunk) {
            let why =
                "the chain does not end where it should: lines were removed from its end, or its head was changed";
            self.broken = Some(Broken { id: None, chain, seq: self.entries + 1, why });
        }
    }
}

impl Store {
    /// Where the trail ends now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn audit_head(&self) -> Result<TrailHead, StoreError> {
        self.section(|store| async move {
            let rows: Vec<(i16, i64, Vec<u8>, DateTime<Utc>)> =
                sqlx::query_as("SELECT chain, entries, seal, now() FROM audit_chains ORDER BY chain")
                    .fetch_all(store.pool())
                    .await?;
            let at = rows.first().map(|row| row.3).unwrap_or_default();
            Ok(head(at, rows.into_iter().map(|(chain, entries, seal, _)| (chain, (entries, seal)))))
        })
        .await
    }

    /// Reads the whole trail and computes every seal anew; against an earlier head as well, where one was kept.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`]; what is wrong with the trail is the inner error.
    pub async fn verify_audit(&self, against: Option<TrailHead>) -> Result<Result<TrailHead, Broken>, StoreError> {
        self.section(move |store| async move {
            let mut connection = store.pool().acquire().await?.detach();
            let verified = async {
                let mut tx = connection.begin().await?;
                // One snapshot: lines that are written meanwhile belong to a later head.
                sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *tx).await?;
                let verified = verify(&mut tx, against.as_ref()).await?;
                tx.rollback().await?;
                Ok(verified)
            }
            .await;
            connection.close().await?;
            verified
        })
        .await
    }
}

/// As [`Store::verify_audit`], on a connection.
///
/// # Errors
/// [`StoreError::Database`]; what is wrong with the trail is the inner error.
pub async fn verify(
    connection: &mut PgConnection,
    against: Option<&TrailHead>,
) -> Result<Result<TrailHead, Broken>, StoreError> {
    let at: DateTime<Utc> = sqlx::query_scalar("SELECT now()").fetch_one(&mut *connection).await?;
    let heads: Vec<(i16, i64, Vec<u8>)> =
        sqlx::query_as("SELECT chain, entries, seal FROM audit_chains").fetch_all(&mut *connection).await?;
    let heads: BTreeMap<i16, (i64, Vec<u8>)> =
        heads.into_iter().map(|(chain, entries, seal)| (chain, (entries, seal))).collect();
    let mut chains: BTreeMap<i16, Reached> = (0..=32).map(|chain| (chain, Reached::start(chain, against))).collect();
    for sql in [
        "SELECT * FROM audit_entries WHERE chain IS NULL ORDER BY id",
        "SELECT * FROM audit_entries WHERE chain IS NOT NULL ORDER BY chain, chain_seq",
    ] {
        let mut lines = sqlx::query_as::<_, Line>(sql).fetch(&mut *connection);
        while let Some(line) = lines.try_next().await? {
            let chain = line.chain.unwrap_or(0);
            chains.entry(chain).or_insert_with(|| Reached::start(chain, against)).take(chain, &line);
        }
    }
    for (&chain, reached) in &mut chains {
        reached.close(heads.get(&chain), chain);
    }
    let broken = chains.values().filter_map(|reached| reached.broken.clone());
    match broken.min_by_key(|broken| (broken.id.unwrap_or(i64::MAX), broken.chain)) {
        Some(broken) => Ok(Err(broken)),
        None => Ok(Ok(head(at, heads.into_iter()))),
    }
}

fn head(at: DateTime<Utc>, chains: impl Iterator<Item = (i16, (i64, Vec<u8>))>) -> TrailHead {
    let chain = |(chain, (entries, seal)): (i16, (i64, Vec<u8>))| ChainHead { chain, entries, seal: hex(&seal) };
    let chains: Vec<ChainHead> = chains.map(chain).collect();
    let mut all = Sha256::new();
    for head in &chains {
        all.update(format!("{} {} {}\n", head.chain, head.entries, head.seal));
    }
    TrailHead { at, entries: chains.iter().map(|head| head.entries).sum(), head: hex(&all.finalize()), chains }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a string does not fail
        text
    })
}
