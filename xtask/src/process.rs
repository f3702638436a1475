//! Processes that outlive the command which started them, and can be told apart from strangers later.
//!
//! A process id alone says nothing: the system gives it to somebody else once its owner is gone. So each process gets
//! a mark in its environment, and only a process that still carries it is ever signalled.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sysinfo::{Pid, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, Signal, System, UpdateKind};

use crate::run::wait_for;

const MARK: &str = "REPRUV_STACK_MARK";

/// A process in the background, as `stack.json` remembers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Background {
    /// Its id, good only together with the mark.
    pub pid: u32,
    mark: String,
}

impl Background {
    /// Starts a program in a process group of its own, so that Ctrl-C in this terminal does not reach it. What it
    /// prints goes to `out`, what it logs to `log`.
    pub fn start(command: &mut Command, out: &Path, log: &Path) -> Result<Self> {
        let mark = crate::secret::random()?;
        command
            .env(MARK, &mark)
            .stdin(Stdio::null())
            .stdout(File::create(out).with_context(|| format!("cannot write {}", out.display()))?)
            .stderr(
                File::options()
                    .create(true)
                    .append(true)
                    .open(log)
                    .with_context(|| format!("cannot write {}", log.display()))?,
            );
        detach(command);
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().with_context(|| format!("cannot start {program}"))?;
        let started = Self { pid: child.id(), mark };
        // For a moment after it was started a program's environment reads as empty, and it would count as a stranger.
        for _ in 0..100 {
            if started.alive() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(started)
    }

    /// Whether it still runs. A stranger with the same id does not count.
    pub fn alive(&self) -> bool {
        self.with(|_| ()).is_some()
    }

    /// Asks it to stop, and ends it when it has not within `grace`.
    pub fn stop(&self, grace: Duration) -> Result<()> {
        // Windows knows no gentle signal: there, the process is ended at once.
        if self.with(|process| process.kill_with(Signal::Term).unwrap_or_else(|| process.kill())).is_none() {
            return Ok(());
        }
        let gone = || {
            (0..grace.as_millis() / 20).any(|_| {
                std::thread::sleep(Duration::from_millis(20));
                !self.alive()
            })
        };
        if gone() {
            return Ok(());
        }
        self.with(sysinfo::Process::kill);
        if gone() { Ok(()) } else { bail!("process {} does not end", self.pid) }
    }

    fn with<T>(&self, act: impl FnOnce(&sysinfo::Process) -> T) -> Option<T> {
        let pid = Pid::from_u32(self.pid);
        let mut system = System::new().ok()?;
        let what = ProcessRefreshKind::nothing().with_environ(UpdateKind::Always);
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, what);
        let process = system.process(pid)?;
        let mark = format!("{MARK}={}", self.mark);
        let ours = process.environ().iter().any(|variable| variable.to_str() == Some(mark.as_str()));
        let ended = matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead);
        (ours && !ended).then(|| act(process))
    }
}

/// Waits for the one JSON line that our programs print when they are ready, and answers the address in it.
pub fn await_address(process: &Background, out: &Path, log: &Path) -> Result<String> {
    let mut address = None;
    let ready = wait_for(Duration::from_secs(60), || {
        let text = std::fs::read_to_string(out).unwrap_or_default();
        address = text.lines().find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(line.get("listening")?.as_str()?.to_owned())
        });
        Ok(address.is_some() || !process.alive())
    })?;
    match address {
        Some(address) => Ok(address),
        None if ready => bail!("it ended before it was ready. {}", tail(log)),
        None => bail!("it was not ready within 60 s. {}", tail(log)),
    }
}

/// The last lines of a log, for an error message.
pub fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines[lines.len().saturating_sub(12)..].join("\n  ");
    format!("The end of {}:\n  {last}", log.display())
}

/// Asks a process and everything it started to stop.
pub fn stop_tree(root: u32) {
    let Ok(mut system) = System::new() else {
        return;
    };
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, ProcessRefreshKind::nothing());
    let mut tree = vec![Pid::from_u32(root)];
    let mut next = 0;
    while let Some(parent) = tree.get(next).copied() {
        tree.extend(system.processes().values().filter(|p| p.parent() == Some(parent)).map(sysinfo::Process::pid));
        next += 1;
    }
    for process in tree.iter().rev().filter_map(|pid| system.process(*pid)) {
        process.kill_with(Signal::Term).unwrap_or_else(|| process.kill());
    }
}

#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper() -> (Background, std::path::PathBuf) {
        let folder = std::env::temp_dir().join(format!("xtask-process-{}", crate::secret::random().unwrap()));
        std::fs::create_dir_all(&folder).unwrap();
        let command = &mut Command::new("sleep");
        (Background::start(command.arg("60"), &folder.join("out"), &folder.join("log")).unwrap(), folder)
    }

    #[test]
    fn a_started_process_is_alive_until_it_is_stopped() {
        let (process, folder) = sleeper();
        assert!(process.alive());
        process.stop(Duration::from_secs(5)).unwrap();
        assert!(!process.alive());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_stranger_with_the_same_id_is_neither_alive_nor_stopped() {
        let (process, folder) = sleeper();
        let stranger = Background { pid: process.pid, mark: "another".into() };
        assert!(!stranger.alive());
        stranger.stop(Duration::from_secs(1)).unwrap();
        assert!(process.alive(), "the stranger was left alone");
        process.stop(Duration::from_secs(5)).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }
}
