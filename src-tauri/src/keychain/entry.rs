//! What is kept for one environment: small, because Windows holds 2,560 bytes.

use base64::{Engine, engine::general_purpose::STANDARD};
use contract::auth::{DatabaseLogin, StaffInfo};
use serde::{Deserialize, Serialize};

/// The refresh token, the database login and whose they are. Its `Debug` shows nothing of them.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The newest refresh token.
    pub refresh_token: String,
    /// The newest database login, so that reading works while the API is down.
    pub database: Option<DatabaseLogin>,
    /// Whose.
    pub staff: StaffInfo,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("staff", &self.staff.id).finish_non_exhaustive()
    }
}

impl Entry {
    /// Whether the database login has some time left at this moment.
    pub fn is_readable(&self, now: chrono::DateTime<chrono::Utc>) -> bool {
        self.database.as_ref().is_some_and(|login| login.valid_until > now + crate::account::LOGIN_LEFT)
    }

    /// Base64 of JSON, because KDE Wallet holds nothing but UTF-8.
    pub fn to_bytes(&self) -> Vec<u8> {
        STANDARD.encode(serde_json::to_vec(self).unwrap_or_default()).into_bytes()
    }

    /// `None` when it is not an entry of this build.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(&STANDARD.decode(bytes).ok()?).ok()
    }
}

#[cfg(test)]
impl Entry {
    /// An entry of typical size.
    pub fn sample() -> Self {
        use contract::auth::StaffRole;
        Self {
            refresh_token: format!("rps_{}", "r".repeat(43)),
            database: Some(DatabaseLogin {
                host: "database.eu-central.example.com".into(),
                port: 5432,
                database: "repruv".into(),
                user: "staff_0011aabb_22334455".into(),
                password: "p".repeat(43),
                valid_until: chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default(),
                shared: false,
            }),
            staff: StaffInfo {
                id: uuid::Uuid::from_u128(7),
                email: "dana@repruv.test".into(),
                name: "Dana Whitfield".into(),
                role: StaffRole::Support,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_fits_windows_and_holds_ascii_only() {
        let bytes = Entry::sample().to_bytes();
        assert!(bytes.len() < 1_280 && bytes.is_ascii(), "{} bytes", bytes.len());
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = format!("{:?}", Entry::sample());
        assert!(!text.contains("rrrr") && !text.contains("pppp"), "{text}");
    }
}
