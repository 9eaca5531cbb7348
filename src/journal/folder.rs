//! The folder of one instance's journals: a file for each run, made once and never written by another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::ledger::Access;
use crate::ledger::lines::json;

use super::RunId;
use super::decode;
use super::error::JournalError;
use super::read;
use super::rows::Line;
use super::run::{Head, Run, Summary};

const ENDING: &str = "jsonl";

/// The last line of a journal is shorter than this, unless the instance's last message was very long.
const TAIL: u64 = 1 << 14;

/// The journals of one instance.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// A journal that was made for a run.
#[derive(Debug)]
pub struct Opened {
    /// Locked as long as it is open, which tells that the run is alive.
    pub file: File,
    pub path: PathBuf,
}

impl Folder {
    /// That of the instance with this fingerprint, below the folder that the configuration names.
    #[must_use]
    pub fn of(directory: &Path, fingerprint: &str) -> Self {
        Self(directory.join(fingerprint))
    }

    /// Makes the file of a run, for its owner alone to read.
    ///
    /// # Errors
    /// It cannot be made, or is there.
    pub fn create(&self, id: &RunId) -> Result<Opened, JournalError> {
        let path = self.path(id);
        let create = || {
            fs::create_dir_all(&self.0)?;
            let mut options = OpenOptions::new();
            options.append(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&path)?;
            // A file system without locks only knows less well which runs are alive.
            #[cfg(unix)]
            drop(file.try_lock());
            // The file outlasts a loss of power only if its folder says that it is there.
            #[cfg(unix)]
            File::open(&self.0)?.sync_all()?;
            Ok(file)
        };
        match create() {
            Ok(file) => Ok(Opened { file, path }),
            Err(source) => Err(access(path, Access::Create, source)),
        }
    }

    /// The runs of the instance, the oldest first. Whatever else lies in the folder is none of ours.
    ///
    /// # Errors
    /// The folder cannot be read. One that is not there has no runs.
    pub fn runs(&self) -> Result<Vec<RunId>, JournalError> {
        let list = || -> io::Result<Vec<RunId>> {
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
        };
        match list() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            listed => listed.map_err(|source| access(self.0.clone(), Access::Read, source)),
        }
    }

    /// The run that a person means: its name, the beginning of it, or `last`.
    ///
    /// # Errors
    /// There is none, or several.
    pub fn find(&self, wanted: &str) -> Result<RunId, JournalError> {
        let runs = self.runs()?;
        if wanted == LAST {
            for id in runs.into_iter().rev() {
                if self.head(&id)?.is_some() {
                    return Ok(id);
                }
            }
            let folder = self.0.clone();
            return Err(JournalError::NoRuns { folder });
        }
        let begins = |id: &RunId| id.as_str().starts_with(wanted);
        let found: Vec<RunId> = runs.into_iter().filter(begins).collect();
        match <[RunId; 1]>::try_from(found) {
            Ok([id]) => Ok(id),
            Err(found) => {
                let wanted = wanted.to_owned();
                Err(if found.is_empty() {
                    JournalError::NoRun { wanted }
                } else {
                    JournalError::Ambiguous { wanted, found }
                })
            }
        }
    }

    /// Reads a run; nothing if it died before it had begun.
    ///
    /// # Errors
    /// Its journal cannot be read, is damaged, or a newer oppctl has written it.
    pub fn read(&self, id: &RunId) -> Result<Option<Run>, JournalError> {
        let path = self.path(id);
        read(&mut self.open(id)?, &path)
    }

    /// Reads what a run came to; nothing if it died before it had begun. Only a run that has died is read as a whole.
    ///
    /// # Errors
    /// As those of [`read`](Self::read), as far as it is read.
    pub fn summary(&self, id: &RunId) -> Result<Option<Summary>, JournalError> {
        let Some(head) = self.head(id)? else {
            return Ok(None);
        };
        let is_running = self.is_running(id)?;
        if let Some(line) = self.last_line(id)? {
            // If it is damaged, reading the whole will tell.
            if let Ok(Line { end: Some(end), .. }) = json(&line) {
                let (end, tally) = decode::end(end);
                return Ok(Some(Summary {
                    head,
                    tally,
                    end: Some(end),
                    is_running,
                }));
            }
        }
        Ok(self.read(id)?.map(|run| Summary {
            tally: run.tally(),
            head: run.head,
            end: run.end,
            is_running,
        }))
    }

    /// Whether the process of a run is alive: its file is locked then.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn is_running(&self, id: &RunId) -> Result<bool, JournalError> {
        let file = self.open(id)?.into_inner();
        let locked =
            cfg!(unix) && matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock));
        Ok(locked)
    }

    fn head(&self, id: &RunId) -> Result<Option<Head>, JournalError> {
        let mut line = Vec::new();
        let read = self.open(id)?.read_until(b'\n', &mut line);
        read.map_err(|source| access(self.path(id), Access::Read, source))?;
        if !line.ends_with(b"\n") {
            return Ok(None);
        }
        decode::head(&line, &self.path(id)).map(Some)
    }

    /// The last line, if it is whole and not too long.
    fn last_line(&self, id: &RunId) -> Result<Option<Vec<u8>>, JournalError> {
        let read = |mut file: File| {
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
            let mut tail = Vec::new();
            file.read_to_end(&mut tail)?;
            Ok(tail)
        };
        let tail = read(self.open(id)?.into_inner());
        let mut tail = tail.map_err(|source| access(self.path(id), Access::Read, source))?;
        if tail.pop() != Some(b'\n') {
            return Ok(None);
        }
        let start = tail.iter().rposition(|byte| *byte == b'\n');
        Ok(start.map(|start| tail.split_off(start + 1)))
    }

    fn open(&self, id: &RunId) -> Result<BufReader<File>, JournalError> {
        let path = self.path(id);
        match File::open(&path) {
            Ok(file) => Ok(BufReader::new(file)),
            Err(source) => Err(access(path, Access::Read, source)),
        }
    }

    fn path(&self, id: &RunId) -> PathBuf {
        self.0.join(format!("{id}.{ENDING}"))
    }
}

/// The word for the newest run.
const LAST: &str = "last";

fn access(path: PathBuf, access: Access, source: io::Error) -> JournalError {
    JournalError::Access {
        path,
        access,
        source,
    }
}
