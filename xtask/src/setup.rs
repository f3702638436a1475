//! Installs what is missing, or says what to install where this command cannot.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::postgres::Source;
use crate::repo;
use crate::run::{exists, output, run as run_program, say};

// cargo itself refuses a Rust that is too old: Cargo.toml names the oldest.
const NODE_MAJOR_MIN: u32 = 20;

/// What compiling the window needs.
const WINDOW_PACKAGES: [&str; 7] =
    ["build-essential", "file", "libssl-dev", "libwebkit2gtk-4.1-dev", "librsvg2-dev", "libxdo-dev", "xdg-utils"];

/// What driving the real window without a screen needs, with a real keychain and notifications; clocks that
/// are wrong, and authorities.
const TEST_PACKAGES: [&str; 10] = [
    "webkit2gtk-driver",
    "xvfb",
    "dbus",
    "dbus-x11",
    "gnome-keyring",
    "imagemagick",
    "libsecret-tools",
    "faketime",
    "dunst",
    "openssl",
];

/// Install what is missing: system packages (Debian and its kin), the page's packages.
///
/// Says what it installs before it does. Where it cannot install, it says what to install. Running it again when
/// nothing is missing changes nothing and takes a second.
#[derive(clap::Args)]
pub struct Args {
    /// Leave out what only the tests need.
    #[arg(long)]
    window_only: bool,
}

/// `cargo xtask setup`
pub fn run(args: &Args) -> Result<()> {
    let mut packages = WINDOW_PACKAGES.to_vec();
    if !args.window_only {
        packages.extend(TEST_PACKAGES);
    }
    system_packages(&packages)?;
    page()?;
    let source = Source::resolve()?;
    say(format_args!("PostgreSQL: {}", source.version()));
    say("Everything is here");
    Ok(())
}

/// What `cargo tauri dev` needs.
pub fn for_window() -> Result<()> {
    run(&Args { window_only: true })
}

/// Node, and the page's packages as the lock file names them.
pub fn page() -> Result<()> {
    let version = output(Command::new("node").arg("--version"))?;
    let major: u32 = version.trim().trim_start_matches('v').split('.').next().unwrap_or_default().parse().unwrap_or(0);
    if major < NODE_MAJOR_MIN {
        bail!(
            "Node.js {} is too old — install version {NODE_MAJOR_MIN} or newer from https://nodejs.org",
            version.trim()
        );
    }
    let lock = repo::ui().join("package-lock.json");
    if !lock.exists() {
        bail!("{} is missing — this work tree is incomplete", lock.display());
    }
    // npm writes this file last, so an interrupted installation is made again.
    let installed = repo::ui().join("node_modules").join(".package-lock.json");
    if newer(&installed, &lock) {
        return Ok(());
    }
    say("Installing the page's packages (npm ci)");
    run_program(repo::npm().args(["ci", "--no-audit", "--no-fund"])).context("the page's packages were not installed")
}

fn newer(left: &Path, right: &Path) -> bool {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified());
    matches!((modified(left), modified(right)), (Ok(left), Ok(right)) if left >= right)
}

fn system_packages(packages: &[&str]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return elsewhere();
    }
    if !exists("dpkg-query", "--version") || !exists("apt-get", "--version") {
        return other_linux();
    }
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let root = output(Command::new("id").arg("-u"))?.trim() == "0";
    if !root && !exists("sudo", "--version") {
        bail!("these Debian packages are missing — as root, run: apt-get install --no-install-recommends {list}");
    }
    say(format_args!("Installing Debian packages: {list}"));
    let apt = |arguments: &[&str]| {
        let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"];
        if !root {
            words.insert(0, "sudo");
            if !std::io::stdin().is_terminal() {
                words.insert(1, "--non-interactive");
            }
        }
        words.extend(arguments);
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).stdout(std::io::stderr());
        run_program(&mut command)
    };
    let mut install = vec!["install", "--no-install-recommends"];
    install.extend(&missing);
    apt(&["update"])
        .and_then(|()| apt(&install))
        .with_context(|| format!("install them yourself and run this again: apt-get install {list}"))
}

fn installed(package: &str) -> bool {
    let status = output(Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", package]));
    status.is_ok_and(|status| status.trim() == "installed")
}

fn other_linux() -> Result<()> {
    let found = Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]).status().is_ok_and(|it| it.success());
    if found {
        return Ok(());
    }
    bail!(
        "the window's system libraries were not found — install WebKitGTK 4.1, librsvg, libxdo and OpenSSL with their \
         headers and a C compiler (Fedora: dnf install webkit2gtk4.1-devel librsvg2-devel libxdo-devel openssl-devel \
         gcc; Arch: pacman -S webkit2gtk-4.1 librsvg xdotool openssl base-devel)"
    )
}

fn elsewhere() -> Result<()> {
    if cfg!(target_os = "macos") && !exists("xcode-select", "--print-path") {
        bail!("Apple's command line tools are missing — run: xcode-select --install");
    }
    // Windows 11 has the web view, and a Rust that runs has the C++ build tools.
    Ok(())
}
