//! What must be so after a step, whoever won.

use super::{
    acts::Answer,
    schedule::Ask,
    world::{Before, World},
};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;
use store::{StoreError, engine::Lease};
use uuid::Uuid;

/// How much a step has tried, for the summary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judge {
    pub acts: u64,
    pub done: u64,
    pub refused: u64,
    pub conflicts: u64,
    pub replayed: u64,
    pub lost: u64,
    pub rescued: u64,
    pub pruned: u64,
}

impl Judge {
    pub async fn new(world: &World, before: &Before, answers: Vec<Answer>) -> Self {
        let mut judge = Self { acts: answers.len() as u64, ..Self::default() };
        let mut broken = vec![];
        let mut accepted: HashMap<(Uuid, u32), u32> = HashMap::new();
        for answer in &answers {
            judge.hear(before, answer, &mut accepted, &mut broken);
        }
        for ((user, version), times) in accepted {
            if times > 1 {
                broken.push(format!("{times} commands on version {version} of user {user} were accepted"));
            }
        }
        broken.extend(robbed(before, &answers));
        broken.extend(rescued_too_soon(world, before).await);
        let audited = world.audited().await - before.audited;
        if audited != i64::try_from(judge.done).unwrap() {
            broken.push(format!("{} commands were done, and {audited} lines stand in the trail", judge.done));
        }
        broken.extend(unsound(world).await);
        let heard: Vec<String> = answers.iter().map(|answer| format!("{answer:?}")).collect();
        assert!(broken.is_empty(), "{broken:#?}\nafter {heard:#?}");
        judge
    }

    fn hear(
        &mut self,
        before: &Before,
        answer: &Answer,
        accepted: &mut HashMap<(Uuid, u32), u32>,
        broken: &mut Vec<String>,
    ) {
        match answer {
            Answer::Asked { user, seen, answers, ask } => {
                let mut first = 0;
                for done in answers {
                    match done {
                        Ok(done) if done.replayed => self.replayed += 1,
                        Ok(_) => first += 1,
                        Err(StoreError::Illegal(_)) => self.refused += 1,
                        Err(StoreError::VersionConflict { .. }) => self.conflicts += 1,
                        // Retention may have removed the job that the person saw.
                        Err(StoreError::NotFound { what: "job" }) => self.refused += 1,
                        Err(error) => broken.push(format!("{ask:?} of {user} was answered {error:?}")),
                    }
                }
                if first > 1 {
                    broken.push(format!("{ask:?} of {user} was done twice under one key"));
                }
                self.done += first;
                if let (Some(version), Ask::Enable | Ask::Disable) = (seen, ask)
                    && first > 0
                {
                    *accepted.entry((*user, *version)).or_default() += 1;
                }
            }
            Answer::Wrote { lease, answer } => match answer {
                Err(StoreError::LeaseLost { job_id }) if *job_id == lease.job_id => self.lost += 1,
                Ok(_) if is_stale(before, lease) => broken.push(format!("a stale side wrote: {lease:?}, {answer:?}")),
                Ok(_) => {}
                Err(error) => broken.push(format!("a worker was answered {error:?}")),
            },
            Answer::Beaten { leases, answer } => match answer {
                Ok(renewal) => {
                    let stale = |job: &&Uuid| !leases.iter().any(|l| l.job_id == **job && !is_stale(before, l));
                    if let Some(job) = renewal.held.iter().find(stale) {
                        broken.push(format!("a heartbeat renewed job {job}, which its worker did not hold"));
                    }
                }
                Err(error) => broken.push(format!("a heartbeat was answered {error:?}")),
            },
            Answer::Claimed(Err(error)) | Answer::Rescued(Err(error)) | Answer::Pruned(Err(error)) => {
                broken.push(format!("a worker's process was answered {error:?}"));
            }
            Answer::Rescued(Ok(rescued)) => self.rescued += rescued.len() as u64,
            Answer::Pruned(Ok(pruned)) => self.pruned += pruned,
            Answer::Claimed(Ok(_)) | Answer::Nothing => {}
        }
    }

    pub fn add(&mut self, other: Self) {
        self.acts += other.acts;
        self.done += other.done;
        self.refused += other.refused;
        self.conflicts += other.conflicts;
        self.replayed += other.replayed;
        self.lost += other.lost;
        self.rescued += other.rescued;
        self.pruned += other.pruned;
    }
}

/// A lease that was over before the step began never comes back, because the fence only grows.
fn is_stale(before: &Before, lease: &Lease) -> bool {
    before.jobs.get(&lease.job_id).is_none_or(|row| {
        row.status != "running" || row.lease_epoch != lease.epoch || row.locked_by != Some(lease.worker_id)
    })
}

/// Jobs whose lease a heartbeat renewed in this step, and which were rescued after it all the same.
fn robbed(before: &Before, answers: &[Answer]) -> Vec<String> {
    let renewed = answers.iter().flat_map(|answer| match answer {
        Answer::Beaten { answer: Ok(renewal), .. } => renewal.held.as_slice(),
        _ => &[],
    });
    let in_time = renewed.filter(|job| before.jobs.get(job).is_some_and(|row| !row.overdue));
    let rescued = |job: &&Uuid| answers.iter().any(|a| matches!(a, Answer::Rescued(Ok(jobs)) if jobs.contains(job)));
    in_time.filter(rescued).map(|job| format!("job {job} was rescued although its lease had been renewed")).collect()
}

/// No lease runs out within a step, so a job that was claimed in it cannot be rescued after that in the same step.
async fn rescued_too_soon(world: &World, before: &Before) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT format('job %s was rescued from a live lease', taken.job_id) \
         FROM job_events taken JOIN job_events given ON given.job_id = taken.job_id AND given.id < taken.id \
         WHERE given.id > $1 AND given.event = 'start' AND taken.actor = 'system'",
    )
    .bind(before.event)
    .fetch_all(world.stand.db.owner())
    .await
    .unwrap()
}

pub async fn assert_sound(world: &World, when: &str) {
    let broken = unsound(world).await;
    assert!(broken.is_empty(), "{when}: {broken:#?}");
}

/// All rows against all promises in one snapshot.
async fn unsound(world: &World) -> Vec<String> {
    let sql = format!(
        "SELECT * FROM ({}) a UNION ALL SELECT * FROM ({}) b",
        include_str!("../invariants.sql"),
        include_str!("accounts.sql")
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(world.stand.db.owner()).await.unwrap()
}
