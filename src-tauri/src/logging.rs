//! The window's log: one file a day, seven kept; a panic is written before the process ends.

use std::{
    backtrace::Backtrace,
    path::{Path, PathBuf},
};
use tracing::error;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

const FILES_KEPT: usize = 7;
const PREFIX: &str = "repruv-ops";
/// Statements and their values are never logged: sqlx keeps silent below warnings.
const DEFAULT: &str = "info,sqlx=warn,hyper=warn,reqwest=warn,zbus=warn,tao=warn,wry=warn";

/// Starts logging to a folder. Written without a buffer: a crash loses nothing.
pub fn start(folder: &Path) {
    let filter = EnvFilter::try_from_env("REPRUV_OPS_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(PREFIX)
        .filename_suffix("log")
        .max_log_files(FILES_KEPT)
        .build(folder);
    let registry = tracing_subscriber::registry().with(filter);
    let terminal = cfg!(debug_assertions).then(|| fmt::layer().with_writer(std::io::stderr));
    let started = match file {
        Ok(file) => registry.with(terminal).with(fmt::layer().with_ansi(false).with_writer(file)).try_init(),
        Err(error) => {
            eprintln!("No log is written to {}: {error}", folder.display());
            registry.with(terminal).try_init()
        }
    };
    if let Err(error) = started {
        eprintln!("No log is written: {error}");
    }
    let earlier = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        error!(backtrace = %Backtrace::force_capture(), "{panic}");
        earlier(panic);
    }));
}

/// The last warnings and errors of the newest file, oldest first, without anything that was not ours to write.
pub fn last_troubles(folder: &Path, lines_max: usize) -> Vec<String> {
    let Some(newest) = newest(folder) else { return vec![] };
    let text = std::fs::read_to_string(newest).unwrap_or_default();
    let mut troubles: Vec<_> = text
        .lines()
        .rev()
        .filter(|line| line.contains(" WARN ") || line.contains("ERROR "))
        .take(lines_max)
        .map(shortened)
        .collect();
    troubles.reverse();
    troubles
}

fn shortened(line: &str) -> String {
    line.chars().take(300).collect()
}

fn newest(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    files.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_troubles_come_from_the_newest_file() {
        let folder = crate::pending::tests::folder("logs");
        std::fs::write(folder.join("repruv-ops.2026-01-01.log"), "2026  WARN old\n").expect("writes");
        std::fs::write(
            folder.join("repruv-ops.2026-01-02.log"),
            format!("t  INFO a: fine\nt  WARN a: first\nt ERROR a: {}\n", "x".repeat(1_000)),
        )
        .expect("writes");
        let troubles = last_troubles(&folder, 10);
        assert_eq!(troubles.len(), 2);
        assert!(troubles[0].ends_with("first") && troubles[1].len() == 300);
        assert_eq!(last_troubles(&folder, 1).len(), 1);
        assert!(last_troubles(Path::new("/nowhere"), 1).is_empty());
    }
}
