//! A screen nobody sees, a session bus and a keychain of its own: what the real window needs where there is no desktop.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{repo, secret};

/// Starts a keychain that is unlocked, runs the program given as arguments, and ends the keychain with it.
const IN_SESSION: &str = r#"
keys=$(mktemp -d "$XDG_RUNTIME_DIR/keyring.XXXXXX")
printf local | gnome-keyring-daemon --foreground --components=secrets --unlock --control-directory="$keys" >/dev/null 2>&1 &
keyring=$!
trap 'kill "$keyring" 2>/dev/null' EXIT
ask() { dbus-send --session --print-reply --dest="$@" 2>/dev/null; }
# First its name, which starts nothing: a call to the name would let the bus start a second, locked keychain.
until_true() { for _ in $(seq 200); do "$@" && return; sleep 0.05; done; }
named() { ask org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true; }
unlocked() { ask org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.Secret.Service.ReadAlias string:default | grep -q collection; }
until_true named
until_true unlocked
"$@"
"#;

/// The screen and the home; both are gone when it is dropped.
pub struct Headless {
    screen: Child,
    display: String,
    home: PathBuf,
}

impl Headless {
    /// Opens a screen of 1440 × 900 on the first display number that is free.
    pub fn open() -> Result<Self> {
        let mut screen = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb cannot be started — run `cargo xtask setup`")?;
        let mut number = String::new();
        if let Some(out) = screen.stdout.as_mut() {
            BufReader::new(out).read_line(&mut number)?;
        }
        let home = repo::target()?.join("headless").join(secret::random()?);
        let headless = Self { screen, display: format!(":{}", number.trim()), home };
        if number.trim().is_empty() {
            bail!("Xvfb gave no screen");
        }
        private_folder(&headless.home.join("run"))?;
        Ok(headless)
    }

    /// A program that sees this screen, and a bus and keychain of its own.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("dbus-run-session");
        command
            .args(["--", "bash", "-c", IN_SESSION, "headless", program])
            .current_dir(repo::ui())
            .env("DISPLAY", &self.display)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", self.home.join("run"))
            .env("GDK_BACKEND", "x11")
            .env("LC_ALL", "C.UTF-8")
            // The accessibility bus is not there; looking for it costs every window half a second.
            .env("NO_AT_BRIDGE", "1");
        for inherited in
            ["WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
        {
            command.env_remove(inherited);
        }
        command
    }
}

impl Drop for Headless {
    fn drop(&mut self) {
        // Best effort: what is left is an idle screen and an empty home.
        let _ = self.screen.kill();
        let _ = self.screen.wait();
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

fn private_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_program_has_a_screen_and_an_unlocked_keychain() {
        let headless = Headless::open().unwrap();
        let mut ask = headless.command("dbus-send");
        ask.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"]);
        ask.args(["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.ReadAlias", "string:default"]);
        let answer = crate::run::output(ask.current_dir(repo::root())).unwrap();
        assert!(answer.contains("/org/freedesktop/secrets/collection/login"), "{answer}");
        assert!(headless.display.len() > 1, "{}", headless.display);
    }
}
