//! Journals as files of this machine: one for each run. Only the run that creates a file writes to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::store::{Access, private};

use super::error::JournalError;
use super::id::RunId;
use super::shelf::{Shelf, TAIL};
use super::write::Sink;

const ENDING: &str = "jsonl";

/// The folder of one instance.
#[derive(Debug)]
pub(super) struct Files(PathBuf);

impl Files {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    fn create_file(&self, path: &Path) -> io::Result<File> {
        private::folder(&self.0)?;
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        // On a file system without locks, `is_running` is false for every run.
        #[cfg(unix)]
        drop(file.try_lock());
        // The file survives a loss of power only if its folder is on the disk too.
        #[cfg(unix)]
        File::open(&self.0)?.sync_all()?;
        Ok(file)
    }

    fn run_names(&self) -> io::Result<Vec<RunId>> {
        let mut runs = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                let name = path.file_stem().and_then(|name| name.to_str());
                runs.extend(name.and_then(RunId::parse));
            }
        }
        runs.sort_unstable();
        Ok(runs)
    }

    fn file(&self, id: &RunId) -> Result<File, JournalError> {
        let path = self.path(id);
        File::open(&path).map_err(|source| access(path, Access::Read, source))
    }
}

impl Shelf for Files {
    fn is_remote(&self) -> bool {
        false
    }

    fn shown(&self) -> String {
        self.0.display().to_string()
    }

    fn path(&self, id: &RunId) -> PathBuf {
        self.0.join(format!("{id}.{ENDING}"))
    }

    /// Other files in the folder are ignored.
    fn names(&self) -> Result<Vec<RunId>, JournalError> {
        match self.run_names() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            names => names.map_err(|source| access(self.0.clone(), Access::Read, source)),
        }
    }

    /// The file is readable for its owner only. It is locked as long as it is open, which shows that the run is alive.
    fn create(&self, id: &RunId) -> Result<Box<dyn Sink>, JournalError> {
        let path = self.path(id);
        match self.create_file(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(source) => Err(access(path, Access::Create, source)),
        }
    }

    fn remove(&self, id: &RunId) -> Result<(), JournalError> {
        let path = self.path(id);
        fs::remove_file(&path).map_err(|source| access(path, Access::Delete, source))
    }

    fn open(&self, id: &RunId) -> Result<Box<dyn BufRead>, JournalError> {
        Ok(Box::new(BufReader::new(self.file(id)?)))
    }

    fn first_line(&self, id: &RunId) -> Result<Vec<u8>, JournalError> {
        let mut line = Vec::new();
        let read = self.open(id)?.read_until(b'\n', &mut line);
        read.map_err(|source| access(self.path(id), Access::Read, source))?;
        Ok(line)
    }

    fn tail(&self, id: &RunId) -> Result<Vec<u8>, JournalError> {
        let tail = tail(self.file(id)?);
        tail.map_err(|source| access(self.path(id), Access::Read, source))
    }

    /// The file of a run is locked as long as its process lives.
    fn is_running(&self, id: &RunId) -> Result<bool, JournalError> {
        let file = self.file(id)?;
        let locked =
            cfg!(unix) && matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock));
        Ok(locked)
    }

    fn prefetch(&self, _: &[RunId]) {}
}

/// The last bytes of a file, or all of it if it is short.
fn tail(mut file: File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(tail)
}

fn access(path: PathBuf, access: Access, source: io::Error) -> JournalError {
    JournalError::Access {
        path,
        access,
        source,
    }
}
