//! Drives the stream: reads the feed, reads the rows that changed, tells the page; reconnects for ever.

use super::{
    Inner,
    gather::{Delivery, Gather},
};
use crate::{account::Account, database::Database, ops::lock};
use contract::live::FreshnessState;
use rand::Rng;
use crate::read_model::{Feed, FeedBatch, ReadError, ReadModel};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// The feed answers at least once a second; silence beyond this means a dead connection.
const SILENCE: Duration = Duration::from_secs(4);
/// Rows and counts are small reads.
const ROWS_PATIENCE: Duration = Duration::from_secs(4);
const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Why the tail let go of its connections.
enum Lost {
    Stopped,
    Woke,
    Silent,
    Failed(ReadError),
}

/// Follows a database until stopped.
pub async fn run(inner: Arc<Inner>, database: Database, account: Arc<Account>, stop: CancellationToken) {
    let mut gather = Gather::default();
    let mut pause = PAUSE_FIRST;
    loop {
        let began = Instant::now();
        let lost = follow(&inner, &database, &mut gather, &stop).await;
        let words = match &lost {
            Lost::Stopped => return,
            Lost::Woke => "This machine slept. Reading again.".to_owned(),
            Lost::Silent => "The database does not answer.".to_owned(),
            Lost::Failed(error) => {
                warn!("The live feed broke off: {error}");
                "The database cannot be reached.".to_owned()
            }
        };
        lock(&inner.pulse).failed(words.clone());
        gather.reset(words);
        if matches!(&lost, Lost::Failed(error) if error.is_login_refused()) {
            renew_login(&database, &account).await;
        } else {
            database.reopen();
        }
        pause = if began.elapsed() > PAUSE_MAX * 4 { PAUSE_FIRST } else { (pause * 2).min(PAUSE_MAX) };
        let jittered = pause.mul_f64(rand::rng().random_range(0.5..1.0));
        if stop.run_until_cancelled(tokio::time::sleep(jittered)).await.is_none() {
            return;
        }
    }
}

async fn renew_login(database: &Database, account: &Account) {
    match account.mint_database_login().await {
        Ok(login) => database.renew(login),
        Err(error) => warn!("No new database login: {}", crate::failure::message(&error)),
    }
}

async fn follow(inner: &Inner, database: &Database, gather: &mut Gather, stop: &CancellationToken) -> Lost {
    let (sender, mut batches) = mpsc::channel(16);
    // The reader ends by itself when the receiver is gone. It is cut off only when silent, and then its pool goes with it.
    let reader = tokio::spawn(pump(database.model(), sender));
    let mut heard = Instant::now();
    loop {
        let due = gather.wait(inner.monotonic()).filter(|_| lock(&inner.pulse).is_signed_in());
        tokio::select! {
            () = stop.cancelled() => return Lost::Stopped,
            () = inner.woke.notified() => return Lost::Woke,
            () = tokio::time::sleep_until(heard + SILENCE) => {
                reader.abort();
                return Lost::Silent;
            }
            batch = batches.recv() => match batch {
                Some(Ok(batch)) => {
                    heard = Instant::now();
                    take_in(inner, gather, batch);
                }
                Some(Err(error)) => return Lost::Failed(error),
                None => return Lost::Silent,
            },
            () = tokio::time::sleep(due.unwrap_or_default()), if due.is_some() => {
                match tokio::time::timeout(ROWS_PATIENCE, deliver(inner, database.model(), gather)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return Lost::Failed(error),
                    Err(_) => return Lost::Silent,
                }
            }
        }
    }
}

async fn pump(model: ReadModel, sender: mpsc::Sender<Result<FeedBatch, ReadError>>) {
    let mut feed = match Feed::open(&model).await {
        Ok(feed) => feed,
        Err(error) => {
            let _ = sender.send(Err(error)).await;
            return;
        }
    };
    loop {
        let batch = feed.next().await;
        let failed = batch.is_err();
        if sender.send(batch).await.is_err() || failed {
            return;
        }
    }
}

fn take_in(inner: &Inner, gather: &mut Gather, batch: FeedBatch) {
    let before = inner.freshness();
    lock(&inner.pulse).read(inner.tick(), batch.as_of, batch.took, batch.source);
    if before.state != FreshnessState::Live {
        info!(age_ms = before.age_ms, "Live");
    }
    gather.add(batch.job_ids, batch.user_ids);
}

async fn deliver(inner: &Inner, model: ReadModel, gather: &mut Gather) -> Result<(), ReadError> {
    let Some(delivery) = gather.take(inner.monotonic()) else { return Ok(()) };
    let (jobs_wanted, users_wanted) = lock(&inner.audience).wants();
    match &delivery {
        Delivery::Reset(reason) => {
            let freshness = inner.freshness();
            lock(&inner.audience).reset(reason, &freshness);
        }
        Delivery::Rows { jobs, users } => {
            let job_ids = if jobs_wanted { jobs.clone() } else { vec![] };
            let user_ids = if users_wanted { users.clone() } else { vec![] };
            if !jobs_wanted && !users_wanted {
                return Ok(());
            }
            let read = tokio::spawn(async move {
                tokio::try_join!(model.jobs_by_ids(&job_ids), model.users_by_ids(&user_ids), model.job_counts())
            });
            match read.await {
                Ok(Ok((jobs, users, counts))) => {
                    let freshness = inner.freshness();
                    lock(&inner.audience).changes(&jobs, &users, &counts, &freshness);
                }
                Ok(Err(error)) => {
                    gather.put_back(delivery);
                    return Err(error);
                }
                Err(error) => warn!("Reading changed rows: {error}"),
            }
        }
    }
    Ok(())
}
