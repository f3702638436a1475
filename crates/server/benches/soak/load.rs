//! Constant load: so many jobs a second, each in a transaction of its own as an API makes them; one in a hundred takes twenty
//! seconds, so that there are heartbeats as well.

use repruv_server::worker::{JobContext, JobError, JobHandler, JobResult};
use serde_json::{Value, json};
use state_machine::JobType;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use store::{PoolSettings, Store, engine::NewJob};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const SENDERS: u32 = 4;
const LONG_EVERY: u64 = 100;
const LONG_S: u64 = 20;

/// Takes as long as the job says.
pub struct Work;

impl JobHandler for Work {
    fn job_type(&self) -> JobType {
        JobType::Noop
    }

    async fn run(&self, context: JobContext) -> JobResult {
        let Some(seconds) = context.job.payload["seconds"].as_u64() else { return Ok(Value::Null) };
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(seconds)) => Ok(Value::Null),
            () = context.stopped.cancelled() => Err(JobError::Stopped),
        }
    }
}

/// The senders.
pub struct Load {
    stop: CancellationToken,
    asked: Arc<AtomicU64>,
    senders: JoinSet<anyhow::Result<()>>,
}

impl Load {
    pub async fn start(url: &str, per_s: u32) -> anyhow::Result<Self> {
        let store = Store::connect(url, PoolSettings { max: SENDERS, ..PoolSettings::default() }).await?;
        let (stop, asked, mut senders) = (CancellationToken::new(), Arc::new(AtomicU64::new(0)), JoinSet::new());
        for _ in 0..SENDERS {
            let (store, stop, asked) = (store.clone(), stop.clone(), asked.clone());
            let mut tick = tokio::time::interval(Duration::from_secs(1) * SENDERS / per_s.max(1));
            senders.spawn(async move {
                while !stop.is_cancelled() {
                    tick.tick().await;
                    let n = asked.fetch_add(1, Ordering::Relaxed);
                    let payload = if n % LONG_EVERY == 0 { json!({ "seconds": LONG_S }) } else { json!({}) };
                    store.enqueue(NewJob { payload, ..NewJob::new(JobType::Noop) }).await?;
                }
                Ok(())
            });
        }
        Ok(Self { stop, asked, senders })
    }

    /// Ends it; answers how many jobs were asked for.
    pub async fn stop(mut self) -> anyhow::Result<u64> {
        self.stop.cancel();
        while let Some(sender) = self.senders.join_next().await {
            sender??;
        }
        Ok(self.asked.load(Ordering::Relaxed))
    }
}
