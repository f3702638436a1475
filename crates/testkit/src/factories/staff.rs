//! Staff members.

use super::{PASSWORD_HASH, short};
use crate::{TestDb, new_id};
use uuid::Uuid;

/// A staff member under construction; support when nothing else is said.
#[derive(Debug, Clone)]
pub struct StaffFactory {
    email: Option<String>,
    role: &'static str,
    disabled: bool,
}

/// A staff member in the database. The password is [`super::PASSWORD`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestStaff {
    /// Its id.
    pub id: Uuid,
    /// Unique.
    pub email: String,
    /// `viewer`, `support` or `admin`.
    pub role: &'static str,
}

/// A staff member to insert.
pub fn staff() -> StaffFactory {
    StaffFactory { email: None, role: "support", disabled: false }
}

impl StaffFactory {
    /// The address; a unique one otherwise.
    pub fn email(self, email: &str) -> Self {
        Self { email: Some(email.into()), ..self }
    }

    /// May only look.
    pub fn viewer(self) -> Self {
        Self { role: "viewer", ..self }
    }

    /// May do everything.
    pub fn admin(self) -> Self {
        Self { role: "admin", ..self }
    }

    /// May not sign in any more.
    pub fn disabled(self) -> Self {
        Self { disabled: true, ..self }
    }

    /// Writes it.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn insert(self, db: &TestDb) -> TestStaff {
        let id = new_id();
        let email = self.email.unwrap_or_else(|| format!("staff-{}@repruv.test", short(id)));
        sqlx::query(
            "INSERT INTO staff (id, email, name, role, password_hash, disabled_at)
             VALUES ($1, $2, 'Dana Test', $3, $4, CASE WHEN $5 THEN now() END)",
        )
        .bind(id)
        .bind(&email)
        .bind(self.role)
        .bind(PASSWORD_HASH)
        .bind(self.disabled)
        .execute(db.owner())
        .await
        .unwrap_or_else(|error| panic!("cannot insert staff {email}: {error}"));
        TestStaff { id, email, role: self.role }
    }
}
