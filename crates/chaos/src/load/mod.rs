//! The load: customers, staff and system jobs, with a log of everything that was acknowledged.

pub mod ack_log;
pub mod client;
mod customer;
pub mod jobs;
pub mod people;
mod staff;

use crate::{dice::Dice, stage::Stage};
use ack_log::AckLog;
use anyhow::Result;
use client::Client;
use sqlx::PgPool;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

/// Who takes part.
#[derive(Clone, Copy)]
pub struct Crowd {
    /// Customers' clients, each playing twenty customers.
    pub customers: usize,
    /// Staff.
    pub staff: usize,
    /// System jobs a batch, five batches a second; (0, 0): none.
    pub batch: (u64, u64),
}

/// What every actor shares.
#[derive(Clone)]
pub struct Load {
    /// The way to the API.
    pub client: Client,
    /// The way to the database, for looking and for system jobs.
    pub owner: PgPool,
    /// What was acknowledged.
    pub log: AckLog,
    /// Same command, same key, at the same time: how often one was done and another refused.
    pub split_answers: Arc<AtomicU64>,
    /// How often the same command was sent several times at once.
    pub repeated: Arc<AtomicU64>,
    /// Commands whose outcome never became known.
    pub unresolved: Arc<AtomicU64>,
    batch: (u64, u64),
    over: Arc<AtomicBool>,
    given_up: Arc<AtomicBool>,
}

impl Load {
    fn ended(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    async fn pause(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

/// A load under way.
pub struct Playing {
    /// What the actors share.
    pub load: Load,
    actors: JoinSet<Result<()>>,
}

impl Playing {
    /// Begins.
    pub fn begin(stage: &Stage, crowd: Crowd) -> Result<Self> {
        let load = Load {
            client: Client::new(stage.api_urls())?,
            owner: stage.owner.clone(),
            log: AckLog::create(&stage.folder.join("acks.jsonl"))?,
            split_answers: Arc::default(),
            repeated: Arc::default(),
            unresolved: Arc::default(),
            batch: crowd.batch,
            over: Arc::default(),
            given_up: Arc::default(),
        };
        let seed = stage.settings.seed;
        let mut actors = JoinSet::new();
        for n in 0..crowd.customers {
            actors.spawn(customer::play(load.clone(), n * 20..n * 20 + 20, Dice::new(seed, &format!("customer {n}"))));
        }
        for n in 0..crowd.staff {
            actors.spawn(staff::play(load.clone(), n, Dice::new(seed, &format!("staff {n}"))));
        }
        if crowd.batch.1 > 0 {
            actors.spawn(jobs::play(load.clone(), Dice::new(seed, "jobs")));
        }
        Ok(Self { load, actors })
    }

    /// Nobody begins anything new. Answers how long it took until every outcome was known.
    pub async fn end(mut self) -> Result<(Load, Duration)> {
        self.load.over.store(true, Ordering::Relaxed);
        let begun = std::time::Instant::now();
        let all = async {
            while let Some(done) = self.actors.join_next().await {
                done??;
            }
            anyhow::Ok(())
        };
        tokio::pin!(all);
        if let Ok(done) = tokio::time::timeout(Duration::from_secs(30), &mut all).await {
            done?;
        } else {
            self.load.given_up.store(true, Ordering::Relaxed);
            all.await?;
        }
        Ok((self.load, begun.elapsed()))
    }
}
