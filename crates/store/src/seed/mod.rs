//! A living past for a local workspace: users in every state, with the jobs, sessions and history that led there.

mod history;
mod people;
mod sessions;

use crate::{Store, StoreError, ids::id_at};
use chrono::{DateTime, Duration, Utc};
use people::Person;
use rand::{Rng, SeedableRng, rngs::StdRng};
use sqlx::PgConnection;

/// What to make.
#[derive(Clone, Debug)]
pub struct SeedSettings {
    /// How many users.
    pub users: u32,
    /// The hash of the password that every seeded customer has.
    pub password_hash: String,
}

/// What was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// How many users; 0 when the database was seeded before.
    pub users: u32,
}

/// The first seeded customer: its presence tells that the database has been seeded.
pub const FIRST_CUSTOMER: &str = "ana@repruv.test";

impl Store {
    /// Fills an empty database with a past; does nothing to one that was filled before. For local work only.
    ///
    /// # Errors
    /// [`StoreError::Database`]; nothing was written.
    pub async fn seed(&self, settings: SeedSettings) -> Result<Seeded, StoreError> {
        self.transaction(move |tx| {
            let settings = settings.clone();
            Box::pin(async move { fill(tx, &settings).await })
        })
        .await
    }
}

async fn fill(tx: &mut PgConnection, settings: &SeedSettings) -> Result<Seeded, StoreError> {
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM users WHERE email = $1)")
        .bind(FIRST_CUSTOMER)
        .fetch_one(&mut *tx)
        .await?;
    if there {
        return Ok(Seeded { users: 0 });
    }
    let now: DateTime<Utc> = sqlx::query_scalar("SELECT now()").fetch_one(&mut *tx).await?;
    let mut dice = StdRng::seed_from_u64(20_261_121); // the same past every time
    for n in 0..settings.users {
        let joined = now - Duration::minutes(dice.random_range(3 * 24 * 60..400 * 24 * 60));
        let person = people::person(n, joined, &mut dice);
        insert_user(tx, &person, &settings.password_hash).await?;
        connect(tx, &person, &mut dice).await?;
        sessions::insert(tx, &person, now, &mut dice).await?;
        history::insert(tx, &person, n, now, &mut dice).await?;
    }
    // The past is there to be counted: let the next roll-up begin where it begins.
    sqlx::query("UPDATE job_stats_watermark SET through = date_trunc('minute', $1::timestamptz - interval '9 days')")
        .bind(now)
        .execute(tx)
        .await?;
    Ok(Seeded { users: settings.users })
}

async fn insert_user(tx: &mut PgConnection, person: &Person, password_hash: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO users (id, email, full_name, hashed_password, is_active, created_at) VALUES ($1,$2,$3,$4,$5,$6)",
    )
    .bind(person.id)
    .bind(&person.email)
    .bind(&person.name)
    .bind(password_hash)
    .bind(person.active)
    .bind(person.joined.naive_utc())
    .execute(tx)
    .await?;
    Ok(())
}

async fn connect(tx: &mut PgConnection, person: &Person, dice: &mut StdRng) -> Result<(), StoreError> {
    for platform in ["youtube", "instagram", "google_business", "tiktok"] {
        if !dice.random_bool(0.35) {
            continue;
        }
        let (status, error) = match dice.random_range(0..12) {
            0 => ("failed", Some("The platform no longer accepts our token. The customer must connect again.")),
            1 | 2 => ("disconnected", None),
            _ => ("connected", None),
        };
        let handle: String = person.email.chars().take_while(|c| *c != '@').collect();
        sqlx::query(
            "INSERT INTO platform_connections (id, user_id, platform, platform_username, access_token, is_active, \
             connected_at, last_synced_at, connection_status, connection_error) \
             VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
        )
        .bind(id_at(person.joined))
        .bind(person.id)
        .bind(platform)
        .bind(handle)
        .bind((status == "connected").then_some("seeded-token"))
        .bind(status == "connected")
        .bind(person.joined.naive_utc())
        .bind((status == "connected").then(|| (person.joined + Duration::days(2)).naive_utc()))
        .bind(status)
        .bind(error)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
