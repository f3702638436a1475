//! The account PostgreSQL runs under. It refuses root, so as root it runs as somebody with no name for itself.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::run::output;

/// Whom the server runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// The person who runs this command.
    Own,
    /// Root runs this command, so the server gets this account.
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// `postgres` if there is one, else `nobody`; only for root.
    pub fn choose() -> Result<Self> {
        if !cfg!(unix) || id(&["-u"])? != 0 {
            return Ok(Self::Own);
        }
        if !cfg!(target_os = "linux") {
            bail!("PostgreSQL refuses to run as root — run this command as yourself, without sudo");
        }
        for name in ["postgres", "nobody"] {
            if let (Ok(uid), Ok(gid)) = (id(&["-u", name]), id(&["-g", name])) {
                return Ok(Self::Other { uid, gid });
            }
        }
        bail!("PostgreSQL refuses to run as root, and there is neither an account `postgres` nor `nobody` to run it as")
    }

    /// A program run by this account.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let words = self.words();
        let Some((first, rest)) = words.split_first() else {
            return Command::new(program);
        };
        let mut command = Command::new(first);
        command.args(rest).arg(program);
        command
    }

    /// What stands before a program so that this account runs it; nothing for the own one.
    pub fn words(&self) -> Vec<String> {
        let Self::Other { uid, gid } = self else {
            return vec![];
        };
        let become_it = ["setpriv".into(), format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".into()];
        // The programs and the data may lie below a home that only root may enter: this lets the server through.
        // The secure bit is for access(2), which forgets capabilities of anybody but root without it.
        let pass = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"];
        become_it.into_iter().chain(pass.map(str::to_owned)).collect()
    }

    /// Its ids, when it is another than the own one.
    pub fn owner(&self) -> Option<(u32, u32)> {
        match self {
            Self::Own => None,
            Self::Other { uid, gid } => Some((*uid, *gid)),
        }
    }

    /// Makes a folder of its own for this account, closed to everybody else.
    pub fn make_folder(&self, path: &Path) -> Result<()> {
        std::fs::create_dir_all(path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
            if let Self::Other { uid, gid } = self {
                std::os::unix::fs::chown(path, Some(*uid), Some(*gid))?;
            }
        }
        Ok(())
    }
}

fn id(arguments: &[&str]) -> Result<u32> {
    Ok(output(Command::new("id").args(arguments))?.trim().parse()?)
}
