//! Sessions of every kind: active, idle, expired, revoked, from many devices.

use super::people::Person;
use crate::{StoreError, ids::id_at};
use chrono::{DateTime, Duration, Utc};
use rand::{Rng, RngCore, rngs::StdRng};
use sqlx::PgConnection;

const AGENTS: [&str; 8] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "repruv-ios/4.12 (iPhone15,2; iOS 19.1)",
    "python-requests/2.32",
];

pub(super) async fn insert(
    tx: &mut PgConnection,
    person: &Person,
    now: DateTime<Utc>,
    dice: &mut StdRng,
) -> Result<(), StoreError> {
    for _ in 0..dice.random_range(0..4) {
        let oldest = (now - person.joined).num_minutes().min(45 * 24 * 60);
        let created = now - Duration::minutes(dice.random_range(1..oldest.max(2)));
        let seen = created + Duration::seconds(dice.random_range(0..(now - created).num_seconds().max(1)));
        let revoked = dice.random_bool(0.12).then(|| seen + Duration::seconds(30));
        let mut secret = [0_u8; 32];
        dice.fill_bytes(&mut secret); // the hash of a token that nobody has
        let cookie = dice.random_bool(0.7);
        sqlx::query(
            "INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, user_agent, address, \
             created_at, last_seen_at, expires_at, revoked_at, revoked_by) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)",
        )
        .bind(id_at(created))
        .bind(person.id)
        .bind(&secret[..])
        .bind(seen + Duration::minutes(15))
        .bind(if cookie { "cookie" } else { "bearer" })
        .bind(AGENTS[dice.random_range(0..AGENTS.len())])
        .bind(format!("203.0.113.{}", dice.random_range(1..255)))
        .bind(created)
        .bind(seen)
        .bind(created + Duration::days(30))
        .bind(revoked)
        .bind(revoked.map(|_| "customer"))
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
