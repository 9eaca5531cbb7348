//! The folder of one instance's journals: a file for each run. Only the run that creates a file writes to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::ledger::lines;
use crate::store::{Access, private};

use super::decode;
use super::error::JournalError;
use super::id::RunId;
use super::journals::{Journals, NewJournal};
use super::read::read;
use super::rows::LineRow;
use super::run::{Run, RunHead, Summary};
use super::since::since;

const ENDING: &str = "jsonl";

/// The last line of a journal is shorter than this number of bytes, unless the instance's last message was very long.
const TAIL: u64 = 1 << 14;

/// The most later runs that are read for what they have done about an earlier one.
const LATER: usize = 20;

/// The journals of one instance.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder of the instance with this fingerprint, below the folder that the configuration names.
    #[must_use]
    pub fn of(directory: &Path, fingerprint: &str) -> Self {
        Self(directory.join(fingerprint))
    }

    /// The path of the folder.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.0
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

    /// The run whose name begins with `wanted`, or the newest one for `last`.
    ///
    /// # Errors
    /// There is no such run, or there are several.
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
        let found: Vec<RunId> = runs
            .into_iter()
            .filter(|id| id.as_str().starts_with(wanted))
            .collect();
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

    /// The runs that began next after this one, at most so many. One that cannot be read says nothing of this one.
    ///
    /// # Errors
    /// The journals cannot be listed.
    pub fn next_runs(&self, id: &RunId, most: usize) -> Result<Vec<Run>, JournalError> {
        let ids = self.runs()?;
        let later = ids.iter().filter(|other| *other > id).take(most);
        Ok(later
            .filter_map(|id| self.read(id).ok().flatten())
            .collect())
    }

    /// Reads the summary of a run; nothing if it died before it wrote its first line. The whole journal is read only if the run has no
    /// end.
    ///
    /// # Errors
    /// As those of [`read`](Self::read), as far as it is read.
    pub fn summary(&self, id: &RunId) -> Result<Option<Summary>, JournalError> {
        let Some(head) = self.head(id)? else {
            return Ok(None);
        };
        let is_running = self.is_running(id)?;
        if let Some(line) = self.last_line(id)? {
            // If the line is damaged, the error is found when the whole journal is read.
            if let Ok(LineRow { end: Some(end), .. }) = lines::json(&line)
                && let Ok((end, tally)) = decode::end(end, head.counts.total())
            {
                return Ok(Some(Summary {
                    is_settled: !tally.is_complete() && self.is_settled(id),
                    head,
                    tally,
                    end: Some(end),
                    is_running,
                }));
            }
        }
        Ok(self.read(id)?.map(|run| Summary {
            is_settled: !is_running && self.is_settled(id),
            tally: run.tally(),
            head: run.head,
            end: run.end,
            is_running,
        }))
    }

    /// Whether the next runs have done what this one had left. What cannot be read has done nothing.
    fn is_settled(&self, id: &RunId) -> bool {
        let later = self.next_runs(id, LATER).unwrap_or_default();
        if later.is_empty() {
            return false;
        }
        let run = self.read(id).ok().flatten();
        run.is_some_and(|run| {
            let (since, left) = since(&run, &later);
            !since.is_empty() && left == 0
        })
    }

    fn head(&self, id: &RunId) -> Result<Option<RunHead>, JournalError> {
        let mut line = Vec::new();
        self.open(id)?
            .read_until(b'\n', &mut line)
            .map_err(|source| access(self.path(id), Access::Read, source))?;
        if !line.ends_with(b"\n") {
            return Ok(None);
        }
        let head = decode::head(&line).map_err(|error| error.at(&self.path(id), 1))?;
        self.check(id, &head)?;
        Ok(Some(head))
    }

    /// Refuses a journal that was copied from the folder of another instance, or to the name of another run: one run would be listed
    /// and undone as two.
    fn check(&self, id: &RunId, head: &RunHead) -> Result<(), JournalError> {
        let fingerprint = self.0.file_name();
        let is_own = fingerprint.is_some_and(|own| *own == *head.fingerprint);
        if is_own && head.id != *id {
            return Err(JournalError::Copied {
                path: self.path(id),
                found: head.id.clone(),
            });
        }
        if is_own {
            return Ok(());
        }
        Err(JournalError::Foreign {
            path: self.path(id),
            found: head.fingerprint.to_string(),
        })
    }

    /// The last line, if it is complete and not too long.
    fn last_line(&self, id: &RunId) -> Result<Option<Vec<u8>>, JournalError> {
        let mut tail = tail(self.open(id)?.into_inner())
            .map_err(|source| access(self.path(id), Access::Read, source))?;
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

impl Journals for Folder {
    /// The file is readable for its owner only. It is locked as long as it is open, which shows that the run is alive.
    fn create(&self, id: &RunId) -> Result<NewJournal, JournalError> {
        let path = self.path(id);
        match self.create_file(&path) {
            Ok(file) => Ok(NewJournal {
                sink: Box::new(file),
                path,
            }),
            Err(source) => Err(access(path, Access::Create, source)),
        }
    }

    fn discard(&self, id: &RunId) {
        drop(fs::remove_file(self.path(id)));
    }

    /// Other files in the folder are ignored. A folder that does not exist has no runs.
    fn runs(&self) -> Result<Vec<RunId>, JournalError> {
        match self.run_names() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            names => names.map_err(|source| access(self.0.clone(), Access::Read, source)),
        }
    }

    fn read(&self, id: &RunId) -> Result<Option<Run>, JournalError> {
        let path = self.path(id);
        let run = read(&mut self.open(id)?, &path)?;
        if let Some(run) = &run {
            self.check(id, &run.head)?;
        }
        Ok(run)
    }

    /// The file of a run is locked as long as its process lives.
    fn is_running(&self, id: &RunId) -> Result<bool, JournalError> {
        let file = self.open(id)?.into_inner();
        let locked =
            cfg!(unix) && matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock));
        Ok(locked)
    }
}

/// The last bytes of a file, or all of it if it is short.
fn tail(mut file: File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(tail)
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
