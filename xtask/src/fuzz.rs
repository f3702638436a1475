//! Input that a machine makes up, for what comes from outside: `crates/fuzz`, driven by libFuzzer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::repo;
use crate::run::{exists, keep_going, output, run as run_program, run_within, say};

/// The Rust project's own. Another version may want other options.
const TOOL: &str = "cargo-fuzz";
const VERSION: &str = "0.13.2";
/// libFuzzer needs what only a nightly compiler can put into a program.
const TOOLCHAIN: &str = "nightly";

/// Bytes of an input: most are some hundreds, and a filter may name a thing many times.
const INPUT_MAX: u32 = 8_192;
/// Seconds that one input may take, and megabytes that the program may: beyond them it is a finding.
const INPUT_PATIENCE: u32 = 5;
const MEMORY_MAX: u32 = 1_024;

/// The flaw that was put in on purpose (`crates/fuzz/src/planted.rs`), what it is begun with, and what it says.
const PLANTED: &str = "planted";
const PLANTED_SEEDS: &str = "deep_links";
const PLANTED_SAYS: &str = "the planted flaw";

/// Let a machine make up input for what comes from outside: links, arguments of the window's commands, filters, searches, cursors.
///
/// Fails on the first input for which something does not hold, names the file with it, and says how to try it again. What a run
/// learns is kept in the target directory and begun with the next time. Needs rustup; a nightly compiler and cargo-fuzz are
/// installed where they are missing, which takes some minutes the first time.
#[derive(clap::Args)]
pub struct Args {
    /// How long each target is tried.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
    /// Only this one (crates/fuzz/README.md names them).
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Only try this file again.
    #[arg(long, value_name = "FILE", requires = "target")]
    input: Option<PathBuf>,
    /// Only look for the flaw that was planted in `crates/fuzz` for it, and fail when it is not found.
    #[arg(long, conflicts_with_all = ["target", "input"])]
    planted: bool,
}

/// `cargo xtask fuzz`
pub fn run(args: &Args) -> Result<()> {
    let names = targets()?;
    let wanted: Vec<&String> =
        names.iter().filter(|name| args.target.as_ref().is_none_or(|one| one == *name)).collect();
    if wanted.is_empty() {
        bail!("there is no such target — choose one of {}", names.join(", "));
    }
    let programs = built()?;
    if args.planted {
        return planted(&programs, args.seconds);
    }
    if let Some(input) = &args.input {
        return run_program(Command::new(programs.join(wanted[0])).arg(input));
    }
    let mut found = Vec::new();
    for name in wanted {
        match tried(&programs, name, name, args.seconds)? {
            Outcome::Nothing(figures) => println!("{name}: {figures}"),
            Outcome::Finding(finding) => {
                println!("{name}: FOUND SOMETHING: {finding}");
                found.push(name.as_str());
            }
        }
    }
    if found.is_empty() { Ok(()) } else { bail!("something does not hold: {}", found.join(", ")) }
}

/// Each has a folder with what it begins with.
fn targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(crate_folder().join("seeds"))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn crate_folder() -> PathBuf {
    repo::root().join("crates/fuzz")
}

fn home() -> Result<PathBuf> {
    Ok(repo::target()?.join("fuzz"))
}

/// Builds all targets; answers the folder with them.
fn built() -> Result<PathBuf> {
    let tool = installed()?;
    say("Building what is tried, so that it tells which way it went");
    let build = home()?.join("build");
    let host = host()?;
    let mut command = in_nightly(&tool);
    // Without the sanitizer for memory: our code has no unsafe line, and so several times as much is tried. Nothing is compiled
    // otherwise than it is shipped, and what is never called counts for nothing.
    command.args(["fuzz", "build", "--sanitizer", "none", "--no-cfg-fuzzing", "--strip-dead-code"]);
    command.args(["--dev", "--features", "libfuzzer", "--target", &host]);
    command.arg("--fuzz-dir").arg(crate_folder()).arg("--target-dir").arg(&build);
    // A build for development checks arithmetic; unoptimised it would try a tenth.
    command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1").env("CARGO_INCREMENTAL", "0");
    run_program(command.stdout(Stdio::null())).context("the targets do not build")?;
    Ok(build.join(host).join("debug"))
}

/// The tool, in a nightly compiler's surroundings instead of those of whoever called us.
fn in_nightly(tool: &Path) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", TOOLCHAIN]).arg(tool).current_dir(repo::root());
    let ours = |name: &str| name == "CARGO" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for name in std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(|name| ours(name)) {
        command.env_remove(name);
    }
    command
}

fn installed() -> Result<PathBuf> {
    if !exists("rustup", "--version") {
        bail!(
            "rustup was not found — install it from https://rustup.rs: a nightly compiler is needed besides the one in use"
        );
    }
    if !output(Command::new("rustup").args(["toolchain", "list"]))?.lines().any(|line| line.starts_with(TOOLCHAIN)) {
        say("Installing a nightly compiler");
        run_program(Command::new("rustup").args(["toolchain", "install", TOOLCHAIN, "--profile", "minimal"]))?;
    }
    let tools = repo::target()?.join("tools");
    let tool = tools.join("bin").join(format!("{TOOL}{}", std::env::consts::EXE_SUFFIX));
    if !tool.is_file() {
        say(format_args!("Compiling {TOOL} {VERSION}"));
        run_program(repo::cargo().args(["install", TOOL, "--version", VERSION, "--locked", "--root"]).arg(&tools))?;
    }
    Ok(tool)
}

