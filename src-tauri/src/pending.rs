//! Commands that were sent and whose outcome is not known yet. Written to a file before sending, so that a crash or a lost
//! answer never loses the key under which the command can be found again.

use crate::failure::{Answer, internal};
use contract::ipc::PendingCommand;
use serde::{Deserialize, Serialize};
use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tracing::warn;
use uuid::Uuid;

/// More than this many unknown outcomes means that something is very wrong; no further command is sent.
const PENDING_MAX: usize = 200;

/// A command as it was sent, complete enough to send it again under the same key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// The `Idempotency-Key`.
    pub id: Uuid,
    /// The environment it was sent to.
    pub environment_id: String,
    /// Who sent it: keys of one person never meet another's.
    pub staff_id: Uuid,
    /// When, by this machine's clock.
    pub asked_at: chrono::DateTime<chrono::Utc>,
    /// Path below `/api/v1/staff`, without a leading slash.
    pub path: String,
    /// The body as sent.
    pub body: serde_json::Value,
    /// For `If-Match`.
    pub version: Option<u32>,
    /// For people.
    pub title: String,
    /// The user it concerned.
    pub user_id: Option<Uuid>,
    /// The job it concerned.
    pub job_id: Option<Uuid>,
}

impl From<&Command> for PendingCommand {
    fn from(command: &Command) -> Self {
        Self { command_id: command.id, title: command.title.clone(), user_id: command.user_id, job_id: command.job_id }
    }
}

/// The file of pending commands.
pub struct Pending {
    file: PathBuf,
    commands: Mutex<Vec<Command>>,
}

impl Pending {
    /// Reads what an earlier run left. An unreadable file is kept aside under another name, not lost.
    pub fn open(folder: &Path) -> Self {
        let file = folder.join("pending-commands.json");
        let commands = match std::fs::read(&file).map(|bytes| serde_json::from_slice(&bytes)) {
            Ok(Ok(commands)) => commands,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => vec![],
            problem => {
                warn!("Set aside an unreadable file of pending commands: {problem:?}");
                let _ = std::fs::rename(&file, file.with_extension("unreadable"));
                vec![]
            }
        };
        Self { file, commands: Mutex::new(commands) }
    }

    /// Those of a person on an environment, oldest first.
    pub fn of(&self, environment_id: &str, staff_id: Uuid) -> Vec<Command> {
        let own = |command: &&Command| command.environment_id == environment_id && command.staff_id == staff_id;
        self.lock().iter().filter(own).cloned().collect()
    }

    /// One of them.
    pub fn find(&self, id: Uuid) -> Option<Command> {
        self.lock().iter().find(|command| command.id == id).cloned()
    }

    /// Must succeed before the command is sent.
    pub fn put(&self, command: &Command) -> Answer<()> {
        let mut commands = self.lock();
        let mut next = commands.clone();
        next.retain(|other| other.id != command.id);
        if next.len() >= PENDING_MAX {
            return Err(internal("Keeping the command", "too many commands have an unknown outcome"));
        }
        next.push(command.clone());
        self.write(&next).map_err(|error| internal("Keeping the command", error))?;
        *commands = next;
        Ok(())
    }

    /// Once the outcome is known. If the file cannot be written the command merely shows up again at the next start.
    pub fn settle(&self, id: Uuid) {
        let mut commands = self.lock();
        commands.retain(|command| command.id != id);
        if let Err(error) = self.write(&commands) {
            warn!(command.id = %id, "Could not take a settled command from the file: {error}");
        }
    }

    fn write(&self, commands: &[Command]) -> std::io::Result<()> {
        let draft = self.file.with_extension("draft");
        let mut file = std::fs::File::create(&draft)?;
        file.write_all(&serde_json::to_vec(commands)?)?;
        file.sync_all()?;
        std::fs::rename(&draft, &self.file)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Command>> {
        self.commands.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A folder of this test's own.
    pub fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("repruv-ops-test-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        folder
    }

    /// A command of person 7 on environment "one".
    pub fn command(number: u128) -> Command {
        Command {
            id: Uuid::from_u128(number),
            environment_id: "one".into(),
            staff_id: Uuid::from_u128(7),
            asked_at: crate::clock::now(),
            path: "jobs/x/cancel".into(),
            body: serde_json::json!({ "reason": "asked for" }),
            version: Some(3),
            title: "Cancel the job".into(),
            user_id: None,
            job_id: None,
        }
    }

    fn of_dana(pending: &Pending) -> Vec<Command> {
        pending.of("one", Uuid::from_u128(7))
    }

    #[test]
    fn a_command_survives_a_crash_until_it_is_settled() {
        let folder = folder("pending");
        let one = command(1);
        Pending::open(&folder).put(&one).expect("is kept");
        let after_crash = Pending::open(&folder);
        assert_eq!(of_dana(&after_crash), std::slice::from_ref(&one));
        assert_eq!(after_crash.of("two", one.staff_id), [], "another environment");
        assert_eq!(after_crash.of("one", Uuid::from_u128(8)), [], "another person");
        after_crash.put(&one).expect("the same one again");
        assert_eq!(of_dana(&after_crash).len(), 1);
        after_crash.settle(one.id);
        assert_eq!(of_dana(&Pending::open(&folder)), []);
    }

    #[test]
    fn an_unreadable_file_is_set_aside() {
        let folder = folder("pending-unreadable");
        std::fs::write(folder.join("pending-commands.json"), "{").expect("writes");
        let pending = Pending::open(&folder);
        assert_eq!(of_dana(&pending), []);
        assert!(folder.join("pending-commands.unreadable").exists());
        pending.put(&command(1)).expect("works on");
    }

    #[test]
    fn nothing_can_be_sent_when_it_cannot_be_kept() {
        let pending = Pending::open(Path::new("/proc/nowhere"));
        assert!(pending.put(&command(1)).is_err());
        assert_eq!(of_dana(&pending), []);
    }
}
