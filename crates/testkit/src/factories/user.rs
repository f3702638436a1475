//! Customers, by the state of their demo mode.

use super::{PASSWORD_HASH, TestJob, job, short};
use crate::{TestDb, new_id};
use uuid::Uuid;

/// A user under construction; demo mode disabled when nothing else is said.
#[derive(Debug, Clone)]
pub struct UserFactory {
    email: Option<String>,
    full_name: Option<String>,
    is_active: bool,
    demo: Demo,
    running: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demo {
    Disabled,
    Enabling,
    Enabled,
    Disabling,
    FailedToEnable,
    FailedToDisable,
}

/// A user in the database. The password is [`super::PASSWORD`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestUser {
    /// Its id.
    pub id: Uuid,
    /// Unique.
    pub email: String,
    /// The profile at the demo service, when one exists.
    pub profile_id: Option<String>,
    /// The live job, while enabling or disabling.
    pub job: Option<TestJob>,
}

/// A user to insert.
pub fn user() -> UserFactory {
    UserFactory { email: None, full_name: None, is_active: true, demo: Demo::Disabled, running: false }
}

impl UserFactory {
    /// The address; a unique one otherwise.
    pub fn email(self, email: &str) -> Self {
        Self { email: Some(email.into()), ..self }
    }

    /// The name; none otherwise.
    pub fn name(self, name: &str) -> Self {
        Self { full_name: Some(name.into()), ..self }
    }

    /// May not sign in.
    pub fn inactive(self) -> Self {
        Self { is_active: false, ..self }
    }

    /// Enabling, with its pending job.
    pub fn enabling(self) -> Self {
        Self { demo: Demo::Enabling, ..self }
    }

    /// Enabled, with a profile.
    pub fn enabled(self) -> Self {
        Self { demo: Demo::Enabled, ..self }
    }

    /// Disabling, with a profile and its pending job.
    pub fn disabling(self) -> Self {
        Self { demo: Demo::Disabling, ..self }
    }

    /// The job of enabling or disabling is running.
    pub fn job_running(self) -> Self {
        Self { running: true, ..self }
    }

    /// Enabling failed and nothing was created.
    pub fn failed(self) -> Self {
        Self { demo: Demo::FailedToEnable, ..self }
    }

    /// Disabling failed and the profile is still there.
    pub fn failed_to_disable(self) -> Self {
        Self { demo: Demo::FailedToDisable, ..self }
    }

    /// Writes it, with its job where the state needs one.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn insert(self, db: &TestDb) -> TestUser {
        let id = new_id();
        let email = self.email.unwrap_or_else(|| format!("user-{}@repruv.test", short(id)));
        let has_profile = matches!(self.demo, Demo::Enabled | Demo::Disabling | Demo::FailedToDisable);
        let profile_id = has_profile.then(|| format!("prof_{}", short(id)));
        // The states with a job are reached by the edge that makes the job: each names the other.
        let (first, failed_operation, then) = match self.demo {
            Demo::Disabled => ("disabled", None, None),
            Demo::Enabled => ("enabled", None, None),
            Demo::FailedToEnable => ("failed", Some("enable"), None),
            Demo::FailedToDisable => ("failed", Some("disable"), None),
            Demo::Enabling => ("disabled", None, Some(("enabling", "demo_enable"))),
            Demo::Disabling => ("enabled", None, Some(("disabling", "demo_disable"))),
        };
        let error = failed_operation.map(|_| "The demo service did not answer. Try again in a few minutes.");
        let mut transaction = db.owner().begin().await.expect("begin");
        sqlx::query(
            "INSERT INTO users (id, email, full_name, hashed_password, is_active, demo_mode_status,
               demo_mode_failed_operation, demo_mode_error, demo_profile_id, demo_mode_type, demo_mode_changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $9 IS NOT NULL THEN 'creator' END,
               CASE WHEN $6 <> 'disabled' THEN now() END)",
        )
        .bind(id)
        .bind(&email)
        .bind(&self.full_name)
        .bind(PASSWORD_HASH)
        .bind(self.is_active)
        .bind(first)
        .bind(failed_operation)
        .bind(error)
        .bind(&profile_id)
        .execute(&mut *transaction)
        .await
        .unwrap_or_else(|error| panic!("cannot insert user {email}: {error}"));

        let mut made = None;
        if let Some((status, job_type)) = then {
            let job = job().demo(job_type, id);
            let job = if self.running { job.running() } else { job };
            let job = job.insert_in(&mut transaction).await;
            sqlx::query(
                "UPDATE users SET demo_mode_status = $2, demo_mode_job_id = $3, demo_mode_changed_at = now()
                 WHERE id = $1",
            )
            .bind(id)
            .bind(status)
            .bind(job.id)
            .execute(&mut *transaction)
            .await
            .unwrap_or_else(|error| panic!("cannot move user {email} to {status}: {error}"));
            made = Some(job);
        }
        transaction.commit().await.expect("commit");
        TestUser { id, email, profile_id, job: made }
    }
}
