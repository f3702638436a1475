//! What a developer sees on a machine where something is missing: one message that says what, and what to do.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "in a test a failure is to be loud, helpers included")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

/// A folder of programs that do nothing but print a line; it is the whole `PATH` of what runs with it.
struct Machine(PathBuf);

impl Machine {
    /// Debian with every package installed and nothing else.
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("xtask-machine-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder).with("dpkg-query", "installed").with("apt-get", "apt")
    }

    fn with(self, program: &str, prints: &str) -> Self {
        let file = self.0.join(program);
        fs::write(&file, format!("#!/bin/sh\necho '{prints}'\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// Runs an xtask that must fail, and answers its one message.
    fn fails(&self, words: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(words).env("PATH", &self.0).env_remove("WAYLAND_DISPLAY").env_remove("DISPLAY");
        if words[0] == "tauri" && self.0.join("display").exists() {
            command.env("DISPLAY", ":0");
        }
        let done = command.output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{said}");
        assert!(done.stdout.is_empty(), "stdout is for results");
        let messages: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
        assert_eq!(messages.len(), 1, "{said}");
        assert!(!said.contains("panicked") && !said.contains("Caused by") && !said.contains("os error"), "{said}");
        messages[0].to_owned()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn starting_the_window_without_a_display_says_what_else_can_be_run() {
    let message = Machine::new("display").fails(&["tauri", "dev"]);
    assert!(message.starts_with("there is no display to open a window on — "), "{message}");
    assert!(message.contains("cargo xtask stack up") && message.contains("xvfb-run"), "{message}");
}

#[test]
fn starting_the_window_while_its_port_is_taken_says_which_and_by_what() {
    // Somebody else may have it already: that is as good.
    let _taken = TcpListener::bind(("127.0.0.1", 5173));
    let message = Machine::new("port").with("display", "").fails(&["tauri", "dev"]);
    assert!(message.starts_with("port 5173 is taken"), "{message}");
    assert!(message.contains("cargo tauri dev") && message.contains("ui/vite.config.ts"), "{message}");
}

#[test]
fn setting_up_without_node_says_where_to_get_it() {
    let message = Machine::new("node").fails(&["setup", "--window-only"]);
    assert!(message.contains("Node.js was not found — install version 20 or newer"), "{message}");
}

#[test]
fn setting_up_with_an_old_node_says_which_one_is_needed() {
    let message = Machine::new("old-node").with("node", "v18.19.0").fails(&["setup", "--window-only"]);
    assert!(message.contains("Node.js v18.19.0 is too old — install version 20 or newer"), "{message}");
}
