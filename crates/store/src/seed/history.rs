//! What happened to each user: finished operations of the last days, and where the user stands now.

use super::people::Person;
use crate::{StoreError, ids::id_at};
use chrono::{DateTime, Duration, Utc};
use rand::{Rng, rngs::StdRng};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

const ERRORS: [&str; 4] = [
    "The demo service reported a fault (503). Retry once it has recovered.",
    "The demo service cannot be reached (no answer in time). Check that it is running, then retry.",
    "The demo service refused: the niche is not on offer. Change the profile choice and enable again.",
    "The work took longer than its limit and was given up.",
];
const PRESETS: [(&str, &str, &str); 3] = [
    ("mid_tier_creator", "creator", "Lifestyle"),
    ("established_brand", "brand", "Consumer goods"),
    ("rising_creator", "creator", "Food & travel"),
];

/// How one operation ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Completed,
    Failed,
    Cancelled,
}

impl End {
    const fn status(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

pub(super) async fn insert(
    tx: &mut PgConnection,
    person: &Person,
    n: u32,
    now: DateTime<Utc>,
    dice: &mut StdRng,
) -> Result<(), StoreError> {
    // The first twelve are left to the life of the workspace; then one stuck on purpose; then some of every state.
    match n {
        0..12 => Ok(()),
        12 => stuck(tx, person, now).await,
        13 => fails(tx, person, now - Duration::minutes(42), ERRORS[2], dice).await,
        n if n % 43 == 0 => {
            let at = now - Duration::minutes(dice.random_range(10..4 * 24 * 60));
            let error = ERRORS[dice.random_range(0..ERRORS.len())];
            fails(tx, person, at, error, dice).await
        }
        n if n % 5 < 2 => past(tx, person, now, dice).await,
        _ => Ok(()),
    }
}

/// Enabling, and its job waits in a queue that no worker serves.
async fn stuck(tx: &mut PgConnection, person: &Person, now: DateTime<Utc>) -> Result<(), StoreError> {
    let asked = now - Duration::minutes(38);
    let id = id_at(asked);
    sqlx::query(
        "INSERT INTO background_jobs (id, job_type, queue, user_id, dedupe_key, created_at, run_at, scheduled_for, payload) \
         VALUES ($1, 'demo_enable', 'paused_import', $2, 'demo:' || $2::text, $3, $3, $3, $4)",
    )
    .bind(id)
    .bind(person.id)
    .bind(asked)
    .bind(json!({ "profile_type": "brand", "niche": "Hospitality", "preset": "local_business" }))
    .execute(&mut *tx)
    .await?;
    event(tx, id, person, asked, "enqueue", None, "pending", 0, "customer", None).await?;
    sqlx::query(
        "UPDATE users SET demo_mode_status = 'enabling', demo_mode_job_id = $2, demo_mode_changed_at = $3, \
         demo_mode_version = 2 WHERE id = $1",
    )
    .bind(person.id)
    .bind(id)
    .bind(asked)
    .execute(tx)
    .await?;
    Ok(())
}

async fn fails(
    tx: &mut PgConnection,
    person: &Person,
    at: DateTime<Utc>,
    error: &str,
    dice: &mut StdRng,
) -> Result<(), StoreError> {
    let job = operation(tx, person, "demo_enable", at, End::Failed, Some(error), dice).await?;
    state(tx, person, "enabling", job, at, None, None).await?;
    state(tx, person, "failed", job, at + Duration::seconds(95), Some(error), None).await
}

/// On, perhaps off again, perhaps on once more.
async fn past(tx: &mut PgConnection, person: &Person, now: DateTime<Utc>, dice: &mut StdRng) -> Result<(), StoreError> {
    let mut at = now - Duration::minutes(dice.random_range(30..8 * 24 * 60));
    if dice.random_bool(0.15) {
        operation(tx, person, "demo_enable", at - Duration::hours(3), End::Cancelled, None, dice).await?;
    }
    for round in 0..dice.random_range(1..4) {
        let on = round % 2 == 0;
        let job =
            operation(tx, person, if on { "demo_enable" } else { "demo_disable" }, at, End::Completed, None, dice)
                .await?;
        let profile = format!("prof_{:08x}", dice.random::<u32>());
        let (during, after) = if on { ("enabling", "enabled") } else { ("disabling", "disabled") };
        state(tx, person, during, job, at, None, None).await?;
        state(tx, person, after, job, at + Duration::seconds(90), None, on.then_some(profile.as_str())).await?;
        at = (at + Duration::hours(dice.random_range(1..20))).min(now - Duration::minutes(4));
    }
    Ok(())
}

async fn state(
    tx: &mut PgConnection,
    person: &Person,
    status: &str,
    job: Uuid,
    at: DateTime<Utc>,
    error: Option<&str>,
    profile: Option<&str>,
) -> Result<(), StoreError> {
    let (preset, profile_type, niche) = PRESETS[person.email.len() % PRESETS.len()];
    sqlx::query(
        "UPDATE users SET demo_mode_status = $2, demo_mode_job_id = $3, demo_mode_changed_at = $4, demo_mode_error = $5, \
         demo_mode_failed_operation = CASE WHEN $2 = 'failed' THEN 'enable' END, demo_profile_id = $6, \
         demo_mode_version = demo_mode_version + 1, demo_mode_type = $7, demo_profile_niche = $8, demo_profile_preset = $9 \
         WHERE id = $1",
    )
    .bind(person.id)
    .bind(status)
    .bind(job)
    .bind(at)
    .bind(error)
    .bind(profile)
    .bind(profile_type)
    .bind(niche)
    .bind(preset)
    .execute(tx)
    .await?;
    Ok(())
}

/// One finished operation with its history; some needed a second attempt.
async fn operation(
    tx: &mut PgConnection,
    person: &Person,
    job_type: &str,
    asked: DateTime<Utc>,
    end: End,
    error: Option<&str>,
    dice: &mut StdRng,
) -> Result<Uuid, StoreError> {
    let id = id_at(asked);
    let worker = format!("worker-{}:{}", dice.random_range(1..4), dice.random_range(2_000..9_000));
    let retried = error.is_none() && dice.random_bool(0.1);
    let attempt = if retried { 2 } else { 1 };
    let took = if end == End::Cancelled { dice.random_range(4..40) } else { dice.random_range(58..118) };
    let began = asked + Duration::milliseconds(dice.random_range(3..40));
    let ended = began + Duration::seconds(took + if retried { 35 } else { 0 });
    let (preset, profile_type, niche) = PRESETS[person.email.len() % PRESETS.len()];
    let result = (end == End::Completed).then(|| {
        json!({ "counts": { "reviews": dice.random_range(120..4_800), "posts": dice.random_range(12..210), "platforms": dice.random_range(1..4) } })
    });
    sqlx::query(
        "INSERT INTO background_jobs (id, job_type, user_id, status, attempt, version, created_at, run_at, scheduled_for, \
         started_at, completed_at, progress, payload, result_data, error_message, lease_epoch, cancel_requested_at) \
         VALUES ($1,$2,$3,$4,$5,3,$6,$6,$6,$7,$8,$9,$10,$11,$12,$5, CASE WHEN $4 = 'cancelled' THEN $8 END)",
    )
    .bind(id)
    .bind(job_type)
    .bind(person.id)
    .bind(end.status())
    .bind(attempt)
    .bind(asked)
    .bind(began)
    .bind(ended)
    .bind(if end == End::Completed { 100_i16 } else { dice.random_range(5..80) })
    .bind(json!({ "profile_type": profile_type, "niche": niche, "preset": preset }))
    .bind(result)
    .bind(error)
    .execute(&mut *tx)
    .await?;
    event(tx, id, person, asked, "enqueue", None, "pending", 0, "customer", None).await?;
    event(tx, id, person, began, "start", Some("pending"), "running", 1, &worker, None).await?;
    if retried {
        let failed_at = began + Duration::seconds(20);
        event(tx, id, person, failed_at, "retry_later", Some("running"), "pending", 1, &worker, Some(ERRORS[0]))
            .await?;
        event(tx, id, person, failed_at + Duration::seconds(15), "start", Some("pending"), "running", 2, &worker, None)
            .await?;
    }
    let word = match end {
        End::Completed => "succeed",
        End::Failed => "fail",
        End::Cancelled => "confirm_cancel",
    };
    event(tx, id, person, ended, word, Some("running"), end.status(), attempt, &worker, error).await?;
    Ok(id)
}

#[expect(clippy::too_many_arguments, reason = "one row, its columns in order")]
async fn event(
    tx: &mut PgConnection,
    job_id: Uuid,
    person: &Person,
    at: DateTime<Utc>,
    event: &str,
    from: Option<&str>,
    to: &str,
    attempt: i32,
    actor: &str,
    detail: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO job_events (job_id, user_id, at, event, from_status, to_status, attempt, actor, detail) \
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
    )
    .bind(job_id)
    .bind(person.id)
    .bind(at)
    .bind(event)
    .bind(from)
    .bind(to)
    .bind(attempt)
    .bind(actor)
    .bind(detail)
    .execute(tx)
    .await?;
    Ok(())
}
