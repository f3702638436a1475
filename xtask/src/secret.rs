//! Random words, and files that only their owner can read.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

/// 128 random bits in hex: a password or a mark that needs no quoting anywhere.
pub fn random() -> Result<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Writes a file that only its owner can read, at once or not at all.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let fresh = path.with_extension("new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let result = options.open(&fresh).and_then(|mut file| file.write_all(text.as_bytes()));
    result.and_then(|()| std::fs::rename(&fresh, path)).with_context(|| format!("cannot write {}", path.display()))
}