fn host() -> Result<String> {
    let told = output(Command::new("rustup").args(["run", TOOLCHAIN, "rustc", "--version", "--verbose"]))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("the nightly compiler does not say for which machine it is")
}

/// What came of trying.
enum Outcome {
    /// In one line.
    Nothing(String),
    Finding(Finding),
}

/// An input for which something does not hold.
struct Finding {
    target: String,
    panic: String,
    /// `None`: it was stopped from outside, or never began.
    file: Option<PathBuf>,
    log: PathBuf,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { target, panic, file, log } = self;
        let file = file.as_deref().unwrap_or(Path::new("")).display();
        write!(f, "{panic}\n  again: cargo xtask fuzz --target {target} --input {file}\n  all of it: {}", log.display())
    }
}

/// Tries one target for a while, from the seeds of this name and what was learnt of it before.
fn tried(programs: &Path, name: &str, seeds: &str, seconds: u32) -> Result<Outcome> {
    let home = home()?;
    let (learnt, findings, log) =
        (home.join("learnt").join(name), home.join("found"), home.join(format!("{name}.log")));
    fs::create_dir_all(&learnt)?;
    fs::create_dir_all(&findings)?;
    say(format_args!("Trying {name} for {seconds} s"));
    let mut command = Command::new(programs.join(name));
    command.arg(&learnt).arg(crate_folder().join("seeds").join(seeds));
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-max_len={INPUT_MAX}"));
    command.arg(format!("-timeout={INPUT_PATIENCE}")).arg(format!("-rss_limit_mb={MEMORY_MAX}"));
    command.arg(format!("-dict={}", crate_folder().join("words.dict").display()));
    command.arg(format!("-artifact_prefix={}/{name}-", findings.display())).arg("-print_final_stats=1");
    command.stdout(Stdio::null()).stderr(fs::File::create(&log)?);
    let ended = run_within(&mut command, Duration::from_secs(u64::from(seconds) + 120));
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let Err(error) = ended else { return Ok(Outcome::Nothing(figures(&said))) };
    keep_going()?;
    let panic: Vec<_> = said.lines().skip_while(|line| !line.contains("panicked at")).take(4).collect();
    let panic = if panic.is_empty() { format!("{error:#}") } else { panic.join("\n  ") };
    let file = said.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, file)| file.into());
    Ok(Outcome::Finding(Finding { target: name.to_owned(), panic, file, log }))
}

/// Looks for the flaw that was put in for it. It counts as found when the run ends by it and its file leads to it again, and not
/// to anything in the target that it copies.
fn planted(programs: &Path, seconds: u32) -> Result<()> {
    // What an earlier run learnt would lead straight to it.
    let learnt = home()?.join("learnt").join(PLANTED);
    if learnt.exists() {
        fs::remove_dir_all(&learnt)?;
    }
    let began = Instant::now();
    let finding = match tried(programs, PLANTED, PLANTED_SEEDS, seconds)? {
        Outcome::Finding(finding) => finding,
        Outcome::Nothing(figures) => {
            bail!(
                "the planted flaw was not found within {seconds} s, so nothing found elsewhere says little: {figures}"
            )
        }
    };
    let found_in = began.elapsed();
    let file = finding.file.as_ref().filter(|_| finding.panic.contains(PLANTED_SAYS));
    let file = file.with_context(|| format!("it ended by something else than the planted flaw: {finding}"))?;
    let again = |target: &str| output(Command::new(programs.join(target)).arg(file));
    match again(PLANTED) {
        Err(error) if format!("{error:#}").contains(PLANTED_SAYS) => {}
        other => bail!("{} does not lead to the planted flaw again: {other:?}", file.display()),
    }
    again(PLANTED_SEEDS).with_context(|| format!("{} is more than the planted flaw", file.display()))?;
    println!("The planted flaw was found within {:.1} s, and its file leads to it again", found_in.as_secs_f64());
    Ok(())
}

/// What libFuzzer said at the end, in one line.
fn figures(said: &str) -> String {
    let total =
        said.lines().find_map(|line| line.split_once("(")?.1.split_once(" inline 8-bit counters)").map(|it| it.0));
    let total = total.unwrap_or("?");
    let last = said.lines().rev().find(|line| line.contains(" cov: ")).unwrap_or_default();
    let after = |word: &str| {
        last.split_once(word).and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or("?").to_owned()
    };
    let stat = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name));
        line.and_then(|rest| rest.split_once(':')).map_or("?", |(_, value)| value.trim()).to_owned()
    };
    format!(
        "{} executions, {} a second, {} of {total} edges reached, {} inputs worth keeping",
        stat("number_of_executed_units"),
        stat("average_exec_per_sec"),
        after(" cov: "),
        after(" corp: ").split('/').next().unwrap_or("?"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_read_from_what_libfuzzer_says() {
        let said = "INFO: Loaded 1 modules   (120 inline 8-bit counters): 120 [0x1, 0x2),\n\
                    #2\tINITED cov: 5 ft: 6 corp: 2/31b exec/s: 0 rss: 40Mb\n\
                    #900\tDONE   cov: 57 ft: 80 corp: 31/1200b lim: 4096 exec/s: 450 rss: 40Mb\n\
                    stat::number_of_executed_units: 900\nstat::average_exec_per_sec:     450\n";
        let expected = "900 executions, 450 a second, 57 of 120 edges reached, 31 inputs worth keeping";
        assert_eq!(figures(said), expected);
    }
}
