//! Running other programs, so that each failure says what failed and Ctrl-C ends in an orderly stop.

use std::io::{ErrorKind, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::process;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static FOREGROUND: Mutex<Option<u32>> = Mutex::new(None);

/// From now on Ctrl-C, SIGTERM and SIGHUP end the program that runs in the foreground and set a flag; what the
/// command started is then stopped by the values that own it.
pub fn watch_for_interrupts() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let foreground = FOREGROUND.lock().map(|pid| *pid).unwrap_or_default();
        if let Some(pid) = foreground {
            process::stop_tree(pid);
        }
    })
    .context("cannot watch for Ctrl-C")
}

/// Whether somebody asked this command to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Fails when somebody asked this command to stop.
pub fn keep_going() -> Result<()> {
    if interrupted() { bail!("interrupted") } else { Ok(()) }
}

/// Waits for `done` to hold, asking every 20 ms for as long as `limit`. Answers whether it came to hold.
pub fn wait_for(limit: Duration, mut done: impl FnMut() -> Result<bool>) -> Result<bool> {
    let started = std::time::Instant::now();
    while started.elapsed() < limit {
        if done()? {
            return Ok(true);
        }
        keep_going()?;
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(false)
}

/// Says what happens next, on stderr: stdout is for results.
pub fn say(message: impl std::fmt::Display) {
    eprintln!("· {message}");
}

/// Runs a program in the foreground and fails unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    check(command, status)
}

/// Runs a program in the foreground, ends it with all that it started when it takes longer than `limit`, and fails unless it
/// succeeds.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = spawn(command)?;
    let _foreground = Foreground::of(&child);
    let mut ended = None;
    let in_time = wait_for(limit, || {
        ended = child.try_wait()?;
        Ok(ended.is_some())
    });
    match (ended, in_time) {
        (Some(status), _) => check(command, status),
        (None, outcome) => {
            process::stop_tree(child.id());
            child.wait()?;
            outcome?;
            bail!("{} had not ended after {} minutes", name(command), limit.as_secs() / 60)
        }
    }
}

/// Runs a program in the foreground and answers how it ended.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    let mut child = spawn(command)?;
    wait(&mut child)
}

/// Runs a program in the foreground with `input` on its stdin, so that a secret is in no argument list. What it prints is
/// dropped, what it complains about is seen.
pub fn run_with_input(command: &mut Command, input: &str) -> Result<()> {
    let mut child = spawn(command.stdin(Stdio::piped()).stdout(Stdio::null()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // The program may end without reading; its exit status says more than the broken pipe.
        let _ = stdin.write_all(input.as_bytes());
    }
    let status = wait(&mut child)?;
    check(command, status)
}

/// Runs a program and answers what it printed. What it said on stderr is in the error.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if !done.status.success() {
        bail!("{} failed ({}): {}", name(command), done.status, String::from_utf8_lossy(&done.stderr).trim());
    }
    String::from_utf8(done.stdout).with_context(|| format!("{} printed something that is not text", name(command)))
}

/// Whether a program can be run at all.
pub fn exists(program: &str, argument: &str) -> bool {
    Command::new(program)
        .arg(argument)
        .current_dir(crate::repo::root())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn spawn(command: &mut Command) -> Result<Child> {
    keep_going()?;
    command.spawn().map_err(|error| not_started(command, &error))
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    let _foreground = Foreground::of(child);
    Ok(child.wait()?)
}

/// The program that Ctrl-C ends, for as long as this lives.
struct Foreground;

impl Foreground {
    fn of(child: &Child) -> Self {
        Self::register(Some(child.id()));
        Self
    }

    fn register(pid: Option<u32>) {
        if let Ok(mut foreground) = FOREGROUND.lock() {
            *foreground = pid;
        }
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        Self::register(None);
    }
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    keep_going()?;
    if status.success() { Ok(()) } else { Err(anyhow!("{} failed ({status})", name(command))) }
}

/// The program's name and its first arguments: enough to run it again, never the environment.
fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned()];
    // A script among the arguments would drown the message.
    let readable = |word: &std::borrow::Cow<'_, str>| !word.contains('\n');
    let arguments = command.get_args().map(std::ffi::OsStr::to_string_lossy).filter(readable);
    words.extend(arguments.take(6).map(std::borrow::Cow::into_owned));
    format!("`{}`", words.join(" "))
}

fn not_started(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    match (error.kind(), program.trim_end_matches(".cmd")) {
        (ErrorKind::NotFound, "node" | "npm") => {
            anyhow!("Node.js was not found — install version 20 or newer from https://nodejs.org, then run this again")
        }
        (ErrorKind::NotFound, _) => {
            anyhow!("{program} was not found — run `cargo xtask setup`, which installs it or says what to install")
        }
        _ => anyhow!("{} could not be started: {error}", name(command)),
    }
}
