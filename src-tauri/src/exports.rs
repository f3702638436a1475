//! Files that the person asks for: always new ones, in the folder for downloads, whole or not at all.

use crate::{
    failure::{Answer, internal},
    ops::lock,
};
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

/// Files of one name and second beside each other.
const TWINS_MAX: u32 = 100;

/// Where such files go, and which came last.
pub struct Exports {
    folder: PathBuf,
    last: Mutex<Option<PathBuf>>,
}

/// A file that is being written. Without [`Draft::finish`] nothing of it stays.
pub struct Draft {
    file: Option<BufWriter<File>>,
    path: PathBuf,
    part: PathBuf,
}

impl Exports {
    /// Into this folder, which is made when it is needed.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, last: Mutex::default() }
    }

    /// The file that was written last.
    pub fn last(&self) -> Option<PathBuf> {
        lock(&self.last).clone()
    }

    /// Begins a file called `stem`.`extension`, or with a number when there is one already.
    pub fn begin(&self, stem: &str, extension: &str) -> Answer<Draft> {
        let doing = format!("Writing into {}", self.folder.display());
        std::fs::create_dir_all(&self.folder).map_err(|error| internal(&doing, error))?;
        for twin in 1..=TWINS_MAX {
            let number = if twin == 1 { String::new() } else { format!("-{twin}") };
            let path = self.folder.join(format!("{stem}{number}.{extension}"));
            let part = path.with_extension(format!("{extension}.part"));
            if path.exists() {
                continue;
            }
            match File::create_new(&part) {
                Ok(file) => return Ok(Draft { file: Some(BufWriter::new(file)), path, part }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(internal(&doing, error)),
            }
        }
        Err(internal(&doing, "there are too many files of this name"))
    }

    /// Puts a whole file in its place and answers where that is.
    pub fn finish(&self, mut draft: Draft) -> Answer<PathBuf> {
        let written = draft.file.take().map_or(Ok(()), |file| {
            file.into_inner().map_err(std::io::IntoInnerError::into_error).and_then(|file| file.sync_all())
        });
        written
            .and_then(|()| std::fs::rename(&draft.part, &draft.path))
            .map_err(|error| internal(&format!("Writing {}", draft.path.display()), error))?;
        let path = std::mem::take(&mut draft.path);
        *lock(&self.last) = Some(path.clone());
        Ok(path)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.path != Path::new("") {
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pending::tests::folder;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("is a folder");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_never_takes_the_place_of_another_and_half_a_file_goes_away() {
        let folder = folder("exports").join("Downloads");
        let exports = Exports::new(folder.clone());
        for text in ["first", "second"] {
            let mut draft = exports.begin("audit", "csv").expect("begins");
            draft.write_all(text.as_bytes()).expect("writes");
            let path = exports.finish(draft).expect("finishes");
            assert_eq!(std::fs::read_to_string(&path).expect("is there"), text);
            assert_eq!(exports.last(), Some(path));
        }
        drop(exports.begin("audit", "csv").expect("begins"));
        assert_eq!(names(&folder), ["audit-2.csv", "audit.csv"]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_to_is_said() {
        let refused = Exports::new("/proc/nowhere".into()).begin("audit", "csv");
        assert!(refused.is_err());
    }
}
